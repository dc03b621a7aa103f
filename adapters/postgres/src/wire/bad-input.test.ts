/** Issue 3, "Bad input": each ends in a native error or a closed connection, in bounded memory, in a record, and others are served on. */
import type { Stage } from '@gatehouse/adapter-contract'
import { concatBytes } from '@gatehouse/adapter-kit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { cstring, int32, message } from '../messages.js'
import { type Fixture, openDecisions, startFixture } from './fixture.js'
import { attend, dial, type RawClient, startup } from './raw-client.js'
import { B, c, d, E, header, P, PBE, Q, S } from './requests.js'
import { code } from './transcript.js'

let house: Fixture
let impatient: Stage
let neighbour: RawClient
let memory: NodeJS.MemoryUsage
const STATEMENT = 2 << 20
beforeAll(async () => {
  house = await startFixture({
    siteLimits: { statement: STATEMENT, message: 8 << 20 },
  })
  impatient = await house.another({ limits: { greeting: 300 } })
  neighbour = await house.client()
  neighbour.send(Q('begin'))
  await neighbour.until('Z')
  memory = process.memoryUsage()
})
afterAll(() => house.close())

/** After each: who was there before is served, and so is who comes now; memory is what it was. */
afterEach(async () => {
  neighbour.send(Q('select 1'))
  expect(await neighbour.hears('Z')).toBe('T D C:SELECT_1 Z:T')
  const late = await house.client()
  late.send(Q('select 1'))
  expect(await late.hears('Z')).toBe('T D C:SELECT_1 Z:I')
  await late.close()
  const now = process.memoryUsage()
  expect(now.arrayBuffers - memory.arrayBuffers).toBeLessThan(150 << 20)
})

const nested = (depth: number) => `select ${'('.repeat(depth)}1${')'.repeat(depth)}`
const long = (bytes: number) => `select '${'x'.repeat(bytes - 9)}'`

