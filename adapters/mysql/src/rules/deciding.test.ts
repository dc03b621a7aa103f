/** R3, R4, R8, R10, R11, R13, R14: who may do what, and what no rule permits. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeFlavours } from '../wire/fixture.js'
import { type Asker, startWorld, told, type World } from './world.js'

const SCHEMA = [
  'create table customers (id int primary key, email varchar(60) not null, city varchar(40))',
  `insert into customers values (1, 'ada@example.com', 'Berlin'), (2, 'bob@example.com', 'Rome')`,
  'create table vault (id int primary key, code varchar(20))',
  `insert into vault values (1, 'x')`,
  'create view safe as select id, code from vault',
  'create view contacts as select id, email as address from customers',
  `create function email_of(wanted int) returns varchar(60) reads sql data
    return (select email from customers where id = wanted)`,
  'create function twice(n int) returns int deterministic no sql return n * 2',
  'create procedure peek() select email from customers',
]
const CONNECT = '{name: come-in, effect: permit, verbs: [connect]}'
const READ = '{name: look, effect: permit, verbs: [read], resources: ["shop.*"]}'
const settings = { 'log-bin-trust-function-creators': 1 }

describeFlavours('deciding', (flavour) => {
  let world: World
  let ann: Asker
  beforeAll(async () => {
    world = await startWorld({ schema: SCHEMA, flavour, ...(flavour === 'mysql' ? { settings } : {}) })
    ann = await world.sign('ann')
  })
  afterAll(() => world?.close())

  const codes = async (asker: Asker, texts: readonly string[]) => {
    const found: unknown[] = []
    for (const text of texts) found.push((await asker.ask(text)).code, (await asker.prepared(text)).code)
    return new Set(found)
  }
  /** The last record of a decision. */
  const decided = () => world.stage.evidence.decided.at(-1)

  test('R3 a routine that nobody has reviewed is `call`, and is not let do more than its name is permitted', async () => {
    world.usePolicy([CONNECT, READ], ['tools'])
    expect(await codes(ann, ['select twice(2)', 'select email_of(1)', 'call peek()'])).toEqual(
      new Set([1142]),
    )
    world.usePolicy([CONNECT, READ, '{name: run, effect: permit, verbs: [call], resources: ["shop.twice"]}'])
    world.usePolicy(['{name: no-calls, effect: forbid, verbs: [call]}'])
    expect(await codes(ann, ['select twice(2)', 'select email_of(1)', 'call peek()'])).toEqual(
      new Set([1142]),
    )
  })

  test('R3 what a routine returns is never clean for who sees masks', async () => {
    world.usePolicy([
      '{name: personal, effect: mask, groups: [analysts], classes: [email], with: redact, probing: lookup}',
    ])
    for (const text of ['select email_of(1)', 'call peek()'])
      expect(JSON.stringify([await ann.ask(text), await ann.prepared(text)])).not.toContain('ada@')
  })

  test('R4 what is forbidden for a table is forbidden through every view over it', async () => {
    world.usePolicy(['{name: vault, effect: forbid, resources: ["shop.vault"]}'])
    expect(
      await codes(ann, ['select id from safe', 'select 1 from safe s join customers c using (id)']),
    ).toEqual(new Set([1142]))
    expect(await told(ann, 'select id from contacts order by id')).toEqual([[1], [2]])
  })

  test('R4 who may read a table may not read a view over it, unless that is permitted too', async () => {
    world.usePolicy(
      [CONNECT, '{name: look, effect: permit, verbs: [read], resources: ["shop.customers"]}'],
      ['tools'],
    )
    expect(await told(ann, 'select id from customers order by id')).toEqual([[1], [2]])
    expect(await codes(ann, ['select id from contacts'])).toEqual(new Set([1142]))
  })

  test('R8 a permit that names fields covers outputs and uses alike, and no statement whose fields are unknown', async () => {
    const fields = '["shop.customers.id", "shop.customers.city"]'
    world.usePolicy([CONNECT, `{name: some, effect: permit, verbs: [read], fields: ${fields}}`], ['tools'])
    expect(await told(ann, `select id from customers where city = 'Rome'`)).toEqual([[2]])
    const more = [
      'select * from customers',
      `select id from customers where email = 'bob@example.com'`,
      'select id from customers order by email',
      'select count(*) from customers group by email',
      'select c.id from customers c join customers d on c.email = d.email',
    ]
    expect(await codes(ann, more)).toEqual(new Set([1142]))
  })

  test('R8 verbs left out are never opaque, admin, export, import or grant', async () => {
    world.usePolicy(['{name: all, effect: permit}'], ['tools'])
    expect(await told(ann, 'select id from customers order by id')).toEqual([[1], [2]])
    const dangerous = [
      `select 1 into outfile '/tmp/x'`,
      `load data infile '/tmp/x' into table vault`,
      'grant select on shop.* to somebody',
      'kill 1',
      'flush tables',
    ]
    for (const text of dangerous)
      expect([text, (await ann.ask(text)).message]).toEqual([text, expect.stringContaining('gatehouse: {')])
  })

  test('R8 who may connect to one database comes in without any, and to that one alone', async () => {
    world.usePolicy(['{name: shop, effect: permit, verbs: [connect], resources: ["shop"]}', READ], [])
    const anywhere = await world.sign('ann', { database: '' })
    expect(await told(anywhere, 'select id from shop.customers order by id')).toEqual([[1], [2]])
    expect((await anywhere.ask('use information_schema')).code).toBe(1044)
    expect((await anywhere.ask('use shop')).code).toBeUndefined()
    expect(await told(anywhere, 'select id from customers order by id')).toEqual([[1], [2]])
    world.usePolicy([READ], [])
    await expect(world.sign('ann', { database: '' })).rejects.toMatchObject({ errno: 1044 })
  })

  test('R8 whoever may not connect is told by which rule, and by which record, once', async () => {
    world.usePolicy(['{name: door, effect: forbid, verbs: [connect], message: not today}', READ], [])
    await expect(world.sign('ann')).rejects.toMatchObject({
      errno: 1044,
      message: expect.stringMatching(
        /^[^{]*not today[^{]*\ngatehouse: \{"code":"GH_CONNECT","rule":"[^"]*\/door","id":"[^"]+"\}$/,
      ),
    })
  })

  test('R8 a pattern with * never means system schemas', async () => {
    world.usePolicy(['{name: all, effect: permit, verbs: [connect, read], resources: ["**"]}'], [])
    const texts = [
      'select user from mysql.user',
      'select * from performance_schema.threads',
      'select table_name from information_schema.tables',
    ]
    expect(await codes(ann, texts)).toEqual(new Set([1142]))
  })

  test('R10 what a client says of itself decides nothing by itself', async () => {
    world.usePolicy([
      '{name: app, effect: forbid, verbs: [read], resources: ["shop.vault"], if: \'claimed.application != "ledger"\'}',
    ])
    expect((await ann.ask('select id from vault')).code).toBe(1142)
    const ledger = await world.sign('ann', { connectAttributes: { program_name: 'ledger' } })
    expect(await told(ledger, 'select id from vault')).toEqual([[1]])
    expect(() =>
      world.usePolicy([
        '{name: app, effect: permit, verbs: [read], if: \'claimed.application == "ledger"\'}',
      ]),
    ).toThrow(/claimed/)
  })

  describe('R11 never by any rule', () => {
    test.each([
      `set password = 'x'`,
      `set password for gw = 'x'`,
      `set password for current_user() = 'x'`,
      `alter user gw identified by 'x'`,
      `alter user gw@'%' account lock`,
      `alter user user() identified by 'x'`,
      `alter user current_user() identified by 'x'`,
      'drop user gw',
      `drop user if exists nobody, gw@'%'`,
      `rename user gw to wg`,
      `rename user nobody to gw`,
      'grant all on shop.* to gw',
      `revoke select on shop.* from gw@'%'`,
      'set default role none to gw',
      'create or replace user gw',
      `/*!50000 set password = 'x' */`,
      `grant somerole to gw`,
    ])('R11 %s', async (text) => {
      world.usePolicy([], ['observe'])
      const adam = await world.sign('adam')
      for (const answer of [await adam.ask(text), await adam.prepared(text)])
        expect(answer.message).toMatch(/gatehouse: \{"code":"GH_(NEVER|UNREADABLE)"/)
      await adam.client.end()
      expect((await world.direct()).client).toBeDefined()
    })
  })

  describe('R13 what changes the meaning of a session needs a rule that names it', () => {
    test.each([
      "xa start 'a'",
      'set session_track_schema = off',
      "set session optimizer_switch = 'mrr=on'",
      'set global max_connections = 1',
      'set persist max_connections = 1',
      "set @@global.sql_mode = ''",
      'set foreign_key_checks = 0',
      'set sql_log_bin = 0',
      "set init_connect = 'x'",
      'set role all',
    ])('R13 %s', async (text) => {
      world.usePolicy([CONNECT, READ], ['tools'])
      const answer = await ann.ask(text)
      expect([answer.code !== undefined, answer.message]).toEqual([
        true,
        expect.stringContaining('gatehouse: {'),
      ])
    })
  })

  test.each([
    'select id from customers where id = 1 for update',
    'select id from customers lock in share mode',
    'lock tables customers read',
    `select get_lock('a', 0)`,
    `do get_lock('a', 0)`,
  ])('R14 a lock is `lock`: %s', async (text) => {
    world.usePolicy([CONNECT, READ], ['tools'])
    expect((await ann.ask(text)).code).toBe(1142)
    expect(decided()?.statement.actions.some(({ verb }) => verb === 'lock')).toBe(true)
  })
})
