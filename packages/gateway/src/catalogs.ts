/** Catalogs of any engine, as the gateway looks at them: which databases, which fields. */
import type { OpenAdapter } from '@gatehouse/adapter-kit'
import { type Description, fieldName, isSystem } from '@gatehouse/adapter-mongodb'
import type { Catalog, MysqlCatalog } from '@gatehouse/sql'

export type AnyCatalog = Catalog | MysqlCatalog | Description

/** A server's own: MySQL's are in every catalog of it. */
const SYSTEM = /^(?:pg_.*|information_schema|performance_schema|mysql|sys)$/i

export interface CatalogRelation {
  readonly database: string
  /** Left out where a database has no schemas. */
  readonly schema?: string
  readonly name: string
  readonly columns: readonly {
    readonly name: string
    readonly type: string
    readonly classes: readonly string[]
  }[]
}

/** One per database where a connection is to one; a MySQL or MongoDB server's whole is one catalog. */
export async function catalogsOf(
  adapter: OpenAdapter,
  databases: readonly string[] | undefined,
): Promise<AnyCatalog[]> {
  const catalogs: AnyCatalog[] = []
  for (const database of databases ?? [undefined]) {
    const catalog = await adapter.catalog(database)
    if (!isCatalog(catalog)) continue
    catalogs.push(catalog)
    if (catalog.engine !== 'postgres') break
  }
  return catalogs
}

export function isCatalog(value: unknown): value is AnyCatalog {
  if (typeof value !== 'object' || value === null) return false
  const members = value as Readonly<Record<string, unknown>>
  if (members.engine === 'mongodb') return Array.isArray(members.collections)
  const known = members.engine === 'mysql' || typeof members.database === 'string'
  return known && Array.isArray(members.relations)
}

/** Those whose relations the catalog holds. */
export function databasesOf(catalog: AnyCatalog): readonly string[] {
  if (catalog.engine === 'postgres') return [catalog.database]
  if (catalog.engine === 'mongodb') return catalog.databases.filter((name) => !isSystem(name, ''))
  return catalog.schemas.filter((name) => !SYSTEM.test(name))
}

/** What holds rows, but for the server's own. */
export function relationsOf(catalog: AnyCatalog): readonly CatalogRelation[] {
  if (catalog.engine === 'mongodb')
    return catalog.collections
      .filter(({ database, name }) => !isSystem(database, name))
      .map(({ database, name, fields }) => ({
        database,
        name,
        columns: fields.map(({ path, types, classes = [] }) => ({
          name: fieldName(path),
          type: types.length === 1 ? (types[0] ?? '') : '',
          classes,
        })),
      }))
  if (catalog.engine === 'mysql')
    return catalog.relations
      .filter(({ kind }) => kind !== 'system' && kind !== 'sequence')
      .map(({ schema, name, columns }) => ({ database: schema, name, columns }))
  const types = new Map(catalog.types.map(({ oid, name }) => [oid, name]))
  return catalog.relations
    .filter(({ kind, schema }) => !['index', 'sequence', 'toast'].includes(kind) && !SYSTEM.test(schema))
    .map(({ schema, name, columns }) => ({
      database: catalog.database,
      schema,
      name,
      columns: columns.map((column) => ({ ...column, type: types.get(column.type) ?? '' })),
    }))
}

export function pathOf({ database, schema, name }: CatalogRelation): readonly string[] {
  return schema === undefined ? [database, name] : [database, schema, name]
}
