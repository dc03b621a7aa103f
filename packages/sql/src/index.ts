/** The public names of @gatehouse/sql. */
export * from './catalog.js'
export { isAccountSecret } from './mysql/administration/secrets.js'
export * from './mysql/catalog.js'
export { DEFAULT_MYSQL_READER_LIMITS, type MysqlReaderLimits } from './mysql/limits.js'
export * from './mysql/plan.js'
export { createMysqlReader, type MysqlReaderOptions } from './mysql/reader.js'
export { variablesOfBoth } from './mysql/statements.js'
export { type VariableNames, variablesNamed } from './mysql/user-variables.js'
export { checkVersion, type MysqlVersion } from './mysql/versions.js'
export { attributesOf } from './postgres/attributes.js'
export { type CatalogIndex, type CatalogIndexOptions, createCatalogIndex } from './postgres/catalog-index.js'
export { grammarOf, loadParser, type Parser } from './postgres/grammar.js'
export * from './postgres/plan.js'
export {
  createPostgresReader,
  DEFAULT_READER_LIMITS,
  type PostgresReaderOptions,
  type ReaderLimits,
} from './postgres/reader.js'
export { splitSearchPath } from './postgres/search-path.js'
export { flowing } from './postgres/session/flowing.js'
export { mayDoAnything } from './postgres/session/moment.js'
export * from './postgres/session/session-names.js'
export {
  FIRST_SESSION_OID,
  type SessionColumn,
  type SessionRelation,
  type StoredSource,
  type StoredValues,
  TEMPORARY,
} from './postgres/session/session-relation.js'
export { redact } from './postgres/text/redact.js'
export { statementTags } from './postgres/text/statement-tags.js'
export { neverSet } from './postgres/utility/settings.js'
