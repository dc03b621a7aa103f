/** R1, R2, R5, R6, R16, R17, R18, R19, R20: a mask follows the data, whatever becomes of names, types, sessions and catalogs. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { describeFlavours } from '../wire/fixture.js'
import { type Asker, MASKED, startWorld, told, type World } from './world.js'

const SCHEMA = [
  'create table customers (id int primary key, email varchar(60) unique, phone varchar(40), city varchar(40), profile json)',
  `insert into customers values (1, 'ada@example.com', '+49 30 5550817', 'Berlin', '{"email": "ada@example.com", "n": 1}'),
    (2, 'bob@example.com', '+39 06 5550817', 'Rome', '{"email": "bob@example.com", "n": 2}')`,
  'create table notes (id int primary key, body varchar(200))',
  `insert into notes values (1, 'one'), (2, 'two')`,
  'create table letters (id int primary key, email varchar(60))',
]

describeFlavours('masking', (flavour) => {
  let world: World
  let ann: Asker
  beforeAll(async () => {
    world = await startWorld({ schema: SCHEMA, rules: MASKED, flavour })
  })
  afterAll(() => world?.close())
  beforeEach(async () => {
    ann = await world.sign('ann')
  })
  afterEach(async () => {
    ann.client.destroy()
    expect(world.stage.faults).toEqual([])
  })

  /** In both protocols, prepared before and after. */
  async function both(text: string): Promise<string> {
    return JSON.stringify([await ann.ask(text), await ann.prepared(text)])
  }
  async function seesNothing(...texts: readonly string[]): Promise<void> {
    for (const text of texts)
      expect([text, await both(text)]).toEqual([text, expect.not.stringContaining('@example')])
  }

  test('R1 one witness is enough: the origin that the server names, or the tree', async () => {
    await seesNothing(
      'select email as id from customers',
      'select c.city from (select email as city from customers) c',
      `select max(email) from customers`,
      `select email from customers union all select 'x'`,
      'select * from (select * from customers) x',
    )
    expect(await told(ann, 'select city, count(*) from customers group by city order by city')).toEqual([
      ['Berlin', 1],
      ['Rome', 1],
    ])
  })

  test('R2 what another session defines is known before its name is used', async () => {
    await world.owner.query('create or replace view fresh as select id, email as word from customers')
    await seesNothing('select * from fresh', 'select word from fresh')
    await world.caughtUp()
    await world.owner.query('create or replace view fresh as select id, city as word from customers')
    await world.caughtUp()
    expect(await told(ann, 'select word from fresh order by id')).toEqual([['Berlin'], ['Rome']])
    await world.owner.query('create or replace view fresh as select id, email as word from customers')
    await world.caughtUp()
    await seesNothing('select word from fresh', `select concat(word, '') from fresh`)
    await world.owner.query('drop view fresh')
  })

  test('R2 what a session defines is opaque to it until the catalog knows it, and masked then', async () => {
    expect(await ann.ask('create table made as select id, city from customers')).toMatchObject({
      code: undefined,
    })
    expect(await told(ann, 'select city from made order by id')).toEqual([['Berlin'], ['Rome']])
    await ann.ask('create or replace view shown as select email as line from customers')
    await seesNothing('select line from shown', `select concat(line, '') from shown`)
    await ann.ask('drop view if exists shown')
    await ann.ask('drop table made')
  })

  test('R2 a temporary table is never taken for the table that it stands before', async () => {
    await world.usePolicy(MASKED)
    await ann.ask('create temporary table notes as select id, email as body from customers')
    await seesNothing('select body from notes', 'select * from notes')
    const other = await world.sign('ann')
    expect(await told(other, 'select body from notes order by id')).toEqual([['one'], ['two']])
  })

  test('R5 a plan of one database, sql_mode or account is none of another', async () => {
    await world.root.query('create database if not exists shed')
    await world.root.query(`grant all on shed.* to gw@'%'`)
    await world.root.query(
      'create table if not exists shed.notes (id int, body varchar(60), email varchar(60))',
    )
    await world.root.query(`insert into shed.notes values (1, 'b', 'shed@example.com')`)
    await world.caughtUp()
    expect(await told(ann, 'select body from notes where id = 1')).toEqual([['one']])
    await ann.ask('use shed')
    expect(await told(ann, 'select body from notes where id = 1')).toEqual([['b']])
    await seesNothing('select * from notes', 'select email from notes')
    await ann.ask('use shop')
    const text = 'select "email" from customers'
    expect(await told(ann, text)).toEqual([['email'], ['email']])
    await ann.ask(`set sql_mode = 'ANSI_QUOTES'`)
    await seesNothing(text)
    await ann.ask(`set sql_mode = ''`)
    expect(await told(ann, text)).toEqual([['email'], ['email']])
    await ann.ask(`set sql_mode = 'PIPES_AS_CONCAT'`)
    await seesNothing(`select email || '' from customers`)
  })

  test('R5 a prepared statement is read again when what it reads has become another', async () => {
    await world.owner.query('create or replace view turning as select id, city as word from customers')
    await world.caughtUp()
    expect(await ann.prepared('select word from turning order by id')).toMatchObject({
      rows: [['Berlin'], ['Rome']],
    })
    await ann.ask(`prepare s from 'select word from turning'`)
    await world.owner.query('create or replace view turning as select id, email as word from customers')
    await world.caughtUp()
    expect(JSON.stringify(await ann.prepared('select word from turning order by id'))).not.toContain(
      '@example',
    )
    expect(JSON.stringify(await ann.ask('execute s'))).not.toContain('@example')
    await world.owner.query('drop view turning')
  })

  test('R6 a class outlives rename, move and retype', async () => {
    await world.owner.query('create table gone (id int primary key, email varchar(60))')
    await world.owner.query(`insert into gone values (1, 'eve@example.com')`)
    await world.caughtUp()
    await seesNothing('select email from gone')
    await world.owner.query('alter table gone change email harmless varchar(90)')
    await world.caughtUp()
    await seesNothing('select harmless from gone', 'select * from gone')
    await world.owner.query('rename table gone to here')
    await world.caughtUp()
    await seesNothing('select harmless from here', 'select upper(harmless) from here')
    await world.owner.query('drop table here')
  })

  test('R6 keys inside documents are classes too, and a document without its keys shows nothing', async () => {
    await seesNothing(
      'select profile from customers',
      `select json_extract(profile, '$.email') from customers`,
      `select json_extract(profile, '$.*') from customers`,
      'select hex(profile), upper(profile), reverse(profile) from customers',
      `select t.a from customers c, json_table(c.profile, '$' columns (a varchar(60) path '$.email')) t`,
      `select t.a from customers c, json_table(c.profile, '$.*' columns (a json path '$')) t`,
      'select json_arrayagg(profile) from customers',
      `select json_merge_patch('{}', profile) from customers`,
    )
    for (const text of ['select hex(profile) from customers', 'select reverse(profile) from customers'])
      expect(await both(text)).not.toMatch(/6578616D706C65|elpmaxe/i)
    expect(await told(ann, `select json_value(profile, '$.n') from customers order by id`)).toEqual([
      ['1'],
      ['2'],
    ])
    const rows = `select t.n from customers c, json_table(c.profile, '$' columns (n int path '$.n')) t order by c.id`
    expect(await told(ann, rows)).toEqual([[1], [2]])
  })

  describe('R16 what is no output is a use', () => {
    test.each([
      `select id from customers where email like 'a%'`,
      `select id from customers where email in ('ada@example.com', 'x')`,
      'select id from customers order by email',
      'select count(*) from customers group by email',
      'select distinct email from customers',
      'select count(distinct email) from customers',
      `select if(email = 'ada@example.com', 1, 0) from customers`,
      'select a.id from customers a join customers b on a.email < b.email',
      'select email from customers union select city from customers',
      'select ascii(email), length(email) from customers',
      'select rank() over (order by email) from customers',
      `select 1 / (ascii(email) - 97) from customers`,
      `delete from customers where email like 'a%'`,
    ])('R16 %s', async (text) => {
      for (const answer of [await ann.ask(text), await ann.prepared(text)])
        expect(answer).toMatchObject({ code: 1143, state: '42000' })
    })
  })

  test('R16 total functions are masked, not refused', async () => {
    expect(
      await told(
        ann,
        `select upper(email), concat(email, '!'), left(email, 2), coalesce(email, 'x') from customers`,
      ),
    ).toEqual([
      ['***', '***', '***', '***'],
      ['***', '***', '***', '***'],
    ])
  })

  test('R17 one equality in its own type is answered; a number for a string, or what may be one, is not', async () => {
    expect(await told(ann, `select id from customers where email = 'ada@example.com'`)).toEqual([[1]])
    for (const text of [
      'email = 0',
      'email = 1.5',
      `email = cast('a' as binary)`,
      'email = null or id = 1',
      `email = 'a' collate utf8mb4_bin`,
    ])
      expect([text, (await ann.ask(`select id from customers where ${text}`)).code]).toEqual([text, 1143])
  })

  test('R17 a parameter is what it is bound as', async () => {
    const text = 'select id from customers where email = ?'
    expect(await ann.prepared(text, ['ada@example.com'])).toMatchObject({ rows: [[1]], code: undefined })
    // The same statement, prepared once: as a number it would be compared as one, as bytes not by its collation.
    for (const value of [0, 1.5, true, null, new Date(0)])
      expect([value, (await ann.prepared(text, [value])).code]).toEqual([value, 1143])
    expect(await ann.prepared(text, ['nobody@example.com'])).toMatchObject({ rows: [], code: undefined })
    expect(await ann.prepared(`${text} and ? = 2`, ['ada@example.com', 2])).toMatchObject({ rows: [[1]] })
    for (const more of ['or 1 = 0', `and email like 'a%'`, 'order by email', 'or email = null'])
      expect([more, (await ann.prepared(`${text} ${more}`, ['x'])).code]).toEqual([more, 1143])
    await ann.ask(`prepare by_name from '${text}'`)
    await ann.ask(`set @given = 0`)
    expect((await ann.ask('execute by_name using @given')).code).toBe(1143)
  })

  test('R19 an issued mask is no value, however it is bound', async () => {
    const text = 'insert into letters values (?, ?)'
    expect(await ann.prepared(text, [77, '***'])).toMatchObject({ code: 1143 })
    expect((await ann.prepared('update letters set email = ? where id = ?', ['***', 77])).code).toBe(1143)
    expect((await ann.prepared('update notes set body = ? where id = ?', ['**', 77])).code).toBe(undefined)
  })

  test('R18 the strictest of several masks', async () => {
    const mask = (name: string, kind: string) =>
      `{name: m-${name}, effect: mask, groups: [analysts], classes: [email], with: ${JSON.stringify(kind)}}`
    const seen: unknown[] = []
    for (const kinds of [
      ['partial'],
      ['partial', 'hash'],
      ['partial', 'hash', 'redact'],
      ['partial', 'hash', 'redact', 'null'],
    ]) {
      world.usePolicy(kinds.map((kind) => mask(kind, kind)))
      seen.push(((await told(ann, 'select email from customers where id = 1')) as unknown[][])[0]?.[0])
    }
    // There is no masking key here: a hash without one would be a digest that anybody can make.
    expect(seen).toEqual(['***@example.com', null, '***', null])
    world.usePolicy(MASKED)
  })

  describe('R19 no masked value goes where it is not known', () => {
    test.each([
      'insert into notes select id + 10, email from customers',
      'update notes n join customers c using (id) set n.body = c.email',
      'update customers set city = email',
      'create table stolen as select email as body from customers',
      `insert into notes values (9, (select email from customers where id = 1))`,
      'select email into @x from customers where id = 1',
      'set @x = (select email from customers where id = 1)',
      `replace into notes select id, upper(email) from customers`,
      `insert into notes values (1, 'x') on duplicate key update body = (select email from customers where id = 1)`,
      `update customers set email = 'x@y.example' where id = 1`,
      `insert into letters values (1, '***')`,
    ])('R19 %s', async (text) => {
      for (const { message } of [await ann.ask(text), await ann.prepared(text)])
        expect(message).toMatch(/gatehouse: \{"code":"GH_(FLOW|FORBIDDEN|PROBING|OPAQUE)/)
      expect((await world.owner.query('select count(*) as n from notes'))[0]).toEqual([{ n: 2 }])
    })
  })

  test('R20 errors, warnings and what is asked of them afterwards show no value', async () => {
    await ann.ask(`set sql_mode = ''`)
    await seesNothing(
      `insert into customers (id, email) values (3, 'ada@example.com')`,
      `update customers set id = 1 where id = 2`,
      'select cast(email as signed) from customers',
      'show warnings',
      'show errors',
      `select extractvalue(1, concat('~', (select email from customers where id = 1)))`,
      'show warnings',
      `insert into notes select id, email from customers`,
      'explain select * from customers where id = 1',
      'show warnings',
      'show processlist',
      'select info from information_schema.processlist',
    )
  })
})
