/** The catalog of one upstream server: reading, watching, keeping. */
export { type Catalog, type Collection, fieldName, type KnownField } from './catalog.js'
export { createCatalog, type DescribedCollection, type Description, isSystem } from './description.js'
export { isCatalog } from './is-catalog.js'
export { openServer, type Server } from './server.js'
