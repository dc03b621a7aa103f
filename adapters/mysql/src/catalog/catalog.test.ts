import { describePart, type MysqlServer, startMariadb, startMysql } from '@gatehouse/workbench'
import type { Connection } from 'mysql2/promise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCatalogConnection } from './catalog-connection.js'
import { connectRoot, fillShop, siteBefore } from './catalog-fixture.js'
import { fingerprint, readStatementCounters } from './fingerprint.js'
import { isCatalog } from './is-catalog.js'
import type { CatalogSource } from './read-catalog.js'
import { openServer, type Server } from './server.js'

for (const [part, start] of [
  ['mariadbd', startMariadb],
  ['mysql', startMysql],
] as const) {
  describePart(part, `the catalog of ${part}`, () => {
    let upstream: MysqlServer
    let root: Connection
    let server: Server
    let source: CatalogSource
    beforeAll(async () => {
      upstream = await start()
      root = await fillShop(upstream)
      server = await openServer(siteBefore(upstream))
      source = await openCatalogConnection(siteBefore(upstream), undefined)
    })
    afterAll(async () => {
      await source?.client.end()
      await server?.close()
      await root?.end()
      await upstream?.stop()
    })

    test('holds what users made and the account may see', () => {
      const catalog = server.catalog()
      expect(catalog).toMatchObject({ engine: 'mysql', flavour: upstream.flavour, lowerCaseTableNames: 0 })
      expect(catalog.sqlMode).toContain('STRICT_TRANS_TABLES')
      expect(server.serverVersion).toBe(
        upstream.flavour === 'mariadb' ? `5.5.5-${upstream.version}` : upstream.version,
      )
      expect(catalog.schemas).toEqual(expect.arrayContaining(['shop', 'information_schema']))
      expect(catalog.schemas).not.toContain('hr')
      expect(server.relation('shop', 'people')).toMatchObject({
        kind: 'table',
        triggers: false,
        columns: [
          { name: 'id', number: 1, nullable: false, classes: [], type: expect.stringMatching(/^int/) },
          { name: 'name', type: 'varchar(40)', collation: expect.stringContaining('utf8mb4') },
          { name: 'ssn', classes: expect.arrayContaining(['national-id', 'pii']) },
          { name: 'born', classes: expect.arrayContaining(['pii']) },
          { name: 'low' },
          { name: 'copy', classes: expect.arrayContaining(['national-id']) },
          { name: 'hidden', invisible: true },
        ],
      })
      const low = server.column('shop', 'people', 'LOW')?.generated
      expect(low).toMatch(/^concat\((?:lower|lcase)\(`ssn`\),(?:_utf8mb4)?'\\'"b'\)$/)
      expect(server.relation('shop', 'orders')).toMatchObject({
        triggers: true,
        foreignKeys: [
          { columns: ['person'], schema: 'shop', relation: 'people', references: ['id'], cascades: true },
        ],
      })
      expect(server.relation('shop', 'plain')?.foreignKeys).toMatchObject([{ cascades: false }])
      expect(server.relation('shop', 'names')).toMatchObject({
        kind: 'view',
        definition: expect.stringContaining('`shop`.`people`.`ssn` AS `code`'),
      })
      expect(server.relation('information_schema', 'TABLES')).toMatchObject({ kind: 'system' })
      expect(server.column('information_schema', 'tables', 'table_name')?.classes).toEqual([])
      const kept: unknown = JSON.parse(JSON.stringify(catalog))
      expect(isCatalog(kept)).toBe(true)
      expect(kept).toEqual(catalog)
    })

    test('R3 a body that the account may not see is none, and no document can name it', async () => {
      const routine = () => server.catalog().routines.find(({ name }) => name === 'twice')
      expect(routine()).toEqual({ schema: 'shop', name: 'twice', kind: 'function', parameters: 1 })
      const grant = upstream.flavour === 'mysql' ? 'show_routine on *.*' : 'select on mysql.proc'
      await root.query(`grant ${grant} to gatehouse@'127.0.0.1'`)
      await server.refresh()
      expect(routine()).toMatchObject({ body: 'return a * 2', parameters: 1 })
      await root.query(`revoke ${grant} from gatehouse@'127.0.0.1'`)
      await server.refresh()
      expect(routine()?.body).toBeUndefined()
    })

    test('R2 triggers that the account may not see are taken to be there', async () => {
      await root.query(`revoke trigger on shop.* from gatehouse@'127.0.0.1'`)
      await server.refresh()
      expect(server.relation('shop', 'people')?.triggers).toBe(true)
      await root.query(`grant trigger on shop.* to gatehouse@'127.0.0.1'`)
      await server.refresh()
      expect(server.relation('shop', 'people')?.triggers).toBe(false)
    })

    test('R2 a relation that is locked is opaque meanwhile, and holds up nobody', async () => {
      const holder = await connectRoot(upstream)
      await root.query('create table shop.busy (a int)')
      const held = holder
        .query('create or replace table shop.busy as select sleep(3) as a')
        .catch(() => 'mysql')
      if (upstream.flavour === 'mysql') await held
      else await new Promise((resolve) => setTimeout(resolve, 300))
      await server.refresh()
      const busy = server.relation('shop', 'busy')
      if (upstream.flavour === 'mariadb') expect(busy).toMatchObject({ kind: 'view', columns: [] })
      expect(busy?.definition).toBeUndefined()
      expect(server.relation('shop', 'people')?.columns).toHaveLength(7)
      await held
      await holder.end()
      await server.refresh()
      expect(server.relation('shop', 'busy')).toMatchObject({ kind: 'table', columns: [{ name: 'a' }] })
    })

    test('R4 a table whose rows live elsewhere is opaque', async () => {
      await root.query('create table shop.one (a int) engine=myisam')
      await root.query('create table shop.both_of_them (a int) engine=merge union=(shop.one)')
      await server.refresh()
      expect(server.relation('shop', 'both_of_them')).toMatchObject({ kind: 'view' })
      const { plan } = await server.reader.read('select a from shop.both_of_them', context())
      const verbs = plan.kind === 'read' ? plan.statements[0]?.actions.map(({ verb }) => verb) : []
      expect(verbs).toContain('opaque')
    })

    test('R6 classes outlive rename, move and retype', async () => {
      const classes = (relation: string, column: string) => server.column('shop', relation, column)?.classes
      await root.query('create table shop.folk (id int, ssn char(11), body text)')
      await server.refresh()
      expect(classes('folk', 'ssn')).toContain('national-id')
      await root.query('alter table shop.folk change ssn word varchar(40)')
      await server.refresh()
      expect(classes('folk', 'word')).toContain('national-id')
      await root.query('rename table shop.folk to shop.crowd')
      await server.refresh()
      expect(classes('crowd', 'word')).toContain('national-id')
      await root.query('alter table shop.crowd modify word varchar(99) after body')
      await server.refresh()
      expect(classes('crowd', 'word')).toContain('national-id')
      await root.query('alter table shop.crowd change word body text, change body word text')
      await server.refresh()
      expect(classes('crowd', 'body')).toContain('national-id')
      await server.revise({ classes: [{ fields: { 'shop.crowd.body': [] } }], functions: [] })
      expect(classes('crowd', 'body')).toEqual([])
      expect(classes('crowd', 'word')).toContain('national-id')
      await server.revise({ classes: [], functions: [] })
    })

    test('a name is compared as the server compares it', () => {
      expect(server.relation('shop', 'People')).toBeUndefined()
      expect(server.column('shop', 'people', 'SSN')?.name).toBe('ssn')
      expect([server.serves('other'), server.serves(undefined)]).toEqual([true, true])
    })

    test.each(CHANGES)('R2 the fingerprint and the counters move after: %s', async (change) => {
      const before = [await fingerprint(source.client), await readStatementCounters(source.client)]
      for (const text of change.split(';;')) await root.query(text)
      expect(await fingerprint(source.client)).not.toBe(before[0])
      expect(await readStatementCounters(source.client)).not.toBe(before[1])
    })

    test('R2 the fingerprint stands still for rows, statistics and temporary tables', async () => {
      const before = await fingerprint(source.client)
      await root.query(`insert into shop.people (id, ssn) values (7, 'x')`)
      await root.query('analyze table shop.people')
      await root.query('create temporary table shop.passing (a int)')
      expect(await fingerprint(source.client)).toBe(before)
    })
  })
}

const context = () => ({
  database: 'shop',
  sqlMode: [],
  charset: 'utf8mb4',
  overlay: [],
  account: 'gatehouse',
})

const CHANGES = [
  `alter table shop.people modify born date comment 'x'`,
  'alter table shop.people change born day date',
  'create or replace view shop.names as select id, concat(ssn, id) as code from shop.people',
  'create function shop.fresh() returns int deterministic return 1',
  'drop function shop.fresh;;create function shop.fresh(a int) returns int deterministic return 1',
  'alter table shop.people add column note text',
  'drop trigger shop.watch',
  'create database other;;grant select on other.* to gatehouse@`127.0.0.1`',
  'alter table shop.plain add foreign key (id) references shop.people (id) on update cascade',
  'rename table shop.plain to shop.plainer',
  'create table shop.fresh_one (a int)',
  'alter table shop.fresh_one engine=myisam',
  'drop table shop.fresh_one',
]
