/** The public names of @gatehouse/embedded. */
export { cacheFolder } from './cache-folder.js'
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded-postgres.js'
export { freePort } from './free-port.js'
export { initialiseDataFolder } from './initialise-data-folder.js'
export { leash, unleash } from './leash.js'
export { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.js'
export { giveToServer, type ServerAccount, serverAccount } from './server-account.js'
export { type TemporaryFolder, temporaryFolder } from './temporary-folder.js'
