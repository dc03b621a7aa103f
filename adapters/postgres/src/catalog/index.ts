/** The catalog of one upstream database: reading, watching, keeping. */

export { type CatalogWatch, type CatalogWatchOptions, createCatalogWatch } from './catalog-watch.js'
export { type CatalogClient, connectCatalog, prepareSession } from './client.js'
export { isCatalog } from './is-catalog.js'
export {
  type AccountRights,
  type CatalogOptions,
  fingerprint,
  readAccountRights,
  readCatalog,
} from './read-catalog.js'
export type { ClassifiedColumn, ClassifiedRelation, Classify } from './read-relations.js'
