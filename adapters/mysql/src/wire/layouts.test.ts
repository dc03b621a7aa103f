/** DEPRECATE_EOF and SESSION_TRACK: replies as the server lays them out for a client that asks for these (mysql-wire §2.3, §6). */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { CLIENT } from '../messages/index.js'
import { readTracked } from '../session/tracking.js'
import { describeFlavours, type Fixture, openDecisions, startFixture } from './fixture.js'
import type { RawClient } from './raw-client.js'
import * as send from './requests.js'
import { describeReply, type Reply, rowsOf } from './transcript.js'

const SCHEMA = [
  'create procedure shop.many() begin select 1 as a; select id from shop.items limit 2; do 0; end',
  'create procedure shop.outs(out x int) begin set x = 5; select 6 as six; end',
  'create table shop.nothing(id int)',
]
const TEXTS = [
  'select id, label from items order by id',
  'select id from nothing',
  'select 1; select id from items where id = 2; do 0',
  'select id from items where id = (select id from items)',
  'select repeat(label, 1000), null from items order by id',
  'insert into nothing values (1), (2)',
  'select * from nothing',
  'delete from nothing',
  'begin',
  'select count(*) from items',
  'commit',
  'select cast(1 as char) union select 2',
  "select cast('x' as signed) from items limit 1",
  'show warnings',
  'nonsense',
  'call many()',
]
const LAYOUTS = [
  ['neither', 0],
  ['DEPRECATE_EOF', CLIENT.DEPRECATE_EOF],
  ['SESSION_TRACK', CLIENT.SESSION_TRACK],
  ['both', CLIENT.DEPRECATE_EOF | CLIENT.SESSION_TRACK],
] as const

