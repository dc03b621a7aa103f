/** The catalog of one upstream server: reading, watching, keeping. */
export { readCatalogFile, writeCatalogFile } from './catalog-file.js'
export { explainStatement } from './explain.js'
export { accountNames, openServer, type Server } from './server.js'
