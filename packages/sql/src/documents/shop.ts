/** Table of one small shop as the catalogs of a Postgres and of a MySQL upstream: what the documents' examples are read against. */
import type { Catalog, CatalogColumn, CatalogRelation } from '../catalog.js'
import type { MysqlCatalog, MysqlColumn, MysqlFlavour, MysqlRelation } from '../mysql/catalog.js'
import type { MysqlVersion } from '../mysql/versions.js'

interface Column {
  readonly name: string
  readonly oid: number
  readonly type: string
  readonly classes?: readonly string[]
}

const INT = { oid: 23, type: 'int(11)' }
const TEXT = { oid: 25, type: 'varchar(80)' }

const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  customers: [
    { name: 'id', ...INT },
    { name: 'name', ...TEXT },
    { name: 'email', ...TEXT, classes: ['email'] },
    { name: 'ssn', ...TEXT, classes: ['national-id'] },
  ],
  orders: [
    { name: 'id', ...INT },
    { name: 'customer_id', ...INT },
    { name: 'note', ...TEXT },
    { name: 'total', oid: 1700, type: 'decimal(10,2)' },
  ],
  contacts: [
    { name: 'id', ...INT },
    { name: 'email', ...TEXT, classes: ['email'] },
  ],
  buyers: [
    { name: 'order_id', ...INT },
    { name: 'email', ...TEXT, classes: ['email'] },
  ],
}

const VIEW = (schema: string) =>
  `SELECT o.id AS order_id, c.email FROM ${schema}.orders o JOIN ${schema}.customers c ON c.id = o.customer_id WHERE c.name <> ''`

function postgresColumns(columns: readonly Column[]): readonly CatalogColumn[] {
  return columns.map(({ name, oid, classes = [] }, at) => ({
    name,
    number: at + 1,
    type: oid,
    classes,
    nullable: at > 0,
  }))
}

function postgresRelation(oid: number, name: string, more: Partial<CatalogRelation> = {}): CatalogRelation {
  return {
    oid,
    schema: 'public',
    name,
    kind: 'table',
    columns: postgresColumns(COLUMNS[name] ?? []),
    parents: [],
    rules: false,
    triggers: false,
    ...more,
  }
}

const ROUTINE = {
  schema: 'public',
  arguments: [],
  variadic: false,
  defaults: 0,
  returnsSet: false,
  securityDefiner: false,
}

export const POSTGRES_SHOP: Catalog = {
  engine: 'postgres',
  major: 18,
  serverVersion: '18.1',
  database: 'shop',
  epoch: 1,
  relations: [
    postgresRelation(20_001, 'customers'),
    postgresRelation(20_002, 'orders', {
      foreignKeys: [
        { columns: [2], relation: 20_001, referenced: [1], onDelete: 'restrict', onUpdate: 'none' },
      ],
    }),
    postgresRelation(20_003, 'contacts'),
    postgresRelation(20_004, 'buyers', { kind: 'view', definition: VIEW('public') }),
    postgresRelation(20_005, 'numbers', { kind: 'sequence' }),
    postgresRelation(1259, 'pg_class', {
      schema: 'pg_catalog',
      columns: postgresColumns([{ name: 'relname', ...TEXT }]),
    }),
  ],
  routines: [
    {
      ...ROUTINE,
      oid: 21_001,
      name: 'close_orders',
      kind: 'procedure',
      returns: 2278,
      language: 'plpgsql',
      body: '…',
    },
    {
      ...ROUTINE,
      oid: 21_002,
      name: 'order_count',
      kind: 'function',
      returns: 20,
      language: 'sql',
      body: 'select count(*) from public.orders',
    },
    { ...ROUTINE, oid: 21_003, name: 'score', kind: 'function', returns: 23, language: 'plpgsql', body: '…' },
  ],
  types: [],
  operators: [],
  casts: [],
  schemas: ['information_schema', 'pg_catalog', 'public'],
}

function mysqlColumns(columns: readonly Column[]): readonly MysqlColumn[] {
  return columns.map(({ name, type, classes = [] }, at) => ({
    name,
    number: at + 1,
    type,
    classes,
    nullable: at > 0,
    invisible: false,
  }))
}

function mysqlRelation(name: string, more: Partial<MysqlRelation> = {}): MysqlRelation {
  return {
    schema: 'shop',
    name,
    kind: 'table',
    columns: mysqlColumns(COLUMNS[name] ?? []),
    triggers: false,
    foreignKeys: [],
    ...more,
  }
}

const SYSTEM = ['tables', 'columns', 'statistics', 'processlist', 'schemata', 'views']

export function mysqlShop(flavour: MysqlFlavour, version: MysqlVersion): MysqlCatalog {
  return {
    engine: 'mysql',
    flavour,
    version,
    serverVersion: version.join('.'),
    lowerCaseTableNames: 0,
    epoch: 1,
    schemas: ['shop', 'hr', 'mysql', 'information_schema'],
    relations: [
      mysqlRelation('customers'),
      mysqlRelation('orders', {
        foreignKeys: [
          {
            columns: ['customer_id'],
            schema: 'shop',
            relation: 'customers',
            references: ['id'],
            cascades: false,
          },
        ],
      }),
      mysqlRelation('contacts'),
      mysqlRelation('buyers', { kind: 'view', definition: VIEW('shop') }),
      ...SYSTEM.map((name) =>
        mysqlRelation(name, {
          schema: 'information_schema',
          kind: 'system',
          columns: mysqlColumns([{ name: 'table_name', ...TEXT }]),
        }),
      ),
      mysqlRelation('user', { schema: 'mysql', kind: 'system' }),
    ],
    routines: [
      { schema: 'shop', name: 'close_orders', kind: 'procedure', body: '…', parameters: 0 },
      { schema: 'shop', name: 'score', kind: 'function', body: '…', parameters: 0 },
    ],
    loadable: [],
  }
}
