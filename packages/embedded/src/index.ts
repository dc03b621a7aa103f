/** The public names of @gatehouse/embedded. */
export { cacheFolder } from './cache-folder.js'
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded-postgres.js'
export {
  type FerretdbOptions,
  type FerretdbServer,
  startFerretdb,
  whyNeverFerretdb,
  whyNoFerretdb,
} from './ferretdb.js'
export { findProgram, isProgram, onPath, unpacked } from './find-program.js'
export { accepts, freePort } from './free-port.js'
export { initialiseDataFolder } from './initialise-data-folder.js'
export { keptFolder } from './kept-folder.js'
export { leash, unleash } from './leash.js'
export { startMariadb } from './mariadb.js'
export {
  type MysqlFlavourParts,
  type MysqlServer,
  type MysqlServerOptions,
  startMysqlServer,
} from './mysql-server.js'
export { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.js'
export { type Program, type ProgramOptions, startProgram } from './program.js'
export { giveToServer, type ServerAccount, serverAccount, writeForServer } from './server-account.js'
export { type TemporaryFolder, temporaryFolder } from './temporary-folder.js'
