/** The server as the oracle: where its columns come from, and what an answer, its warnings included, depends on. */
import { describePart, type MysqlServer, startMariadb, startMysql } from '@gatehouse/workbench'
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MysqlColumn, MysqlFlavour, MysqlRelation } from '../catalog.js'
import type { MysqlCatalogIndex } from '../catalog-index.js'
import { EXOTIC_QUERIES } from './exotic-queries.js'
import { generateQueries } from './generated-queries.js'
import { readQuery } from './index.js'
import { analysisOf, loadParser, parseOne, shopCatalog, shopIndex } from './shop-fixture.js'

const SCHEMA = [
  'create table customers (id int primary key, name varchar(40), email varchar(80), ssn varchar(20), salary decimal(10,2), birth date, profile json)',
  'create table orders (id int, customer_id int, note varchar(40), total int, loud varchar(40) as (upper(note)) stored)',
  'create table items (id int, sku varchar(10), secret varchar(10) invisible)',
  'create view people as select c.id, c.name as who, lower(c.ssn) as hidden from customers c where c.email is not null',
  'create view busy as select p.who, count(o.id) as n, max(o.note) as note from people p join orders o on o.customer_id = p.id group by p.who',
  `insert into customers values
    (1, 'name1', 'mail1', 'ssn1', 10, '2000-01-01', '{"email": "inner1", "a": {"b": 1}}'),
    (2, 'name2', 'mail2', 'ssn2', 20, '2000-01-02', '{"email": "inner2", "a": {"b": 2}}'),
    (3, 'name3', null, 'ssn3', 30, '2000-01-03', '{"email": "inner3", "a": {"b": 3}}')`,
  "insert into orders (id, customer_id, note, total) values (1, 1, 'note1', 1), (2, 2, 'note2', 2), (3, 3, 'ssn3', 3)",
  "insert into items (id, sku, secret) values (1, 'sku1', 's1'), (2, 'sku2', 's2')",
]

/** A column, and what it holds in the other database. */
const CHANGES = [
  ['customers', 'ssn', "concat('9', ssn)"],
  ['customers', 'name', "case id when 1 then 'x' else concat(name, name) end"],
  ['customers', 'email', 'null'],
  ['customers', 'salary', 'salary + 70.5'],
  ['customers', 'birth', 'birth + interval 400 day'],
  ['customers', 'profile', `'{"email": "other", "c": [1, 2]}'`],
  ['orders', 'note', "case id when 1 then 'ssn1' else '7 up' end"],
  ['orders', 'total', 'total + 40'],
  ['items', 'secret', "concat(secret, '!')"],
] as const

interface Answer {
  readonly rows: number
  /** Each column's values, sorted. */
  readonly columns: readonly string[]
  /** Errors and warnings, which quote. */
  readonly said: string
}

async function answer(client: Connection, query: string): Promise<Answer> {
  let rows = 0
  let columns: readonly string[] = []
  let said = ''
  await client.query('set @v = 1')
  try {
    const [found, fields] = await client.query<RowDataPacket[][]>({ sql: query, rowsAsArray: true })
    rows = found.length
    columns = fields.map((_, at) => JSON.stringify(found.map((row) => JSON.stringify(row[at])).sort()))
  } catch (error) {
    said = (error as Error).message
  }
  const [warnings] = await client.query<RowDataPacket[][]>({ sql: 'show warnings', rowsAsArray: true })
  return { rows, columns, said: said + JSON.stringify(warnings.map((row) => row.slice(1)).sort()) }
}

async function readRelations(client: Connection): Promise<readonly MysqlRelation[]> {
  const [columns] = await client.query<RowDataPacket[]>(
    `select t.table_name as t, t.table_type as k, v.view_definition as d, c.column_name as c, c.ordinal_position as n,
       c.column_type as y, c.extra as x, c.generation_expression as g
     from information_schema.tables t join information_schema.columns c using (table_schema, table_name)
       left join information_schema.views v using (table_schema, table_name)
     where t.table_schema = 'shop' order by t.table_name, c.ordinal_position`,
  )
  const relations = new Map<string, Omit<MysqlRelation, 'columns'> & { columns: MysqlColumn[] }>()
  for (const { t, k, d, c, n, y, x, g } of columns) {
    const known = relations.get(t) ?? {
      schema: 'shop',
      name: t,
      kind: k === 'VIEW' ? ('view' as const) : ('table' as const),
      columns: [] as MysqlColumn[],
      triggers: false,
      foreignKeys: [],
      ...(typeof d === 'string' && d !== '' ? { definition: d } : {}),
    }
    known.columns.push({
      name: c,
      number: n,
      type: y,
      classes: [],
      nullable: true,
      invisible: /invisible/i.test(x),
      ...(g ? { generated: g } : {}),
    })
    relations.set(t, known)
  }
  return [...relations.values()]
}

const QUERIES = Number(process.env.GATEHOUSE_MYSQL_QUERIES ?? 80)

