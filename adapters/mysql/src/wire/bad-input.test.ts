/** Issue 6, "Bad input": each ends in a native error or a closed connection, nothing of it goes upstream, and others are served on. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { COM, packets, payload, readErr, u32 } from '../messages/index.js'
import { describeFlavours, type Fixture, openDecisions, startFixture } from './fixture.js'
import type { RawClient } from './raw-client.js'
import * as send from './requests.js'

const STATEMENT = 1 << 20
const MESSAGE = 8 << 20
const bytes = (...values: readonly number[]) => Uint8Array.from(values)
const text = (head: string, ...rest: readonly number[]) =>
  send.query(Buffer.concat([Buffer.from(head), bytes(...rest)]))

/** What is sent, and the code of the ERR that answers it; `ends`: and then the connection closes. */
const CASES: readonly (readonly [string, readonly Uint8Array[], number, 'ends' | 'goes on'])[] = [
  ['a command numbered 1', [packets(1, send.ping)], 1156, 'ends'],
  ['a command numbered 255', [packets(255, send.query('select 1'))], 1156, 'ends'],
  [
    'the first of several packets, over the ceiling',
    [
      packets(0, new Uint8Array(0xffffff).fill(32, 1).fill(3, 0, 1)).subarray(0, 0xffffff + 4),
      send.header(1, 0),
      bytes(32),
    ],
    1153,
    'ends',
  ],
  ['a length over the ceiling', [send.header(0xffffff), bytes(COM.STMT_EXECUTE)], 1153, 'ends'],
  [
    'a statement over its ceiling',
    [send.sent(send.query(`select '${'x'.repeat(STATEMENT)}'`))],
    1153,
    'goes on',
  ],
  ['an empty packet', [send.header(0)], 1047, 'goes on'],
  ['a text without a text', [send.sent(send.command(COM.QUERY))], 1065, 'goes on'],
  ['an unknown command', [send.sent(send.command(0x40))], 1047, 'goes on'],
  ['an Execute without an id', [send.sent(send.command(COM.STMT_EXECUTE))], 1835, 'goes on'],
  ['an Execute cut in its id', [send.sent(send.command(COM.STMT_EXECUTE, bytes(1, 0)))], 1835, 'goes on'],
  ['an Execute of nothing that was prepared', [send.sent(send.execute(4711))], 1243, 'goes on'],
  [
    'an Execute of the last one, where there is none',
    [send.sent(send.execute(send.LAST_PREPARED))],
    1243,
    'goes on',
  ],
  ['a Fetch of nothing that was prepared', [send.sent(send.fetchRows(4711, 1))], 1243, 'goes on'],
  ['a Fetch without a count', [send.sent(send.command(COM.STMT_FETCH, u32(1)))], 1835, 'goes on'],
  ['a Reset of nothing that was prepared', [send.sent(send.resetStatement(4711))], 1243, 'goes on'],
  ['a Reset cut in its id', [send.sent(send.command(COM.STMT_RESET, bytes(1)))], 1835, 'goes on'],
  ['an option cut in two', [send.sent(send.command(COM.SET_OPTION, bytes(1)))], 1835, 'goes on'],
  ['a kill cut in two', [send.sent(send.command(COM.PROCESS_KILL, bytes(1, 0)))], 1835, 'goes on'],
  ['a kill of nobody', [send.sent(send.processKill(0xfffffff))], 1094, 'goes on'],
  ['half a letter', [send.sent(text(`select 'x`, 0xc3, 0x27))], 1300, 'goes on'],
  ['a letter in too many bytes', [send.sent(text('select ', 0xc0, 0xa7))], 1300, 'goes on'],
  ['half a surrogate', [send.sent(text(`select '`, 0xed, 0xa0, 0x80, 0x27))], 1300, 'goes on'],
  ['gbk in the clothes of UTF-8', [send.sent(text(`select '`, 0xbf, 0x5c, 0x27))], 1300, 'goes on'],
  ['a database without a name', [send.sent(send.initDb(''))], 1046, 'goes on'],
  ['a database that is not served', [send.sent(send.initDb('nowhere'))], 1044, 'goes on'],
  ['the same by USE', [send.sent(send.query('use nowhere'))], 1044, 'goes on'],
  ['a database with a NUL in its name', [send.sent(send.initDb('shop\0'))], 1046, 'goes on'],
  ['a database of half a letter', [send.sent(send.command(COM.INIT_DB, bytes(0xc3)))], 1046, 'goes on'],
  ['a comment that never ends', [send.sent(send.query('select 1 /* '))], 1142, 'goes on'],
  ['a string that never ends', [send.sent(send.query(`select 'x`))], 1142, 'goes on'],
  [
    'parentheses in parentheses',
    [send.sent(send.query(`select ${'('.repeat(10_000)}1${')'.repeat(10_000)}`))],
    1142,
    'goes on',
  ],
]

