/** postgres-wire §8, rows 26, 44 and 50: an upstream that is hostile, that fails, or that dies in the middle. */
import type { Socket } from 'node:net'
import { concatBytes } from '@gatehouse/adapter-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cstring, errorResponse, int16, int32, message, readyForQuery } from '../messages.js'
import { type Fixture, openDecisions, outcomes, startFixture } from './fixture.js'
import type { RawClient } from './raw-client.js'
import { B, DP, DS, E, header, P, PBE, Q, S } from './requests.js'
import { code, errorOf } from './transcript.js'

let house: Fixture
beforeAll(async () => {
  house = await startFixture({
    schema: `create function slow(n int) returns int language plpgsql as $$ begin perform pg_sleep(n); return n; end $$;`,
  })
})
afterAll(() => house.close())

const R = (kind: number, ...parts: readonly Uint8Array[]) => message(code('R'), int32(kind), ...parts)
const sasl = R(10, cstring('SCRAM-SHA-256'), Uint8Array.of(0))

/** Plays an upstream that says this at once and this to the password message; the client hears the rest. */
async function against(
  first: Uint8Array,
  then: (initial: Buffer) => Uint8Array = () => new Uint8Array(),
): Promise<ReadonlyMap<string, string>> {
  let asked = 0
  house.between.script = (socket: Socket) => {
    socket.write(first)
    socket.on('data', (chunk: Buffer) => {
      asked += 1
      if (asked === 1) socket.write(then(chunk))
    })
  }
  try {
    const failure = await house.client().then(
      () => undefined,
      (fault: Error & { native?: string; severity?: string }) => fault,
    )
    return new Map([
      ['V', failure?.severity ?? ''],
      ['C', failure?.native ?? ''],
      ['M', failure?.message ?? 'let in'],
    ])
  } finally {
    house.between.script = undefined
  }
}

/** server-first-message for the nonce that the gateway sent. */
const challenge = (initial: Buffer, change: (nonce: string) => string) =>
  R(11, Buffer.from(change(/r=([^,]+)$/.exec(initial.toString('latin1'))?.[1] ?? '')))
const SALT = Buffer.from('salt of the test').toString('base64')

