/** Table of a small catalog that the tests of the MySQL reader read statements against. */
import type { MysqlCatalog, MysqlColumn, MysqlRelation } from './catalog.js'

function column(name: string, number: number, type: string, classes: readonly string[] = []): MysqlColumn {
  return { name, number, type, classes, nullable: true, invisible: false }
}

function relation(
  schema: string,
  name: string,
  columns: readonly MysqlColumn[],
  more: Partial<MysqlRelation> = {},
): MysqlRelation {
  return { schema, name, kind: 'table', columns, triggers: false, foreignKeys: [], ...more }
}

const ID = column('id', 1, 'int(11)')

function system(schema: string, ...names: readonly string[]): readonly MysqlRelation[] {
  return names.map((name) => relation(schema, name, [ID], { kind: 'system' }))
}

export const SAMPLE: MysqlCatalog = {
  engine: 'mysql',
  flavour: 'mariadb',
  version: [10, 11, 11],
  serverVersion: '10.11.11-MariaDB',
  lowerCaseTableNames: 0,
  epoch: 1,
  schemas: ['shop', 'hr', 'mysql', 'information_schema', 'performance_schema', 'sys'],
  relations: [
    relation('shop', 'people', [
      ID,
      column('name', 2, 'varchar(40)'),
      column('ssn', 3, 'char(11)', ['national-id']),
      column('note', 4, 'text'),
    ]),
    relation('shop', 'orders', [ID, column('person', 2, 'int(11)'), column('total', 3, 'decimal(10,2)')]),
    relation('shop', 'audited', [ID, column('what', 2, 'text')], { triggers: true }),
    relation('shop', 'v', [ID, column('ssn', 2, 'char(11)', ['national-id'])], {
      kind: 'view',
      definition: 'select `shop`.`people`.`id` AS `id`,`shop`.`people`.`ssn` AS `ssn` from `shop`.`people`',
    }),
    relation('shop', 'numbers', [column('next_not_cached_value', 1, 'bigint(21)')], { kind: 'sequence' }),
    relation('hr', 'staff', [ID, column('salary', 2, 'int(11)', ['salary'])]),
    ...system('mysql', 'user', 'global_priv', 'help_topic', 'servers'),
    ...system('information_schema', 'tables', 'columns', 'schemata', 'routines', 'views', 'processlist'),
  ],
  routines: [
    { schema: 'shop', name: 'clean', kind: 'procedure', body: 'select 1', parameters: 0 },
    { schema: 'shop', name: 'reviewed', kind: 'procedure', body: 'delete from orders', parameters: 1 },
    { schema: 'shop', name: 'f', kind: 'function', body: 'return 1', parameters: 1 },
  ],
  loadable: [],
}
