/** The contract's world as a MySQL catalog, and as the DDL of a real database. */
import { type RelationName, WORLD } from '@gatehouse/adapter-contract'
import type { MysqlCatalog, MysqlFlavour, MysqlRelation } from '@gatehouse/sql'

const TYPES = { integer: 'int', text: 'varchar(200)' } as const
const COLLATION = 'utf8mb4_general_ci'

const names = Object.keys(WORLD.relations) as RelationName[]

export const relations: readonly MysqlRelation[] = names.map((name) => ({
  schema: WORLD.database,
  name,
  kind: 'table',
  columns: WORLD.relations[name].columns.map((column, index) => ({
    name: column.name,
    number: index + 1,
    type: TYPES[column.kind],
    ...(column.kind === 'text' ? { collation: COLLATION } : {}),
    classes: [],
    nullable: index > 0,
    invisible: false,
  })),
  triggers: false,
  foreignKeys: [],
}))

/** What the actor says it is, and what the catalog is of. */
export const VERSIONS = {
  mariadb: { version: [10, 11, 19], said: '5.5.5-10.11.19-MariaDB' },
  mysql: { version: [9, 7, 0], said: '9.7.0' },
} as const satisfies Readonly<Record<MysqlFlavour, unknown>>

export const catalogOf = (flavour: MysqlFlavour): MysqlCatalog => ({
  engine: 'mysql',
  flavour,
  version: VERSIONS[flavour].version,
  serverVersion: VERSIONS[flavour].said,
  lowerCaseTableNames: 0,
  epoch: 1,
  schemas: [WORLD.database, 'information_schema', 'mysql', 'performance_schema', 'sys'],
  relations,
  routines: [],
  loadable: [],
})

/** Creates and fills the world, statement by statement. */
export const schema: readonly string[] = names.flatMap((name) => {
  const { columns, rows } = WORLD.relations[name]
  const declared = columns.map(
    (column, index) => `${column.name} ${TYPES[column.kind]}${index === 0 ? ' primary key' : ''}`,
  )
  const values = rows.map((row) => `(${row.map((cell) => `'${cell}'`).join(', ')})`).join(', ')
  return [
    `create table ${name} (${declared.join(', ')}) default charset utf8mb4 collate ${COLLATION}`,
    `insert into ${name} values ${values}`,
  ]
})
