/** The public names of @gatehouse/workbench. */
export {
  cacheFolder,
  type FerretdbOptions,
  type FerretdbServer,
  freePort,
  leash,
  type MysqlServer,
  type MysqlServerOptions,
  type Program,
  type ProgramOptions,
  startFerretdb,
  startMariadb,
  startProgram,
  type TemporaryFolder,
  temporaryFolder,
  unleash,
} from '@gatehouse/embedded'
export {
  type Availability,
  findMongosh,
  findPsql,
  findTool,
  mariadbPlugins,
  PROVIDE,
  type Psql,
  type Tool,
  toolAvailable,
} from './available.js'
export { type CertificateRequest, type Certificates, certificates } from './certificates.js'
export { available, describePart, type Part } from './describe-part.js'
export { ferretdbAvailable } from './ferretdb.js'
export { type HaproxyOptions, startHaproxy } from './haproxy.js'
export { type KafkaBroker, type KafkaOptions, startKafka } from './kafka.js'
export { type KafkaVersion, kafkaAvailable } from './kafka-jars.js'
export type { LoopbackServer } from './loopback-server.js'
export { mysqlAvailable, mysqlCommandLine, startMysql } from './mysql.js'
export {
  type OidcOptions,
  type OidcProvider,
  type SignedIn,
  startOidcProvider,
  type TokenRequest,
} from './oidc.js'
export type { OidcClient } from './oidc-configuration.js'
export { type PgbouncerOptions, startPgbouncer } from './pgbouncer.js'
export {
  type PostgresMajor,
  type PostgresOptions,
  type PostgresServer,
  postgresPackage,
  startPostgres,
} from './postgres.js'
export { carryOut, type Order, type Report, type Told } from './seeds/player.js'
export { playAll } from './seeds/players.js'
export { type Language, type Toolchain, toolchain } from './toolchain.js'
