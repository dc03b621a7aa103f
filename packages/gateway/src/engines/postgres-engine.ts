/** Postgres, as the gateway's commands know it. */
import { isCatalog, postgres } from '@gatehouse/adapter-postgres'
import { type Catalog, createPostgresReader } from '@gatehouse/sql'
import { documentClasses } from './document-classes.js'
import type { CatalogRelation, CatalogView, Engine, OfflineKnowledge, OfflineReader } from './engine.js'

const SYSTEM = /^(?:pg_.*|information_schema)$/i
const ROWLESS: ReadonlySet<string> = new Set(['index', 'sequence', 'toast'])

export const postgresEngine: Engine = {
  adapter: postgres,
  viewCatalog: (catalog) => (isCatalog(catalog) ? view(catalog) : undefined),
}

/** For statements of policy tests that name no catalog. */
export const emptyCatalog = view({
  engine: 'postgres',
  major: 18,
  serverVersion: '18',
  database: 'postgres',
  epoch: 0,
  relations: [],
  routines: [],
  types: [],
  operators: [],
  casts: [],
  schemas: ['public'],
})

function view(catalog: Catalog): CatalogView {
  return {
    wholeServer: false,
    databases: [catalog.database],
    relations: () => relationsOf(catalog),
    openReader: (known) => openReader(catalog, known),
  }
}

function relationsOf({ database, relations, types }: Catalog): CatalogRelation[] {
  const named = new Map(types.map(({ oid, name }) => [oid, name]))
  return relations.map(({ schema, name, kind, columns }) => ({
    database,
    schema,
    name,
    holdsRows: !ROWLESS.has(kind) && !SYSTEM.test(schema),
    columns: columns.map((column) => ({ ...column, type: named.get(column.type) ?? '' })),
  }))
}

async function openReader(
  catalog: Catalog,
  { knowledge, accounts }: OfflineKnowledge,
): Promise<OfflineReader> {
  const { major, database } = catalog
  const classed = documentClasses(knowledge.classes)
  const relations = catalog.relations.map((relation) =>
    classed([database, relation.schema, relation.name], relation),
  )
  const reader = await createPostgresReader({
    major,
    catalog: { ...catalog, relations },
    reviewed: knowledge.functions,
    accounts,
  })
  return {
    protocol: 'postgres',
    database,
    async read(text, account) {
      const plan = await reader.read(text, [], { searchPath: ['$user', 'public'], overlay: [], account })
      return plan.kind === 'read' ? plan : { kind: 'unreadable', why: plan.why }
    },
    close: () => reader.close(),
  }
}
