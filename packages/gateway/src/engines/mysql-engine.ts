/** MySQL and MariaDB, as the gateway's commands know them. */
import { explainStatement, isCatalog, mysql } from '@gatehouse/adapter-mysql'
import { createMysqlReader, type MysqlCatalog } from '@gatehouse/sql'
import { documentClasses } from './document-classes.js'
import {
  type CatalogView,
  defaultDatabase,
  type Engine,
  type OfflineKnowledge,
  type OfflineReader,
} from './engine.js'

const SYSTEM = /^(?:information_schema|performance_schema|mysql|sys)$/i

export const mysqlEngine: Engine = {
  adapter: mysql,
  viewCatalog: (catalog) => (isCatalog(catalog) ? view(catalog) : undefined),
}

function view(catalog: MysqlCatalog): CatalogView {
  const databases = catalog.schemas.filter((name) => !SYSTEM.test(name))
  return {
    wholeServer: true,
    databases,
    relations: () =>
      catalog.relations.map(({ schema, name, kind, columns }) => ({
        database: schema,
        name,
        holdsRows: kind !== 'system' && kind !== 'sequence',
        columns,
      })),
    openReader: (known) => openReader(catalog, databases, known),
  }
}

async function openReader(
  catalog: MysqlCatalog,
  databases: readonly string[],
  { knowledge, accounts, database: chosen }: OfflineKnowledge,
): Promise<OfflineReader> {
  const { flavour, version } = catalog
  const classed = documentClasses(knowledge.classes)
  const known = {
    ...catalog,
    relations: catalog.relations.map((relation) => classed([relation.schema, relation.name], relation)),
  }
  const reader = await createMysqlReader({
    flavour,
    version,
    catalog: known,
    reviewed: knowledge.functions,
    accounts,
  })
  const database = defaultDatabase(chosen, databases)
  return {
    protocol: 'mysql',
    database,
    read: (text, account) => explainStatement(reader, known, text, { account, database }),
    close: () => reader.close(),
  }
}