describeFlavours('bad input', (flavour) => {
  let world: Fixture
  let neighbour: RawClient
  beforeAll(async () => {
    world = await startFixture(flavour, { siteLimits: { statement: STATEMENT, message: MESSAGE } })
    neighbour = await world.client('gil')
    await neighbour.query('begin')
  })
  afterEach(async () => {
    expect(await neighbour.hears('select id from items')).toBe('RS(id):20/T')
  })
  afterAll(() => world?.close())

  const heard = () => world.between.session('adam').heard()

  test.each(CASES)('%s', async (_name, sent, code, then) => {
    const client = await world.client()
    const before = heard().length
    client.send(...sent)
    expect(readErr((await client.next()).payload).code).toBe(code)
    if (then === 'ends') expect(await client.rest()).toEqual([])
    expect(heard().length).toBe(before)
    if (then === 'goes on') expect(await client.hears('select 1')).toBe('RS(1):1')
    await client.close()
  })

  describe('parameters that lie', () => {
    const string = (...value: readonly number[]) => ({ type: 253, value: bytes(...value) })
    const cases: readonly (readonly [string, send.Parameter])[] = [
      ['more bytes than there are', string(5, 97, 98)],
      ['fewer bytes than there are', string(1, 97, 98)],
      ['a length of two bytes, cut', string(0xfc, 1)],
      ['a length of three bytes, cut', string(0xfd, 1, 0)],
      ['a length of eight bytes beyond all', string(0xfe, 255, 255, 255, 255, 255, 255, 255, 255)],
      ['a length of eight bytes whose low half is right', string(0xfe, 1, 0, 0, 0, 1, 0, 0, 0, 97)],
      ['NULL where a value must stand', string(0xfb)],
      ['the mark of an error', string(0xff)],
      ['no value at all', string()],
      ['a moment of three bytes', { type: 12, value: bytes(3, 1, 1, 1) }],
      ['a time of nine bytes', { type: 11, value: bytes(9, 0, 0, 0, 0, 0, 0, 0, 0, 0) }],
      ['a type that nobody knows', { type: 99, value: bytes(0) }],
    ]
    test.each(cases)('%s', async (_name, parameter) => {
      const client = await world.client()
      const { id } = await client.prepare('select ? from items')
      const before = heard().length
      const reply = await client.ask(send.execute(id, { parameters: [parameter] }))
      expect(reply.parts).toMatchObject([{ kind: 'error', error: { code: 1210 } }])
      expect(heard().length).toBe(before)
      await client.close()
    })

    test('flags and counts that nobody agreed to', async () => {
      const client = await world.client()
      const { id } = await client.prepare('select ? from items')
      const before = heard().length
      const whole = send.execute(id, { parameters: [send.bigint(1)] })
      for (const [at, value] of [
        [5, 8],
        [5, 255],
        [6, 2],
        [11, 2],
        [11, 255],
      ] as const) {
        const bad = Buffer.from(whole)
        bad[at] = value
        expect((await client.ask(bad)).parts).toMatchObject([{ error: { code: 1210 } }])
      }
      for (let length = 10; length < whole.length; length += 1)
        expect((await client.ask(whole.subarray(0, length))).parts).toMatchObject([{ error: { code: 1210 } }])
      expect(heard().length).toBe(before)
      await client.close()
    })
  })

  test('what is never answered stays unanswered, and goes nowhere', async () => {
    const client = await world.client()
    const before = heard().length
    client.command(send.closeStatement(4711))
    client.command(send.longData(4711, 0, 'x'))
    client.command(payload([COM.STMT_CLOSE], [1]))
    client.command(payload([COM.STMT_SEND_LONG_DATA], [1, 0]))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect([client.waiting, heard().length]).toEqual([0, before])
    expect(await client.hears('select 1')).toBe('RS(1):1')
    await client.close()
  })

  test('a packet that never comes whole', async () => {
    const client = await world.client()
    const before = heard().length
    client.send(send.header(40), send.query('select'))
    client.socket.end()
    expect(await client.rest()).toEqual([])
    expect(heard().subarray(before).includes('select')).toBe(false)
  })

  test('every decision has its outcome', async () => {
    await neighbour.close()
    neighbour = await world.client('gil')
    await neighbour.query('begin')
    expect(world.stage.faults.map(String)).toEqual([])
    expect(openDecisions(world.stage).length).toBeLessThanOrEqual(1)
  })
})