describe('an upstream that is hostile while the gateway signs in', () => {
  const CASES: readonly (readonly [string, Uint8Array, ((initial: Buffer) => Uint8Array)?])[] = [
    ['a nonce of 10 MB, declared', sasl, () => header('R', 10 << 20)],
    [
      'a nonce of 60 kB',
      sasl,
      (initial) => challenge(initial, (nonce) => `r=${nonce}${'a'.repeat(60_000)},s=${SALT},i=4096`),
    ],
    [
      'a nonce that is not ours',
      sasl,
      (initial) => challenge(initial, () => `r=somebodyelse,s=${SALT},i=4096`),
    ],
    [
      '2147483647 iterations',
      sasl,
      (initial) => challenge(initial, (nonce) => `r=${nonce}x,s=${SALT},i=2147483647`),
    ],
    [
      '99999999999999999999 iterations',
      sasl,
      (initial) => challenge(initial, (nonce) => `r=${nonce}x,s=${SALT},i=${'9'.repeat(20)}`),
    ],
    [
      'authentication that is ok without its proof',
      sasl,
      (initial) =>
        concatBytes([
          challenge(initial, (nonce) => `r=${nonce}x,s=${SALT},i=4096`),
          R(12, Buffer.from(`v=${Buffer.alloc(32).toString('base64')}`)),
          R(0),
        ]),
    ],
    ['authentication that is ok instead of a challenge', sasl, () => R(0)],
    ['a request for a cleartext password', R(3)],
    ['a request for Kerberos', R(7)],
    ['a mechanism that nobody knows', R(10, cstring('SCRAM-SHA-1'), Uint8Array.of(0))],
    ['a message of 1 GB, declared', header('S', 1 << 30)],
    ['a length of 3', header('R', 3)],
    ['a length of -1', header('R', -1)],
    ['an error without an SQLSTATE', message(code('E'), Buffer.from('SFATAL\0Msecret text\0\0'))],
    [
      'an error of its own',
      errorResponse({
        severity: 'FATAL',
        code: '28P01',
        message: 'password authentication failed for user "gw"',
      }),
    ],
    [
      'an error that says 42704',
      errorResponse({ severity: 'FATAL', code: '42704', message: 'unrecognized' }),
    ],
    ['rows', concatBytes([R(0), message(code('D'), int16(0))])],
    ['ReadyForQuery at once', readyForQuery(0x49)],
    ['a malformed ParameterStatus', concatBytes([R(0), message(code('S'), Buffer.from('TimeZone'))])],
    ['garbage', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ]
  for (const [name, first, then] of CASES) {
    test(`W26 ${name}: refused, and nothing of its text is repeated`, async () => {
      const fields = await against(first, then)
      expect([fields.get('V'), fields.get('C')]).toEqual(['FATAL', '08006'])
      expect(fields.get('M')).not.toMatch(/gw|secret text|unrecognized/)
    })
  }

  test('W26 an error without an SQLSTATE in a session that runs is relayed, and is an error', async () => {
    const client = await house.client()
    const passage = house.between.session('adam')
    passage.mute()
    client.send(Q('select 1'))
    await expect.poll(() => passage.heard().includes('select 1')).toBe(true)
    passage.say(
      concatBytes([message(code('E'), Buffer.from('SERROR\0VERROR\0Mno code\0\0')), readyForQuery(0x49)]),
    )
    expect(await client.hears('Z')).toBe('E:none Z:I')
    client.socket.destroy()
    expect(outcomes(house.stage)).toContain('SELECT failed')
  })

  test('W26 an error without any field, to a viewer with masks', async () => {
    const client = await house.client('ann')
    const passage = house.between.session('ann')
    passage.mute()
    client.send(Q('select 1'))
    await expect.poll(() => passage.heard().includes('select 1')).toBe(true)
    passage.say(concatBytes([message(code('E'), Buffer.from([0])), readyForQuery(0x49)]))
    expect(await client.hears('Z')).toMatch(/^E:\w+ Z:I$/)
    client.socket.destroy()
  })
})

/** One FATAL, then the end, and never a second error. */
async function endsOnce(client: RawClient, expected: RegExp): Promise<void> {
  expect(await client.ends()).toMatch(expected)
}

const admin = (client: RawClient) => house.between.session('adam') && client

describe('an upstream that ends the session', () => {
  const kill = (text: string) =>
    house.admin(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'gh:adam%' and ${text}`,
    )

  test('W44 a FATAL in mid-pipeline: one error, then the end', async () => {
    const client = await house.client()
    client.send(PBE('select slow(20)'), PBE('select 2'), S, Q('select 3'))
    await expect
      .poll(() => house.admin(`select count(*)::int as n from pg_stat_activity where wait_event = 'PgSleep'`))
      .toEqual([{ n: 1 }])
    await kill(`wait_event = 'PgSleep'`)
    await endsOnce(client, /^1 2 E!:57P01$/)
  })

  test('W44 FATAL 57P01 while the client is idle', async () => {
    const client = await house.client()
    await kill(`state = 'idle'`)
    await endsOnce(admin(client), /^E!:57P01$/)
  })

  test('W44 FATAL 57P05 and 25P03 by the server’s own timeouts', async () => {
    const idle = await house.client()
    idle.send(Q("select set_config('idle_session_timeout', '1', false)"))
    await idle.until('Z')
    await endsOnce(idle, /^E!:57P05$/)
    const open = await house.client('adam', { parameters: [['idle_in_transaction_session_timeout', '1']] })
    open.send(Q('begin'))
    await open.until('Z')
    await endsOnce(open, /^E!:25P03$/)
  })

  test('W44 two FATALs from upstream: the client hears one', async () => {
    const client = await house.client()
    const fatal = errorResponse({ severity: 'FATAL', code: '57P01', message: 'going' })
    house.between.session('adam').say(concatBytes([fatal, fatal]))
    house.between.session('adam').die()
    await endsOnce(client, /^E!:57P01$/)
  })

  test('W44 closed without a word while idle: FATAL 08006', async () => {
    const client = await house.client()
    house.between.session('adam').die()
    await endsOnce(client, /^E!:08006$/)
  })

  test('W50 closed between messages of a result: FATAL 08006', async () => {
    const client = await house.client()
    const passage = house.between.session('adam')
    passage.mute()
    client.send(Q('select 1'))
    await expect.poll(() => passage.heard().includes('select 1')).toBe(true)
    passage.say(message(code('T'), int16(0)))
    await client.until('T')
    passage.die()
    await endsOnce(client, /^E!:08006$/)
  })

  for (const user of ['adam', 'ann']) {
    test(`W50 closed in the middle of a row: no byte that could be taken for the row’s (${user})`, async () => {
      const client = await house.client(user)
      const passage = house.between.session(user)
      passage.mute()
      client.send(Q('select id, city from customers'))
      await expect.poll(() => passage.heard().includes('select id, city')).toBe(true)
      const column = (name: string, type: number) =>
        concatBytes([cstring(name), int32(0), int16(0), int32(type), int16(4), int32(-1), int16(0)])
      passage.say(message(code('T'), int16(2), column('id', 23), column('city', 25)))
      await client.until('T')
      passage.say(
        concatBytes([header('D', 100), int16(2), int32(1), Buffer.from('1'), int32(70), Buffer.from('Ber')]),
      )
      passage.die()
      const chunks: Buffer[] = []
      client.socket.on('data', (chunk: Buffer) => chunks.push(chunk))
      const rest = await client.ends()
      // To adam the row was under way: only silence is true. To ann nothing of it had left yet.
      expect(rest).toMatch(user === 'adam' ? /^$/ : /^(E!:08006)?$/)
      expect(Buffer.concat(chunks).includes('08006')).toBe(rest !== '')
    })
  }

  test('W50 a COPY that the server breaks off by dying', async () => {
    const client = await house.client()
    client.send(Q('copy notes from stdin'))
    await client.until('G')
    house.between.session('adam').die()
    await endsOnce(client, /^E!:08006$/)
  })

  const OUT_OF_TURN: readonly (readonly [string, Uint8Array])[] = [
    ['a row that nobody asked for', message(code('D'), int16(0))],
    ['ReadyForQuery that nobody asked for', readyForQuery(0x49)],
    ['CommandComplete that nobody asked for', message(code('C'), cstring('SELECT 1'))],
    ['an error that nobody asked for', errorResponse({ severity: 'ERROR', code: '42601', message: 'x' })],
    ['CopyInResponse that nobody asked for', message(code('G'), Uint8Array.of(0), int16(0))],
    ['CopyBothResponse', message(code('W'), Uint8Array.of(0), int16(0))],
    ['an authentication request', R(3)],
    ['a type that there is not', message(code('?'))],
    ['a length of 2147483647', header('D', 0x7fffffff)],
    ['a length of 3', header('T', 3)],
    ['a notice of 200 MB, declared', header('N', 200 << 20)],
    ['a malformed ParameterStatus', message(code('S'), Buffer.from('x'))],
    ['a malformed NotificationResponse', message(code('A'), Uint8Array.of(1))],
  ]
  for (const [name, bytes] of OUT_OF_TURN) {
    test(`W44 ${name}: the session is over, natively`, async () => {
      for (const user of ['adam', 'ann']) {
        const client = await house.client(user)
        house.between.session(user).say(bytes)
        // A viewer with masks hears no notification at all, a malformed one least of all.
        if (user === 'ann' && name.includes('Notification')) continue
        const heard = await client.rest()
        expect(heard.map(({ type }) => type)).toEqual(['E'])
        expect([errorOf(heard).get('V'), errorOf(heard).get('C')]).toEqual(['FATAL', '08006'])
      }
    })
  }

  const column = concatBytes([cstring('n'), int32(0), int16(0), int32(23), int16(4), int32(-1), int16(0)])
  const T = message(code('T'), int16(1), column)
  const one = Uint8Array.of(0)
  const prepared = concatBytes([P('', 'select $1::int'), DS(), B({ values: ['1'] }), DP(), E(), S])
  /** What is asked, what is answered well, and then what is not whole as its kind declares it. */
  const BROKEN: readonly (readonly [string, Uint8Array, readonly Uint8Array[], Uint8Array])[] = [
    ['RowDescription that ends early', Q('select 1'), [], message(code('T'), int16(2), column)],
    ['RowDescription with more behind', Q('select 1'), [], message(code('T'), int16(1), column, one)],
    [
      'RowDescription without a name’s end',
      Q('select 1'),
      [],
      message(code('T'), int16(1), Buffer.from('n')),
    ],
    ['RowDescription without a count', Q('select 1'), [], message(code('T'), one)],
    ['CommandComplete without an end', Q('select 1'), [T], message(code('C'), Buffer.from('SELECT 1'))],
    [
      'CommandComplete with more behind',
      Q('select 1'),
      [T],
      message(code('C'), cstring('SELECT 1'), cstring('x')),
    ],
    ['EmptyQueryResponse with more behind', Q(''), [], message(code('I'), one)],
    ['ErrorResponse without an end', Q('select 1'), [], message(code('E'), Buffer.from('SERROR\0Mx'))],
    ['ErrorResponse with more behind', Q('select 1'), [], message(code('E'), cstring('SERROR'), one, one)],
    ['NoticeResponse without an end', Q('select 1'), [], message(code('N'), cstring('Mx'))],
    [
      'NotificationResponse with more behind',
      Q('select 1'),
      [],
      message(code('A'), int32(1), cstring('a'), cstring('b'), one),
    ],
    [
      'CopyInResponse that ends early',
      Q('copy notes from stdin'),
      [],
      message(code('G'), one, int16(2), int16(0)),
    ],
    [
      'CopyOutResponse that ends early',
      Q('copy notes to stdout'),
      [],
      message(code('H'), one, int16(2), int16(0)),
    ],
    ['ParseComplete with more behind', prepared, [], message(code('1'), one)],
    [
      'ParameterDescription that ends early',
      prepared,
      [message(code('1'))],
      message(code('t'), int16(2), int32(23)),
    ],
    [
      'ParameterDescription with more behind',
      prepared,
      [message(code('1'))],
      message(code('t'), int16(0), int32(23)),
    ],
    ['NoData with more behind', prepared, [message(code('1'))], message(code('n'), one)],
    [
      'BindComplete with more behind',
      prepared,
      [message(code('1')), message(code('t'), int16(1), int32(23)), T],
      message(code('2'), one),
    ],
  ]
  test.each(BROKEN)(
    'R30 W44 %s is not passed on, and ends the session',
    async (_name, asked, before, broken) => {
      for (const user of ['adam', 'ann']) {
        const client = await house.client(user)
        const passage = house.between.session(user)
        passage.mute()
        const heard = passage.heard().length
        client.send(asked)
        await expect.poll(() => passage.heard().length > heard).toBe(true)
        passage.say(concatBytes([...before, broken]))
        const rest = await client.rest()
        expect([user, rest.at(-1)?.type, errorOf(rest).get('C')]).toEqual([user, 'E', '08006'])
        expect(
          rest
            .map(({ type, body }) => message(code(type), body))
            .filter((each) => Buffer.compare(each, broken) === 0),
        ).toEqual([])
      }
    },
  )

  test('W44 the gateway goes on serving, and every decision has its outcome', async () => {
    const client = await house.client()
    client.send(Q('select 1'))
    expect(await client.hears('Z')).toBe('T D C:SELECT_1 Z:I')
    await house.settled()
    expect(openDecisions(house.stage)).toEqual([])
    expect(outcomes(house.stage)).toContain('SELECT cut')
  })
})