describeFlavours('layouts of replies', (flavour) => {
  let world: Fixture
  beforeAll(async () => {
    world = await startFixture(flavour, { schema: SCHEMA })
  })
  afterEach(() => world.settled())
  afterAll(() => world?.close())

  describe.each(LAYOUTS)('%s', (_name, asked) => {
    const more = asked | CLIENT.MULTI_STATEMENTS
    const both = async (run: (client: RawClient) => Promise<readonly Reply[]>) => {
      const straight = await run(await world.direct({ more }))
      const client = await world.client('adam', { more })
      expect(client.agreed.capabilities & asked).toBe(asked)
      const through = await run(client)
      expect(through.map(describeReply)).toEqual(straight.map(describeReply))
      return [straight, through] as const
    }

    test('texts', async () => {
      const [straight, through] = await both(async (client) => {
        const replies: Reply[] = []
        for (const text of TEXTS) replies.push(await client.query(text))
        for (const content of [send.ping, send.setOption(1), send.setOption(0), send.statistics])
          replies.push(await client.ask(content))
        return replies.slice(0, -1)
      })
      const hex = ({ bytes }: Reply) => bytes.toString('hex')
      // MySQL tells of transactions in letters, too: clients of the gateway go by the status flags.
      const tells = flavour === 'mysql' && (asked & CLIENT.SESSION_TRACK) !== 0
      const differs = (text = '') => tells && /^(begin|commit|select count)/.test(text)
      for (const [index, reply] of through.entries())
        if (!differs(TEXTS[index]))
          expect([TEXTS[index], hex(reply)]).toEqual([TEXTS[index], hex(straight[index] as Reply)])
    })

    test('W35 definitions of what is prepared, its rows, its cursors', async () => {
      await both(async (client) => {
        const replies: Reply[] = []
        for (const text of [
          'select id, label from items where id > ?',
          'select 1',
          'do ?',
          'do 0',
          'select id from items where id in (?, ?, ?)',
        ]) {
          const prepared = await client.ask(send.prepare(text))
          replies.push(prepared)
          const [part] = prepared.parts
          if (part?.kind !== 'prepared') throw new Error(describeReply(prepared))
          const parameters = part.parameters.map(() => send.bigint(17))
          replies.push(await client.ask(send.execute(part.id, { parameters })))
          if (part.columns.length === 0) continue
          replies.push(
            await client.ask(send.execute(part.id, { parameters, flags: send.READ_ONLY_CURSOR })),
            await client.ask(send.fetchRows(part.id, 1)),
            await client.ask(send.fetchRows(part.id, 100)),
            await client.ask(send.fetchRows(part.id, 1)),
          )
        }
        return replies
      })
    })

    test('W43 values that a procedure gives back', async () => {
      const client = await world.client('adam', { more })
      const { id } = await client.prepare('call outs(?)')
      client.command(send.execute(id, { parameters: [send.NULL] }))
      const told = [describeReply(await client.reply())]
      // MySQL promises no OK behind the values, and sends one.
      if (flavour === 'mysql' && !/OK:\d$/.test(told[0] ?? ''))
        told.push(String((await client.next()).payload[0]))
      expect(told.join(' ')).toMatch(/^RS\(six\):1\/\+ RS\(x\):1(\/\S+)? (OK:\d|0)$/)
      expect(await client.hears('select 1')).toBe('RS(1):1')
    })

    test('rows are masked, counted and refused as in any other', async () => {
      const ann = await world.client('ann', { more })
      const shown = await ann.query('select email, id from customers order by id; select 2')
      expect(describeReply(shown)).toBe('RS(email,id):5/+ RS(2):1')
      expect(shown.bytes.includes('user1@')).toBe(false)
      const { id } = await ann.prepare('select email from customers order by id')
      const cursor = await ann.ask(send.execute(id, { flags: send.READ_ONLY_CURSOR }))
      expect(describeReply(cursor)).toBe('RS(email):0/C')
      const fetched = await ann.ask(send.fetchRows(id, 10))
      expect(describeReply(fetched)).toMatch(/^RS\(email\):5/)
      expect(fetched.bytes.includes('user1@')).toBe(false)
      const bot = await world.client('bot', { more })
      expect(await bot.hears('select id from items')).toBe('RS(id):10 ERR:1644')
      expect(rowsOf(await bot.query('show warnings'))).toMatchObject([['Error', '1644', expect.any(String)]])
      expect(rowsOf(await bot.query('show count(*) errors'))).toEqual([['1']])
      expect(await bot.hears('select 1')).toBe('RS(1):1')
      expect(await bot.hears(`update items set label = label where id = 1`)).toBe('OK:0')
    })

    test('W53 a client that asks is told what became of its session, and nothing else', async () => {
      const client = await world.client('adam', { more })
      const told = async (text: string) => {
        const { parts } = await client.query(text)
        const [part] = parts
        if (part?.kind !== 'ok') throw new Error(describeReply({ parts }))
        const { schema, variables } = readTracked(part.ok.changes)
        return { schema, ...Object.fromEntries(variables) }
      }
      const tracks = (asked & CLIENT.SESSION_TRACK) !== 0
      const nothing = { schema: undefined }
      expect(await told('use information_schema')).toEqual(
        tracks ? { schema: 'information_schema' } : nothing,
      )
      expect(await told('use shop')).toEqual(tracks ? { schema: 'shop' } : nothing)
      expect(await told('set autocommit = 0')).toEqual(tracks ? { ...nothing, autocommit: 'OFF' } : nothing)
      expect(await told('set autocommit = 1')).toEqual(tracks ? { ...nothing, autocommit: 'ON' } : nothing)
      expect(await told('set sort_buffer_size = 300000')).toEqual(nothing)
      expect(await told('set @a = 1')).toEqual(nothing)
      expect(await told('do 0')).toEqual(nothing)
    })
  })

  test('W52 clients of every layout get their own, of the same statements, at the same time', async () => {
    const clients = await Promise.all(
      LAYOUTS.map(async ([, more]) => [more, await world.client('adam', { more })] as const),
    )
    for (const text of TEXTS.slice(0, 2)) {
      const replies = await Promise.all(clients.map(async ([, client]) => client.query(text)))
      expect(new Set(replies.map(describeReply)).size).toBe(1)
      const counts = replies.map(({ packets }) => packets.length)
      for (const [index, [more]] of clients.entries())
        expect(counts[index]).toBe((counts[0] as number) - (more & CLIENT.DEPRECATE_EOF ? 1 : 0))
    }
  })

  test('every decision has its outcome', async () => {
    await world.settled()
    expect(openDecisions(world.stage)).toEqual([])
    expect(world.stage.faults.map(String)).toEqual([])
  })
})
