/** The catalog of one upstream server: reading, watching, keeping. */

export { explainStatement } from './explain.js'
export { isCatalog } from './is-catalog.js'
export { accountNames, openServer, type Server } from './server.js'
