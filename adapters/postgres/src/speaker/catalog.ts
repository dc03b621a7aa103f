/** The contract's world as a Postgres catalog, and as the DDL of a real database. */
import { type RelationName, WORLD } from '@gatehouse/adapter-contract'
import type { Catalog, CatalogRelation } from '@gatehouse/sql'

const TYPES = { integer: 23, text: 25, document: 114 } as const
const FIRST_OID = 20_001

const names = Object.keys(WORLD.relations) as RelationName[]

export const typeOf = (kind: keyof typeof TYPES) => TYPES[kind]
export const oidOf = (relation: RelationName) => FIRST_OID + names.indexOf(relation)

export const relations: readonly CatalogRelation[] = names.map((name) => ({
  oid: oidOf(name),
  schema: 'public',
  name,
  kind: 'table',
  columns: WORLD.relations[name].columns.map((column, index) => ({
    name: column.name,
    number: index + 1,
    type: TYPES[column.kind],
    classes: [],
    nullable: true,
  })),
  parents: [],
  rules: false,
  triggers: false,
}))

export const catalog: Catalog = {
  engine: 'postgres',
  major: 18,
  serverVersion: '18.0',
  database: WORLD.database,
  epoch: 1,
  relations,
  routines: [],
  types: [],
  operators: [],
  casts: [],
  schemas: ['public', 'pg_catalog', 'information_schema'],
}

/** Creates and fills the world. */
export const schema = names
  .map((name) => {
    const { columns, rows } = WORLD.relations[name]
    const declared = columns.map((column) => `${column.name} ${column.kind}`).join(', ')
    const values = rows.map((row) => `(${row.map((cell) => `'${cell}'`).join(', ')})`).join(', ')
    return `create table ${name} (${declared}); insert into ${name} values ${values};`
  })
  .join('\n')