/** A signed-in client sends this; `heard` is all that comes up to ReadyForQuery or the end. */
const STATEMENTS: readonly {
  readonly name: string
  readonly sent: readonly Uint8Array[]
  readonly heard: RegExp
  /** The refusal or statement is in the records. */
  readonly record?: string
}[] = [
  {
    name: 'a statement of a million bytes',
    sent: [Q(long(1_000_000))],
    heard: /^T D C:SELECT_1 Z:I$/,
    record: 'SELECT done',
  },
  {
    name: 'a statement of a million bytes, extended',
    sent: [PBE(long(1_000_000)), S],
    heard: /^1 2 D C:SELECT_1 Z:I$/,
    record: 'SELECT done',
  },
  {
    name: 'a statement over limits.statement',
    sent: [Q(long(STATEMENT + 10))],
    heard: /^E:54000 Z:I$/,
    record: 'refused GH_TOO_LARGE',
  },
  {
    name: 'a statement far over it, still under the message’s ceiling',
    sent: [Q(long(7 << 20))],
    heard: /^E:54000 Z:I$/,
    record: 'refused GH_TOO_LARGE',
  },
  {
    name: 'the same, extended',
    sent: [PBE(long(7 << 20)), S],
    heard: /^E:54000 Z:I$/,
    record: 'refused GH_TOO_LARGE',
  },
  { name: 'a Query over the message’s ceiling', sent: [header('Q', 9 << 20)], heard: /^E!:08P01$/ },
  {
    name: '10,000 nested parentheses',
    sent: [Q(nested(10_000))],
    heard: /^E:(42501|54000|54001) Z:I$/,
    record: 'refused',
  },
  {
    name: '10,000 nested parentheses, extended',
    sent: [PBE(nested(10_000)), S],
    heard: /^E:(42501|54000|54001) Z:I$/,
    record: 'refused',
  },
  {
    name: '100,000 opening parentheses',
    sent: [Q(`select ${'('.repeat(100_000)}`)],
    heard: /^E:(42501|54000|54001|42601) Z:I$/,
    record: 'refused',
  },
  {
    name: '10,000 nested CASE',
    sent: [Q(`select ${'case when true then '.repeat(10_000)}1${' end'.repeat(10_000)}`)],
    heard: /^E:\w+ Z:I$/,
    record: 'refused',
  },
  {
    name: '20,000 additions',
    sent: [Q(`select 1${'+1'.repeat(20_000)}`)],
    heard: /^(E:\w+|T D C:SELECT_1|T E:\w+) Z:I$/,
  },
  {
    name: '5,000 nested subqueries',
    sent: [Q(`${'select * from ('.repeat(5000)}select 1${') x'.repeat(5000)}`)],
    heard: /^E:\w+ Z:I$/,
    record: 'refused',
  },
  {
    name: '20,000 statements in one text',
    sent: [Q('select 1;'.repeat(20_000))],
    heard: /^(E:\w+|(T D C:SELECT_1 )+)\s?Z:I$/,
  },
  {
    name: '100,000 array dimensions',
    sent: [Q(`select 1${'[1]'.repeat(100_000)}`)],
    heard: /^E:\w+ Z:I$/,
    record: 'refused',
  },
  {
    name: 'a comment that never ends',
    sent: [Q('select 1 /* /* /*')],
    heard: /^E:42601 Z:I$/,
    record: 'refused',
  },
  {
    name: 'a comment nested 50,000 deep',
    sent: [Q(`select 1 ${'/*'.repeat(50_000)}${'*/'.repeat(50_000)}`)],
    heard: /^(T D C:SELECT_1|E:\w+) Z:I$/,
  },
  { name: 'a string that never ends', sent: [Q("select 'x")], heard: /^E:42601 Z:I$/, record: 'refused' },
  {
    name: 'a dollar quote that never ends',
    sent: [Q('select $x$ 1')],
    heard: /^E:42601 Z:I$/,
    record: 'refused',
  },
  {
    name: 'a zero byte in a Query',
    sent: [message(code('Q'), Buffer.from('select 1\0 select 2\0'))],
    heard: /^E:08P01 Z:I$/,
    record: 'refused',
  },
  { name: 'a zero byte written as U&', sent: [Q("select U&'\\0000'")], heard: /^E:\w+ Z:I$/ },
  {
    name: 'a zero byte in a parameter',
    sent: [P('', 'select $1::text'), B({ values: ['a\0b'] }), E(), S],
    heard: /^1 E:22021 Z:I$/,
    record: 'failed',
  },
  {
    name: 'bytes that are not UTF-8 in a parameter',
    sent: [P('', 'select $1::text'), B({ values: [Buffer.from([0xff, 0xfe])] }), E(), S],
    heard: /^1 E:22021 Z:I$/,
  },
  {
    name: 'bytes that are not UTF-8 in a name',
    sent: [message(code('P'), Buffer.from([0xff, 0]), cstring('select 1'), Buffer.from([0, 0]))],
    heard: /^E!:08P01$/,
  },
  { name: 'a parameter that there is not', sent: [PBE('select $70000'), S], heard: /^E:\w+ Z:I$/ },
  {
    name: 'a function call',
    sent: [message(code('F'), int32(1598), Buffer.alloc(6)), S],
    heard: /^E:42501 Z:I Z:I$/,
    record: 'refused',
  },
  { name: 'an Execute before any Bind', sent: [E(), S], heard: /^E:34000 Z:I$/ },
  { name: 'a Bind before any Parse', sent: [B({ statement: 'x' }), S], heard: /^E:26000 Z:I$/ },
  {
    name: 'CopyDone and CopyFail out of nowhere',
    sent: [c, message(code('f'), cstring('x')), d('x'), Q('select 1')],
    heard: /^T D C:SELECT_1 Z:I$/,
  },
  { name: 'a start-up packet in mid-session', sent: [startup([['user', 'adam']])], heard: /^E!:08P01$/ },
  { name: 'a type byte of zero', sent: [Buffer.from([0, 0, 0, 0, 4])], heard: /^E!:08P01$/ },
  { name: 'a declared length of 2147483647', sent: [header('Q', 0x7fffffff)], heard: /^E!:08P01$/ },
  {
    name: 'a CopyData of 2147483647 bytes',
    sent: [Q('copy notes from stdin'), header('d', 0x7fffffff)],
    heard: /^(G )?E!:08P01$/,
    record: 'COPY FROM',
  },
]

const records = () =>
  house.stage.evidence.completed.map(
    ({ decided, outcome }) => `${decided.statement.command} ${outcome.status} ${outcome.refusal ?? ''}`,
  )

describe('bad input from who has signed in', () => {
  for (const { name, sent, heard, record } of STATEMENTS) {
    test(name, async () => {
      const before = records().length
      const client = await house.client()
      client.send(...sent)
      const ready = heard.source.match(/Z:I/g)?.length ?? 0
      expect(await (ready === 0 ? client.ends() : client.hears('Z', ready))).toMatch(heard)
      if (ready > 0) {
        client.send(Q('select 2'))
        expect(await client.hears('Z')).toBe('T D C:SELECT_1 Z:I')
      }
      await client.close()
      if (record !== undefined) {
        await expect
          .poll(() =>
            records()
              .slice(before)
              .some((line) => line.includes(record)),
          )
          .toBe(true)
      }
    })
  }

  test('every prefix of a session, cut off by the client', async () => {
    const whole = concatBytes([PBE('select 1'), S, Q('copy notes from stdin'), d('1\tx\n'), c, Q('select 2')])
    for (let size = 1; size < whole.length; size += 13) {
      const client = await house.client()
      client.socket.end(whole.subarray(0, size))
      await client.rest()
      client.socket.destroy()
    }
  })

  test('random bytes, and random changes to right ones', async () => {
    let seed = 42
    const random = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
      return (seed >>> 8) % below
    }
    const right = concatBytes([
      P('s', 'select $1::int', [23]),
      B({ statement: 's', values: ['1'] }),
      E(),
      S,
      Q('select 1'),
      S,
    ])
    for (let round = 0; round < 40; round += 1) {
      const bytes = Buffer.from(right)
      for (let change = random(4); change >= 0; change -= 1) bytes[random(bytes.length)] = random(256)
      const client = await house.client()
      client.socket.end(
        round % 10 === 0 ? Buffer.from(Array.from({ length: 200 }, () => random(256))) : bytes,
      )
      for (const { type } of await client.rest()) expect('123CDEINSTZnstGH').toContain(type)
      client.socket.destroy()
    }
  })
})

