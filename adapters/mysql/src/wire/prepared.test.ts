/** Prepared statements: ids, parameters, long data, cursors, and rows of any size (mysql-wire §3.3–3.4). */
import { describePart } from '@gatehouse/workbench'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MASKED } from '../rules/world.js'
import { openDecisions, startWire, type WireWorld } from './conversation-fixture.js'
import type { RawClient } from './raw-client.js'
import {
  bigint,
  closeStatement,
  execute,
  fetchRows,
  LAST_PREPARED,
  longData,
  NULL,
  prepare,
  query,
  READ_ONLY_CURSOR,
  resetStatement,
  SENT,
  string,
} from './requests.js'
import { describeReply, errorOf, rowsOf } from './transcript.js'

const SCHEMA = [
  'create table big(id int, t longtext, email longtext)',
  'create procedure outs(out x varchar(60)) begin select email into x from customers where id = 1; select 5 as five; end',
]
const LONG = 17_000_000
const MASKED_ROWS = [
  ['1', '***'],
  ['2', '***'],
]

describePart(['mariadbd'], 'prepared statements over MariaDB', () => {
  let world: WireWorld
  let client: RawClient
  beforeAll(async () => {
    world = await startWire({ schema: SCHEMA, settings: { 'max-allowed-packet': 64 << 20 } })
    client = await world.client()
  })
  afterAll(() => world?.close())

  const ask = async (content: Uint8Array, by = client) => describeReply(await by.ask(content))

  test('W29 types that were sent once are remembered', async () => {
    const { id } = await client.prepare('select id from items where id <= ?')
    expect(await ask(execute(id, { parameters: [bigint(3)], types: false }))).toBe('ERR:1210')
    expect(await ask(execute(id, { parameters: [bigint(3)] }))).toBe('RS(id):3')
    expect(await ask(execute(id, { parameters: [bigint(4)], types: false }))).toBe('RS(id):4')
    expect(await ask(execute(id, { parameters: [string('2')] }))).toBe('RS(id):2')
    expect(await ask(execute(id, { parameters: [NULL] }))).toBe('RS(id):0')
  })

  test('W25 a length that lies is refused, and nothing of it runs', async () => {
    const { id } = await client.prepare('update items set label = ? where id = 1')
    for (const value of [[5, 97, 98], [0xfc, 1], [0xfe, 0, 0, 0, 0, 1, 0, 0, 0], [2, 97, 98, 99], []])
      expect(await ask(execute(id, { parameters: [{ type: 253, value: Uint8Array.from(value) }] }))).toBe(
        'ERR:1210',
      )
    expect(await ask(execute(id, { parameters: [{ type: 99, value: Uint8Array.of(0) }] }))).toBe('ERR:1210')
    expect(rowsOf(await client.query('select label from items where id = 1'))).toEqual([['label 1']])
  })

  test('W27 W28 W30 unknown ids are answered, closing never is', async () => {
    expect(errorOf(await client.ask(execute(777)))).toMatchObject({ code: 1243, state: 'HY000' })
    const { id } = await client.prepare('select 1')
    expect(await ask(execute(id))).toBe('RS(1):1')
    client.command(closeStatement(id))
    client.command(closeStatement(778))
    expect(await client.hears('select 2')).toBe('RS(2):1')
    expect(await ask(execute(id))).toBe('ERR:1243')
    expect(await ask(resetStatement(id))).toBe('ERR:1243')
    expect(await ask(fetchRows(id, 1))).toMatch(/ERR:1243$/)
  })

  test('W31 W36 W37 -1 is what was prepared last, and nothing when that failed or was refused', async () => {
    client.command(prepare('select 7 as seven'))
    client.command(execute(LAST_PREPARED))
    await client.reply()
    expect(describeReply(await client.reply())).toBe('RS(seven):1')
    expect(await ask(prepare('selec 1'))).toBe('ERR:1064')
    expect(await ask(execute(LAST_PREPARED))).toBe('ERR:1243')
    await client.prepare('select 7')
    world.usePolicy(['{name: keep, effect: forbid, verbs: [delete]}'])
    client.command(prepare('delete from items'))
    client.command(execute(LAST_PREPARED))
    expect(describeReply(await client.reply())).toBe('ERR:1142')
    expect(describeReply(await client.reply())).toBe('ERR:1243')
    world.usePolicy(MASKED)
  })

  test('R23 each execution is decided by the policy of its moment', async () => {
    const { id } = await client.prepare('delete from items where id = 99')
    expect(await ask(execute(id))).toBe('OK:0')
    world.usePolicy(['{name: keep, effect: forbid, verbs: [delete]}'])
    expect(await ask(execute(id))).toBe('ERR:1142')
    world.usePolicy(MASKED)
    expect(await ask(execute(id))).toBe('OK:0')
  })

  test('W34 what was prepared is read again after its table has changed', async () => {
    const { id } = await client.prepare('select * from items limit 1')
    await client.query('alter table items add column extra int')
    expect(await ask(execute(id))).toBe('RS(id,label,extra):1')
    await client.query('alter table items drop column extra')
    expect(await ask(execute(id))).toBe('RS(id,label):1')
    // Its text is the same, and names what is masked by now.
    await client.query('create table turned(id int, note varchar(40), email varchar(40))')
    await client.query("insert into turned values (1, 'a note', 'turned@b.example')")
    const ann = await world.client('ann')
    const made = await ann.prepare("select concat(note, '') from turned")
    expect(rowsOf(await ann.ask(execute(made.id)))).toEqual([['a note']])
    await client.query('alter table turned rename column note to old, rename column email to note')
    expect(JSON.stringify(rowsOf(await ann.ask(execute(made.id))))).not.toContain('turned@b')
    await ann.close()
  })

  test('W26 long data is kept in its parts, and a refusal drops it', async () => {
    const { id } = await client.prepare('insert into big values (?, ?, ?)')
    for (const part of ['long ', 'data']) client.command(longData(id, 1, part))
    client.command(longData(id, 9, 'nowhere'))
    expect(await ask(execute(id, { parameters: [bigint(1), SENT, NULL] }))).toBe('OK:1')
    expect(rowsOf(await client.query('select t from big where id = 1'))).toEqual([['long data']])
    client.command(longData(id, 1, 'never'))
    world.usePolicy(['{name: keep, effect: forbid, verbs: [insert]}'])
    expect(await ask(execute(id, { parameters: [bigint(2), SENT, NULL] }))).toBe('ERR:1142')
    world.usePolicy(MASKED)
    expect(await ask(execute(id, { parameters: [bigint(2), string('inline'), NULL] }))).toBe('OK:1')
    expect(rowsOf(await client.query('select t from big where id = 2'))).toEqual([['inline']])
  })

  test('W23 rows beyond one packet go through, and are masked, whole', async () => {
    const { id } = await client.prepare('insert into big values (?, ?, ?)')
    client.command(longData(id, 1, Buffer.alloc(LONG, 'x')))
    expect(await ask(execute(id, { parameters: [bigint(3), SENT, string('e@example.com')] }))).toBe('OK:1')
    const exact = 0xffffff - 4 - 2
    client.command(longData(id, 1, Buffer.alloc(exact, 'y')))
    expect(await ask(execute(id, { parameters: [bigint(4), SENT, NULL] }))).toBe('OK:1')
    const shown = (rows: readonly (readonly (string | null)[])[]) =>
      rows.map(([one, t, email]) => [one, t?.length, email])
    const text = 'select id, t, email from big where id in (3, 4) order by id'
    expect(shown(rowsOf(await client.query(text)))).toEqual([
      ['3', LONG, 'e@example.com'],
      ['4', exact, null],
    ])
    const ann = await world.client('ann')
    const masked = [
      ['3', LONG, '***'],
      ['4', exact, null],
    ]
    expect(shown(rowsOf(await ann.query(text)))).toEqual(masked)
    const prepared = await ann.prepare(text)
    expect(shown(rowsOf(await ann.ask(execute(prepared.id))))).toEqual(masked)
  })

  test('W40 W41 a cursor gives its rows in portions, masked like others', async () => {
    const ann = await world.client('ann')
    for (const by of [client, ann]) {
      const { id } = await by.prepare('select id, email from customers order by id')
      expect(await ask(execute(id, { flags: READ_ONLY_CURSOR }), by)).toBe('RS(id,email):0/C')
      const first = await by.ask(fetchRows(id, 1))
      expect(describeReply(first)).toBe('RS(id,email):1/C')
      expect(rowsOf(first)).toEqual([['1', by === ann ? '***' : 'ada@example.com']])
      expect(await by.hears('select 1')).toBe('RS(1):1')
      expect(await ask(fetchRows(id, 5), by)).toBe('RS(id,email):1/L')
      expect(await ask(fetchRows(id, 1), by)).toMatch(/ERR:1421$/)
      expect(await ask(execute(id, { flags: READ_ONLY_CURSOR }), by)).toBe('RS(id,email):0/C')
      expect(await ask(resetStatement(id), by)).toBe('OK:0')
      expect(await ask(fetchRows(id, 1), by)).toMatch(/ERR:1421$/)
    }
    const { id } = await client.prepare('show tables')
    expect(await ask(execute(id, { flags: READ_ONLY_CURSOR }))).toMatch(
      /^RS\(Tables_in_shop\):\d+$|^RS\(Tables_in_shop\):0\/C$/,
    )
  })

  test('a cursor over what deletes is none: it would end MariaDB 10.11 for everybody', async () => {
    for (const text of [
      'delete from items where id = -1 returning id',
      'set statement max_statement_time = 9 for delete from items where id = -1 returning id',
    ]) {
      const { id } = await client.prepare(text)
      expect(await ask(execute(id, { flags: READ_ONLY_CURSOR }))).toBe('RS(id):0')
    }
    expect(await client.hears('select id from items where id = 1')).toBe('RS(id):1')
  })

  test('R21 a cursor gives no row more than a limit allows, however it is asked', async () => {
    world.usePolicy(['{name: few, effect: limit, rows: 3}'])
    const { id } = await client.prepare('select id from items order by id')
    expect(await ask(execute(id, { flags: READ_ONLY_CURSOR }))).toBe('RS(id):0/C')
    expect(await ask(fetchRows(id, 2))).toBe('RS(id):2/C')
    expect(await client.hears('select id from items limit 3')).toBe('RS(id):3')
    expect(await ask(fetchRows(id, 2))).toBe('RS(id):1 ERR:1644')
    expect(await ask(fetchRows(id, 2))).toMatch(/ERR:1421$/)
    world.usePolicy(MASKED)
  })

  test('W43 values that a procedure gives back come as rows', async () => {
    const { id } = await client.prepare('call outs(?)')
    expect(await ask(execute(id, { parameters: [NULL] }))).toMatch(/^RS\(five\):1\/\+ RS\(x\):1\/\+P OK:\d$/)
  })

  test('W38 W39 text and binary commands between each other', async () => {
    const { id } = await client.prepare('/* a */ select /* b */ label from items where id = ? -- c')
    for (let number = 1; number < 4; number += 1) {
      expect(rowsOf(await client.ask(execute(id, { parameters: [bigint(number)] })))).toEqual([
        [`label ${number}`],
      ])
      expect(rowsOf(await client.query(`select label from items where id = ${number}`))).toEqual([
        [`label ${number}`],
      ])
    }
    // One text both ways: what is known of a column's mask in one form is not the other's.
    const ann = await world.client('ann')
    const text = '/* a */ select /* b */ id, email from customers order by id -- c'
    const made = await ann.prepare(text)
    for (let times = 0; times < 3; times += 1) {
      expect(rowsOf(await ann.ask(execute(made.id)))).toEqual(MASKED_ROWS)
      expect(rowsOf(await ann.query(text))).toEqual(MASKED_ROWS)
    }
    await ann.close()
  })

  test('names that SQL prepares run what they were given, in the database of then', async () => {
    await client.query(`prepare s from 'select label from items where id = ?'`)
    await client.query('set @id = 2')
    expect(rowsOf(await client.query('execute s using @id'))).toEqual([['label 2']])
    await client.query('use information_schema')
    expect(rowsOf(await client.query('execute s using @id'))).toEqual([['label 2']])
    await client.query('use shop')
    expect(await client.hears('deallocate prepare s')).toBe('OK:0')
    expect(await client.hears('execute s using @id')).toBe('ERR:1243')
    const ann = await world.client('ann')
    await ann.query(`prepare s from 'select email from customers where id = 1'`)
    expect(rowsOf(await ann.query('execute s'))).toEqual([['***']])
  })

  test('R23 no decision is left without its outcome', async () => {
    client.command(query('select 1'))
    await client.reply()
    await client.prepare('select 3')
    await world.settled()
    expect(openDecisions(world)).toEqual([])
    expect(world.stage.faults.map(String)).toEqual([])
    const last = world.stage.evidence.completed.at(-1)
    expect([last?.decided.statement.text, last?.outcome.status]).toEqual(['select ?', 'unexecuted'])
  })
})

describePart(['mysql'], 'prepared statements over MySQL', () => {
  let world: WireWorld
  beforeAll(async () => {
    world = await startWire({ flavour: 'mysql', schema: SCHEMA })
  })
  afterAll(() => world?.close())

  test('W43 an OK follows the values of a procedure, though the EOF behind them promises nothing', async () => {
    const client = await world.client()
    const { id } = await client.prepare('call outs(?)')
    expect(describeReply(await client.ask(execute(id, { parameters: [NULL] })))).toBe('RS(five):1/+ RS(x):1')
    expect((await client.next()).payload[0]).toBe(0)
    expect(await client.hears('select 1')).toBe('RS(1):1')
  })
})