function suite(flavour: MysqlFlavour, start: () => Promise<MysqlServer>): void {
  let server: MysqlServer
  let client: Connection
  let index: MysqlCatalogIndex
  const seed = Number(process.env.GATEHOUSE_SEED ?? 20)

  beforeAll(async () => {
    await loadParser()
    server = await start()
    const { host, port, user, password } = server
    client = await createConnection({ host, port, user, password, multipleStatements: false })
    await client.query('create database shop')
    await client.query('use shop')
    await client.query("set sql_mode = 'STRICT_TRANS_TABLES', max_error_count = 64")
    for (const statement of SCHEMA) await client.query(statement)
    // A plan that changes with the statistics would change what is worked out first, and so what warns.
    await client.query('set global innodb_stats_auto_recalc = off')
    await client.query('analyze table customers, orders, items')
    index = shopIndex(shopCatalog(flavour, await readRelations(client)))
  }, 60_000)

  afterAll(async () => {
    await client?.end()
    await server?.stop()
  })

  function read(query: string) {
    let tree: unknown
    try {
      tree = parseOne(query)
    } catch {
      return undefined
    }
    return readQuery(tree, analysisOf(index))
  }

  test('R1 the columns that come back are those that the reading says, from where the server says', async () => {
    const faults: unknown[] = []
    let valid = 0
    for (const query of [...EXOTIC_QUERIES, ...generateQueries(QUERIES, seed)]) {
      const reading = read(query)
      if (!reading || reading.outputs === 'unknown') continue
      let fields: readonly { name: string; orgTable: string; orgName: string }[]
      try {
        fields = (await client.query({ sql: query, rowsAsArray: true }))[1] as unknown as typeof fields
      } catch {
        continue
      }
      valid++
      const { outputs } = reading
      const names = outputs.map(({ name }, at) => (name === '' ? fields[at]?.name : name))
      if (
        names.join().toLowerCase() !==
        fields
          .map(({ name }) => name)
          .join()
          .toLowerCase()
      )
        faults.push({ query, names, server: fields.map(({ name }) => name) })
      fields.forEach(({ orgTable, orgName }, at) => {
        // Through a merged view the server names the base table with the view's column.
        const origin = index.relation('shop', orgTable)
        if (!origin?.columns.some(({ name }) => name.toLowerCase() === orgName.toLowerCase())) return
        const resource = `shop.${orgTable}`
        const found = outputs[at]?.sources.some(
          (source) =>
            source.resource === resource &&
            source.field.split(':')[0]?.toLowerCase() === orgName.toLowerCase(),
        )
        if (!found && outputs[at]?.unprovable === undefined)
          faults.push({ query, at, origin: `${resource}.${orgName}` })
      })
    }
    expect(faults.slice(0, 10)).toEqual([])
    expect(valid).toBeGreaterThan(QUERIES / 3)
  }, 120_000)

  test.each(CHANGES)(
    'R16 nothing of %s.%s shows that the reading did not tell',
    async (table, column, other) => {
      const queries = [...EXOTIC_QUERIES, ...generateQueries(QUERIES, seed)].filter(
        (query) => !/rand\(|now\(/.test(query),
      )
      const readings = queries.map(read)
      const before: Answer[] = []
      for (const query of queries) before.push(await answer(client, query))
      await client.query(`create table kept as select id, ${column} as old from ${table}`)
      await client.query(`update ${table} set ${column} = ${other}`)
      const after: Answer[] = []
      for (const query of queries) after.push(await answer(client, query))
      await client.query(`update ${table} t join kept k on t.id = k.id set t.${column} = k.old`)
      await client.query('drop table kept')
      const faults: unknown[] = []
      let differing = 0
      queries.forEach((query, at) => {
        const [one, two, reading] = [before[at], after[at], readings[at]]
        if (!one || !two || !reading) return
        const used = reading.actions.some(
          ({ resource, fields }) =>
            fields === 'unknown' ||
            (resource.path[1] === table &&
              fields.some(
                ({ name, uses }) => name.split(':')[0] === column && uses.some((use) => use !== 'output'),
              )),
        )
        if (used) return
        // A row more or less, an error or a warning must come from a use.
        if (one.rows !== two.rows || one.said !== two.said) faults.push({ query, one, two })
        one.columns.forEach((values, position) => {
          if (values === two.columns[position]) return
          differing++
          const output = reading.outputs === 'unknown' ? undefined : reading.outputs[position]
          const shown =
            output === undefined ||
            output.unprovable !== undefined ||
            output.sources.some(
              ({ resource, field }) => resource === `shop.${table}` && field.split(':')[0] === column,
            )
          if (!shown) faults.push({ query, position, output })
        })
      })
      expect(faults.slice(0, 5)).toEqual([])
      expect(differing).toBeGreaterThan(column === 'secret' ? -1 : 0)
    },
    120_000,
  )
}

describePart('mariadbd', 'R1 R16 MariaDB agrees', () => suite('mariadb', startMariadb))
describePart('mysql', 'R1 R16 MySQL agrees', () => suite('mysql', startMysql))
