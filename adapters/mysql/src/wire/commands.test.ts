/** Commands beside COM_QUERY, packets' numbers and sizes, and what is refused (mysql-wire §1, §3). */
import { describePart } from '@gatehouse/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CLIENT, MARIADB_CLIENT } from '../messages/index.js'
import { MASKED } from '../rules/world.js'
import { openDecisions, startWire, type WireWorld } from './conversation-fixture.js'
import type { RawClient } from './raw-client.js'
import {
  command,
  execute,
  fieldList,
  header,
  initDb,
  LAST_PREPARED,
  ping,
  processInfo,
  processKill,
  query,
  resetConnection,
  sent,
  setOption,
  statistics,
} from './requests.js'
import { describeReply, errorOf, rowsOf, statusOf } from './transcript.js'

const PROCEDURES = [
  'create procedure many() begin select 1 as a; select email from customers; do 0; end',
  `create procedure fails() begin select 1 as a; signal sqlstate '45000' set message_text = 'no'; end`,
]

/** The server would say the same, had it been asked. */
const BY_GATEWAY = expect.stringContaining('gatehouse: {')

describePart(['mariadbd'], 'commands over MariaDB', () => {
  let world: WireWorld
  beforeAll(async () => {
    world = await startWire({ schema: PROCEDURES, settings: { 'max-allowed-packet': 64 << 20 } })
  })
  afterAll(() => world?.close())

  const sleeping = async () => {
    const [rows] = await world.root.query(
      `select info from information_schema.processlist where info like 'select sleep%'`,
    )
    return (rows as unknown[]).length
  }
  const become = async (count: number) => {
    while ((await sleeping()) !== count) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  test('W20 the small commands answer as the server does', async () => {
    const client = await world.client()
    expect(describeReply(await client.ask(ping))).toBe('OK:0')
    expect(describeReply(await client.ask(statistics))).toBe('TEXT')
    expect(describeReply(await client.ask(initDb('shop')))).toBe('OK:0')
    expect(errorOf(await client.ask(initDb('')))).toMatchObject({ code: 1046 })
    expect(errorOf(await client.ask(processInfo))).toMatchObject({ code: 1235 })
    expect(await client.hears('select id from items')).toBe('RS(id):5')
    await client.close()
  })

  test('W19 the columns of a table are listed as the server lists them, 500 at once', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `many${index}`)
    for (const name of names)
      await world.root.query(`create table shop.${name} (id int, b varchar(20) not null default 'x')`)
    await world.root.query('create table shop.`a``b.c` (id int)')
    for (const more of [0, CLIENT.DEPRECATE_EOF | CLIENT.SESSION_TRACK]) {
      const [ours, theirs] = [await world.client('adam', { more }), await world.straight({ more })]
      for (const [table, wildcard] of [
        ['items', ''],
        ['items', 'la%'],
        ['customers', ''],
        ['a`b.c', ''],
        ['nosuch', ''],
      ] as const) {
        const [one, other] = [
          await ours.ask(fieldList(table, wildcard)),
          await theirs.ask(fieldList(table, wildcard)),
        ]
        expect([table, wildcard, describeReply(one)]).toEqual([table, wildcard, describeReply(other)])
        if (table !== 'nosuch') expect(one.bytes).toEqual(other.bytes)
      }
      const asked = Array.from({ length: 25 }, () => names).flat()
      for (const name of asked) ours.command(fieldList(name))
      for (const name of asked) expect([name, describeReply(await ours.reply())]).toEqual([name, 'FIELDS:2'])
      for (const broken of [command(0x04), command(0x04, [0x69]), fieldList(''), fieldList('x'.repeat(600))])
        expect(errorOf(await ours.ask(broken))).toBeDefined()
      expect(await ours.hears('select 1')).toBe('RS(1):1')
      await ours.close()
      await theirs.close()
    }
    for (const name of names) await world.root.query(`drop table shop.${name}`)
    world.usePolicy([
      '{name: none, effect: forbid, verbs: [read], resources: ["information_schema.columns"]}',
    ])
    const client = await world.client()
    expect(errorOf(await client.ask(fieldList('items')))).toMatchObject({ code: 1142 })
    expect(world.stage.evidence.decided.at(-1)?.statement).toMatchObject({ command: 'FIELD LIST' })
    world.usePolicy(MASKED)
    expect(describeReply(await client.ask(fieldList('items')))).toMatch(/^FIELDS/)
    await client.close()
  })

  test('W19 R20 whoever sees masks is told of no default, whatever was agreed on', async () => {
    await world.root.query(
      `create table shop.chosen (id int, email varchar(40) default 'ada@example.com', note json)`,
    )
    world.usePolicy(MASKED)
    for (const extended of [0, MARIADB_CLIENT.EXTENDED_METADATA]) {
      const [ann, adam] = [await world.client('ann', { extended }), await world.client('adam', { extended })]
      const [hers, his] = [await ann.ask(fieldList('chosen')), await adam.ask(fieldList('chosen'))]
      expect([describeReply(hers), describeReply(his)]).toEqual(['FIELDS:3', 'FIELDS:3'])
      expect([hers, his].map(({ bytes }) => bytes.includes('ada@'))).toEqual([false, true])
      await ann.close()
      await adam.close()
    }
    await world.root.query('drop table shop.chosen')
  })

  test('W17 W73 what is not known, or streams the log, is refused, and the session goes on', async () => {
    const client = await world.client()
    for (const code of [0x00, 0x05, 0x06, 0x0b, 0x0f, 0x30, 0x50, 0xfe])
      expect([code, errorOf(await client.ask(command(code)))]).toMatchObject([
        code,
        { code: 1047, state: '08S01' },
      ])
    for (const code of [0x07, 0x08, 0x0d, 0x12, 0x15, 0x1e, 0x20, 0xfa])
      expect([code, errorOf(await client.ask(command(code)))]).toMatchObject([code, { code: 1235 }])
    client.send(sent(new Uint8Array(0)))
    expect((await client.next()).payload[0]).toBe(0xff)
    expect(describeReply(await client.ask(ping))).toBe('OK:0')
    await client.close()
  })

  test('W18 W47 several statements stand in one text only where that was agreed', async () => {
    const client = await world.client('adam', { more: CLIENT.MULTI_STATEMENTS })
    expect(await client.hears('select 1; select 2')).toBe('RS(1):1/+ RS(2):1')
    expect(describeReply(await client.ask(setOption(1)))).toMatch(/^OK/)
    const refused = { code: 1064, message: BY_GATEWAY }
    expect(errorOf(await client.query('select 1; select 2'))).toMatchObject(refused)
    expect(describeReply(await client.ask(setOption(0)))).toMatch(/^OK/)
    expect(await client.hears('select 1; select 2')).toBe('RS(1):1/+ RS(2):1')
    expect(errorOf(await client.ask(setOption(5)))).toMatchObject({ code: 1047 })
    await client.close()
    const plain = await world.client()
    expect(errorOf(await plain.ask(setOption(0)))).toMatchObject({ code: 1047 })
    expect(errorOf(await plain.query('select 1; select 2'))).toMatchObject(refused)
    await plain.close()
  })

  test('W46 an error in the second leaves the first answered; what cannot be read leaves none', async () => {
    const client = await world.client('adam', { more: CLIENT.MULTI_STATEMENTS })
    expect(await client.hears('select 1; select id from items where id = (select id from items)')).toBe(
      'RS(1):1/+ ERR:1242',
    )
    world.usePolicy(['{name: keep, effect: forbid, verbs: [delete]}'])
    expect(await client.hears(`update items set label = 'x' where id = 1; delete from items`)).toBe(
      'ERR:1142',
    )
    expect(rowsOf(await client.query('select label from items where id = 1'))).toEqual([['label 1']])
    world.usePolicy(MASKED)
    await client.close()
  })

  test('W42 W44 a procedure gives as many results as it likes, and an end or an error', async () => {
    const client = await world.client()
    expect(await client.hears('call many()')).toBe('RS(a):1/+ RS(email):2/+ OK:0')
    expect(await client.hears('call fails()')).toBe('RS(a):1/+ ERR:1644')
    expect(await client.hears('select 1')).toBe('RS(1):1')
    await client.close()
  })

  test('W21 a number out of order ends the connection as a server ends it', async () => {
    const client = await world.client()
    client.send(sent(query('select 1'), 3))
    const [told] = await client.rest()
    expect([
      told?.sequence,
      told?.payload[0],
      (told?.payload[1] ?? 0) | ((told?.payload[2] ?? 0) << 8),
    ]).toEqual([0, 0xff, 1156])
  })

  test('W22 numbers of packets go on behind 255', async () => {
    const client = await world.client()
    expect(await client.hears('select a.id from items a, items b, items c, items d')).toBe('RS(id):625')
    await client.close()
  })

  test('W24 what is over a ceiling is refused by its header', async () => {
    const client = await world.client()
    const long = await client.query(`select '${'x'.repeat(2 << 20)}'`)
    expect(errorOf(long)).toMatchObject({ code: 1153, state: '08S01' })
    expect(await client.hears('select 1')).toBe('RS(1):1')
    expect(errorOf(await client.query(`select '${'x'.repeat(17_000_000)}'`))).toMatchObject({ code: 1153 })
    expect(await client.hears('select 1')).toBe('RS(1):1')
    for (let number = 0; number < 4; number += 1)
      client.send(header(0xffffff, number), Buffer.alloc(0xffffff, 0x17))
    client.send(header(0xffffff, 4), Uint8Array.of(0))
    const [told] = await client.rest()
    expect((told?.payload[1] ?? 0) | ((told?.payload[2] ?? 0) << 8)).toBe(1153)
  })

  test('commands that are sent at once are answered one after the other', async () => {
    const client = await world.client()
    for (const text of ['select 1 as a', 'select nothing', 'selec', 'select 2 as b'])
      client.command(query(text))
    client.command(ping)
    const heard: string[] = []
    for (let index = 0; index < 5; index += 1) heard.push(describeReply(await client.reply()))
    expect(heard).toEqual(['RS(a):1', 'ERR:1054', 'ERR:1064', 'RS(b):1', 'OK:0'])
    await client.close()
  })

  test('W49 the file of a client is never asked for', async () => {
    const client = await world.client()
    expect(
      errorOf(await client.query(`load data local infile '/etc/passwd' into table items`)),
    ).toMatchObject({
      code: 1148,
    })
    expect(await client.hears('select 1')).toBe('RS(1):1')
    await client.close()
  })

  test('W16 a reset keeps the database and forgets everything else', async () => {
    const client = await world.client('adam', { more: CLIENT.MULTI_STATEMENTS })
    const state =
      'select database(), @@autocommit, @@sql_mode, @@collation_connection, @@session_track_schema'
    const before = rowsOf(await client.query(state))
    for (const text of ['autocommit = 0', `sql_mode = 'PIPES_AS_CONCAT'`, 'names latin1'])
      expect(await client.hears(`set ${text}`)).toMatch(/^OK/)
    await client.query('create temporary table mine(a int)')
    await client.query(`prepare s from 'select 1'`)
    const { id } = await client.prepare('select 1')
    expect(rowsOf(await client.query(`select 'a' || 'b'`))).toEqual([['ab']])
    expect(describeReply(await client.ask(resetConnection))).toBe('OK:0')
    expect(rowsOf(await client.query(state))).toEqual(before)
    expect(rowsOf(await client.query(`select 'a' || 'b'`))).toEqual([['0']])
    expect(await client.hears('select * from mine')).toBe('ERR:1146')
    expect(await client.hears('execute s')).toBe('ERR:1243')
    expect(errorOf(await client.ask(command(0x17, [id, 0, 0, 0, 0, 1, 0, 0, 0])))).toMatchObject({
      code: 1243,
    })
    await client.close()
  })

  describe('W16 behind a reset the gateway itself reads by nothing of before', () => {
    const reset = async (client: RawClient) =>
      expect(describeReply(await client.ask(resetConnection))).toBe('OK:0')
    const decided = () => world.stage.evidence.decided.length

    test('not by its sql_mode', async () => {
      const client = await world.client()
      await client.query(`set sql_mode = 'PIPES_AS_CONCAT'`)
      await reset(client)
      const { id } = await client.prepare('select id from items where id = 1')
      // Refused where the text could be cut otherwise than when it was prepared.
      await client.query(`set sql_mode = ''`)
      expect(describeReply(await client.ask(execute(id)))).toBe('RS(id):1')
    })

    test('not by its character set', async () => {
      const client = await world.client()
      await client.query('set names latin1')
      await reset(client)
      expect(await client.hears('select 1 as `é`')).toBe('RS(é):1')
      expect(world.stage.evidence.decided.at(-1)?.statement.text).toContain('é')
    })

    test('not by its temporary tables', async () => {
      const ann = await world.client('ann')
      const text = 'select label from items where id = 1'
      for (let times = 0; times < 2; times += 1) {
        expect(rowsOf(await ann.query(text))).toEqual([['label 1']])
        await ann.query('create temporary table items(id int, label varchar(40))')
        expect(await ann.hears(text)).toBe('ERR:1143')
        await reset(ann)
      }
      expect(rowsOf(await ann.query(text))).toEqual([['label 1']])
    })

    test('not by what was prepared', async () => {
      const client = await world.client()
      const { id } = await client.prepare('select 1612')
      await client.query(`prepare s from 'select 1'`)
      await reset(client)
      const unrun = world.stage.evidence.completed.at(-1)
      expect([unrun?.decided.statement.command, unrun?.outcome.status]).toEqual(['SELECT', 'unexecuted'])
      const before = decided()
      for (const each of [id, LAST_PREPARED])
        expect(errorOf(await client.ask(execute(each)))).toMatchObject({ code: 1243 })
      expect(decided()).toBe(before)
      expect(errorOf(await client.query('execute s'))).toMatchObject({ code: 1243, message: BY_GATEWAY })
    })

    test('not by names that unread code may have prepared', async () => {
      const client = await world.client()
      expect(await client.hears('call many()')).not.toContain('ERR')
      expect(errorOf(await client.query('execute s')).message).not.toContain('gatehouse: {')
      await reset(client)
      expect(errorOf(await client.query('execute s'))).toMatchObject({ code: 1243, message: BY_GATEWAY })
    })

    test('not by how many statements a text may hold, nor by the last refusal', async () => {
      const client = await world.client('adam', { more: CLIENT.MULTI_STATEMENTS })
      await client.ask(setOption(1))
      expect(errorOf(await client.query('select 1; select 2'))).toMatchObject({ code: 1064 })
      expect(rowsOf(await client.query('show warnings'))).toHaveLength(1)
      await reset(client)
      expect(rowsOf(await client.query('show warnings'))).toEqual([])
      const straight = await world.straight({ more: CLIENT.MULTI_STATEMENTS })
      await straight.ask(setOption(1))
      await straight.ask(resetConnection)
      expect(await client.hears('select 1; select 2')).toBe(await straight.hears('select 1; select 2'))
    })
  })

  test('W55 status flags say how the transaction stands', async () => {
    const client = await world.client()
    for (const [text, flags] of [
      ['begin', 3],
      ['select id from items limit 1', 3],
      ['selec', undefined],
      ['commit', 2],
      ['set autocommit = 0', 0],
      ['select id from items limit 1', 1],
      ['rollback', 0],
      ['set autocommit = 1', 2],
    ] as const) {
      const status = statusOf(await client.query(text))
      expect([text, status === undefined ? undefined : status & 3]).toEqual([text, flags])
    }
    await client.close()
  })

  test('W59 a kill reaches sessions of the same person, by either id', async () => {
    const [one, other, ann] = [await world.client(), await world.client(), await world.client('ann')]
    const [[upstream]] = rowsOf(await one.query('select connection_id()')) as [[string]]
    expect(await ann.hears(`kill query ${one.greeting.threadId}`)).toBe('ERR:1094')
    expect(await other.hears('kill query 999999')).toBe('ERR:1094')
    for (const id of [one.greeting.threadId, Number(upstream)]) {
      one.command(query('select sleep(300)'))
      await become(1)
      expect(await other.hears(`kill query ${id}`)).toBe('OK:0')
      expect(describeReply(await one.reply())).toMatch(/ERR:1317/)
    }
    expect(await one.hears('select 1')).toBe('RS(1):1')
    expect(describeReply(await other.ask(processKill(one.greeting.threadId)))).toBe('OK:0')
    one.command(ping)
    expect((await one.rest())[0]?.payload[0]).toBe(0xff)
    await other.close()
    await ann.close()
  })

  test('a query is stopped upstream when its client has gone', async () => {
    const client = await world.client()
    client.command(query('select sleep(300)'))
    await become(1)
    client.socket.destroy()
    await become(0)
    await world.settled()
    expect(world.stage.evidence.completed.at(-1)).toMatchObject({ outcome: { status: 'cut' } })
  })

  test('R23 no decision is left without its outcome', async () => {
    await world.settled()
    expect(openDecisions(world)).toEqual([])
    expect(world.stage.faults.map(String)).toEqual([])
  })
})