describe('bad input from who has not', () => {
  const CASES: readonly (readonly [string, Uint8Array])[] = [
    ['nothing at all', new Uint8Array()],
    ['one byte', Uint8Array.of(0)],
    ['a length without a packet', int32(100)],
    ['half a start-up packet', startup([['user', 'adam']]).subarray(0, 12)],
    [
      'a whole one, then silence',
      startup([
        ['user', 'adam'],
        ['database', 'shop'],
      ]),
    ],
    [
      'a password of half its length',
      concatBytes([startup([['user', 'adam']]), header('p', 100), Buffer.from('SCRAM')]),
    ],
    ['megabytes of garbage', Buffer.alloc(4 << 20, 0x41)],
    [
      'a start-up packet, then megabytes',
      concatBytes([startup([['user', 'adam']]), Buffer.alloc(4 << 20, 0x70)]),
    ],
  ]
  for (const [name, bytes] of CASES) {
    test(`${name}: closed within the greeting’s deadline`, async () => {
      const client = attend(await dial(impatient.port))
      client.socket.write(bytes)
      const heard = await client.rest()
      expect(heard.filter(({ type }) => type !== 'R' && type !== 'E')).toEqual([])
    })
  }

  test('200 connections that say nothing', async () => {
    const sockets = await Promise.all(Array.from({ length: 200 }, () => dial(impatient.port)))
    const closed = sockets.map((socket) => attend(socket).rest())
    const late = await house.client()
    late.send(Q('select 1'))
    expect(await late.hears('Z')).toBe('T D C:SELECT_1 Z:I')
    await late.close()
    await Promise.all(closed)
  })
})

describe('clients that stop', () => {
  test('half-open: the client says that it is done, and gets what it asked for', async () => {
    const client = await house.client()
    client.socket.end(Q('select 1'))
    expect(await client.hears('Z')).toBe('T D C:SELECT_1 Z:I')
    await client.rest()
  })

  test('gone without a goodbye while something runs: it is stopped upstream, and recorded', async () => {
    const client = await house.client()
    client.send(Q('select pg_sleep(600)'))
    const asleep = `select count(*)::int as n from pg_stat_activity where wait_event = 'PgSleep'`
    await expect.poll(() => house.admin(asleep)).toEqual([{ n: 1 }])
    const before = records().length
    client.socket.destroy()
    await expect.poll(() => house.admin(asleep), { timeout: 90_000 }).toEqual([{ n: 0 }])
    await expect.poll(() => records().slice(before)).toContain('SELECT cut ')
  })

  test('a client that never reads, while it asks on and on', async () => {
    const client = await house.client()
    client.socket.removeAllListeners('data')
    client.socket.pause()
    const before = process.memoryUsage()
    const one = concatBytes(Array.from({ length: 100 }, () => Q(`select repeat('x', 10000)`)))
    let written = 0
    while (written < 3000 && client.socket.write(one)) written += 1
    await expect
      .poll(
        () => house.admin(`select count(*)::int as n from pg_stat_activity where wait_event = 'ClientWrite'`),
        { timeout: 90_000 },
      )
      .toEqual([{ n: 1 }])
    const now = process.memoryUsage()
    expect(now.arrayBuffers - before.arrayBuffers).toBeLessThan(50 << 20)
    client.socket.destroy()
  })

  test('a client that sends a pipeline without end and never a Sync', async () => {
    const client = await house.client()
    client.socket.removeAllListeners('data')
    client.socket.resume()
    const one = concatBytes(Array.from({ length: 1000 }, () => P('', 'select 1')))
    for (let round = 0; round < 30; round += 1) {
      if (!client.socket.write(one)) await new Promise((resolve) => client.socket.once('drain', resolve))
    }
    const now = process.memoryUsage()
    expect(now.arrayBuffers - memory.arrayBuffers).toBeLessThan(100 << 20)
    client.socket.destroy()
  })

  test('a client that prepares twenty thousand names', async () => {
    const client = await house.client()
    let heard = 0
    client.socket.on('data', (chunk: Buffer) => {
      heard += chunk.length
    })
    for (let round = 0; round < 20; round += 1) {
      client.send(...Array.from({ length: 1000 }, (_, index) => P(`n${round}_${index}`, 'select 1')), S)
      await client.until('Z')
    }
    expect(heard).toBeGreaterThan(20_000)
    await client.close()
  })
})

test('every decision has its outcome', async () => {
  await neighbour.close()
  neighbour = await house.client()
  neighbour.send(Q('begin'))
  await neighbour.until('Z')
  await expect.poll(() => openDecisions(house.stage)).toEqual([])
})
