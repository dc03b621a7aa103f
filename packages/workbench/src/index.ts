/** The public names of @gatehouse/workbench. */
export {
  cacheFolder,
  freePort,
  leash,
  type TemporaryFolder,
  temporaryFolder,
  unleash,
} from '@gatehouse/embedded'
export { type CertificateRequest, type Certificates, certificates } from './certificates.js'
export {
  type PostgresMajor,
  type PostgresOptions,
  type PostgresServer,
  postgresPackage,
  startPostgres,
} from './postgres.js'
