/** Signing in as nobody plans it: out of order, interleaved, twice, too large; who exists is never told (mongodb.md §3). */
import { randomBytes } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import { createScramClient, SCRAM_SHA_256 } from '@gatehouse/adapter-kit'
import { Binary, type Document, Long, UUID } from 'bson'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, startFixture } from './fixture.js'
import { connectRaw, message, query, type RawClient, signIn } from './raw-client.js'

let fixture: Fixture
const clients: RawClient[] = []
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture.close())
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
})

const raw = async (): Promise<RawClient> => {
  const client = await connectRaw({ port: fixture.stage.port })
  clients.push(client)
  return client
}
const inside = async (): Promise<RawClient> => {
  const client = await raw()
  await signIn(client, 'adam')
  return client
}
const scramOf = (user = 'adam') =>
  createScramClient({
    mechanism: SCRAM_SHA_256,
    user,
    password: 'secret of adam',
    nonce: randomBytes(24).toString('base64'),
  })
const start = (payload: Uint8Array, more: Document = {}): Document => ({
  saslStart: 1,
  mechanism: SCRAM_SHA_256,
  payload: new Binary(payload),
  options: { skipEmptyExchange: true },
  $db: 'admin',
  ...more,
})
const proceed = (payload: Uint8Array, conversationId: unknown = 1): Document => ({
  saslContinue: 1,
  conversationId,
  payload: new Binary(payload),
  $db: 'admin',
})
const payloadOf = (reply: Document) => (reply.payload as Binary).buffer
const find = { find: 'items', filter: {}, $db: 'shop' }
/** What came of it: the code, `in`, or the end. */
const outcome = async (client: RawClient, command: Document): Promise<unknown> => {
  client.write(message(command, { requestId: 77 }))
  const reply = await client.next()
  return reply === 'closed' ? 'closed' : reply.document.ok === 1 ? 'ok' : reply.document.code
}
/** Nobody is in, whatever was answered. */
const isOutside = async (client: RawClient) => expect([13, 'closed']).toContain(await outcome(client, find))

describe('before anybody is proven', () => {
  test.each<[string, readonly Document[], unknown]>([
    ['a proof without a beginning', [proceed(Buffer.from('c=biws,r=x,p=x'))], 17],
    ['a beginning without a payload', [{ saslStart: 1, mechanism: SCRAM_SHA_256, $db: 'admin' }], 9],
    ['a payload that is no base64', [{ ...start(new Uint8Array()), payload: '%%%' }], 9],
    ['an empty payload', [start(new Uint8Array())], 18],
    ['a mechanism that is a number', [start(new Uint8Array(), { mechanism: 7 })], 9],
    ['a mechanism in other letters', [start(scramOf().initial, { mechanism: 'scram-sha-256' })], 334],
    ['a mechanism with NUL behind it', [start(scramOf().initial, { mechanism: 'SCRAM-SHA-256\0' })], 334],
    ['two beginnings', [start(scramOf().initial), start(scramOf().initial)], 18],
    [
      'another mechanism in the middle',
      [start(scramOf().initial), start(Buffer.from('\0adam\0x'), { mechanism: 'PLAIN' })],
      18,
    ],
    [
      'authenticate in the middle',
      [start(scramOf().initial), { authenticate: 1, mechanism: 'MONGODB-X509', $db: '$external' }],
      18,
    ],
    ['a nonce of nobody', [start(scramOf().initial), proceed(Buffer.from('c=biws,r=zz,p=AAAA'))], 18],
    ['the next step with no id', [start(scramOf().initial), proceed(new Uint8Array(), undefined)], 18],
    ['an id that is a text', [start(scramOf().initial), proceed(new Uint8Array(), '1')], 18],
    [
      'an id that is too large',
      [start(scramOf().initial), proceed(new Uint8Array(), Long.fromString('4294967297'))],
      18,
    ],
    ['getnonce', [{ getnonce: 1, $db: 'admin' }], 13],
    ['a password by command', [{ authenticate: 1, user: 'adam', nonce: 'x', key: 'y', $db: 'admin' }], 334],
    ['hello within a find', [{ find: 'items', hello: 1, $db: 'shop' }], 13],
    ['hello in other letters', [{ HELLO: 1, $db: 'admin' }], 13],
    ['a user made on the way', [{ createUser: 'x', pwd: 'y', roles: [], $db: 'admin' }], 13],
    [
      'the rights of another',
      [{ ...find, $audit: { $impersonatedUser: { user: 'adam', db: 'admin' } } }],
      13,
    ],
    ['an endless wait', [{ hello: 1, maxAwaitTimeMS: 10_000, topologyVersion: {}, $db: 'admin' }], 'ok'],
  ])('%s', async (_what, commands, last) => {
    const client = await raw()
    let said: unknown
    for (const command of commands) said = await outcome(client, command)
    expect(said).toBe(last)
    await isOutside(client)
  })

  test('what was begun within hello is not proven by another beginning, nor both of them by one proof', async () => {
    const client = await raw()
    const [early, late] = [scramOf(), scramOf()]
    const hello = await client.ask({
      hello: 1,
      speculativeAuthenticate: { ...start(early.initial), db: 'admin' },
      $db: 'admin',
    })
    const begun = await client.ask(start(late.initial))
    expect(begun).toMatchObject({ ok: 1, done: false })
    const { send } = await early.step(payloadOf(hello.speculativeAuthenticate))
    expect(await outcome(client, proceed(send as Uint8Array))).toBe(18)
    await isOutside(client)
  })

  test('a second hello begins nothing', async () => {
    const client = await raw()
    await client.ask({ hello: 1, $db: 'admin' })
    const again = {
      hello: 1,
      speculativeAuthenticate: { ...start(scramOf().initial), db: 'admin' },
      $db: 'admin',
    }
    expect(await client.ask(again)).not.toHaveProperty('speculativeAuthenticate')
  })

  test('the proof of one connection is none on another', async () => {
    const [one, other] = [await raw(), await raw()]
    const scram = scramOf()
    const first = await one.ask(start(scram.initial))
    await other.ask(start(scram.initial))
    const { send } = await scram.step(payloadOf(first))
    expect(await outcome(other, proceed(send as Uint8Array))).toBe(18)
    expect(await outcome(one, proceed(send as Uint8Array))).toBe('ok')
  })

  test('49 who exists is told by no answer: hello, the first step, the last', async () => {
    const heard = async (user: string) => {
      const client = await raw()
      const hello = await client.ask({ hello: 1, saslSupportedMechs: `admin.${user}`, $db: 'admin' })
      const scram = scramOf(user)
      const first = await client.ask(start(scram.initial))
      const said = Buffer.from(payloadOf(first)).toString()
      const last = await client.ask(
        proceed(Buffer.from(`c=biws,${said.split(',')[0]},p=${Buffer.alloc(32).toString('base64')}`)),
      )
      return {
        mechanisms: hello.saslSupportedMechs,
        fields: [...Object.keys(hello), ...Object.keys(first), ...Object.keys(last)],
        lengths: said.split(',').map((part) => part.length),
        last,
      }
    }
    expect(await heard('nobody at all')).toEqual(await heard('adam'))
    const odd = await raw()
    for (const name of ['', 'admin.', '.adam', 'admin.adam\0', 7, { a: 1 }])
      expect(
        (await odd.ask({ hello: 1, saslSupportedMechs: name, $db: 'admin' })).saslSupportedMechs,
      ).toEqual(['SCRAM-SHA-256', 'PLAIN'])
  })

  test('a payload of 60 KiB is refused, one of more than 64 closes, and neither is kept', async () => {
    const client = await raw()
    expect(await outcome(client, start(Buffer.alloc(60_000, 'n')))).toBe(18)
    const other = await raw()
    expect(await outcome(other, start(Buffer.alloc(70_000, 'n')))).toBe('closed')
  })

  test('OP_QUERY carries hello and nothing else', async () => {
    for (const command of [start(scramOf().initial), find, { ping: 1 }, { $query: { saslStart: 1 } }]) {
      const client = await raw()
      client.write(query('admin.$cmd', command))
      const reply = await client.next()
      if (reply !== 'closed') expect(reply.document).toMatchObject({ ok: 0, code: 352 })
      await client.closed()
    }
  })
})

describe('inside', () => {
  test.each<[string, Document]>([
    ['another beginning', start(scramOf('gil').initial)],
    ['a step', proceed(new Uint8Array())],
    ['authenticate', { authenticate: 1, mechanism: 'MONGODB-X509', $db: '$external' }],
  ])('nobody becomes somebody else: %s', async (_what, command) => {
    const client = await inside()
    expect(await outcome(client, command)).toBe(18)
    await client.closed()
  })

  test('after logout there is nobody', async () => {
    const client = await inside()
    expect(await outcome(client, { logout: 1, $db: 'admin' })).toBe('ok')
    await client.closed()
  })

  test('hello begins nothing, and tells no mechanisms but the one', async () => {
    const client = await inside()
    const reply = await client.ask({
      hello: 1,
      saslSupportedMechs: 'admin.gil',
      speculativeAuthenticate: { ...start(scramOf('gil').initial), db: 'admin' },
      $db: 'admin',
    })
    expect(reply).toMatchObject({ ok: 1, saslSupportedMechs: ['SCRAM-SHA-256'] })
    expect(reply).not.toHaveProperty('speculativeAuthenticate')
    expect(await outcome(client, find)).toBe('ok')
  })

  test.each<[string, Document]>([
    ['$audit', { $audit: { $impersonatedUsers: [{ user: 'gw', db: 'admin' }] } }],
    ['$client', { $client: { driver: { name: 'x' } } }],
    ['$impersonatedUsers', { $impersonatedUsers: [] }],
    ['lsid with a uid', { lsid: { id: new UUID(), uid: new Binary(Buffer.alloc(32)) } }],
    ['lsid of a transaction’s', { lsid: { id: new UUID(), txnUUID: new UUID() } }],
    ['$configServerState', { $configServerState: {} }],
    ['fromRouter', { fromRouter: true }],
    ['two databases', { $db: 'shop' }],
  ])('60 what only servers say to each other is refused: %s', async (what, more) => {
    const client = await inside()
    const before = fixture.upstream.names().length
    const said =
      what === 'two databases'
        ? await outcome(client, { ...find, $db: 'vault', db: 'shop' })
        : await outcome(client, { ...find, ...more })
    expect(said).not.toBe('ok')
    expect(fixture.upstream.names().slice(before)).toEqual([])
  })

  test('44 the stable API’s fields go up as they came, and are taken by no other type', async () => {
    const client = await inside()
    const strict = { ...find, apiVersion: '1', apiStrict: true, apiDeprecationErrors: true }
    expect(await outcome(client, strict)).toBe('ok')
    expect(fixture.upstream.received.at(-1)?.document).toMatchObject({ apiVersion: '1', apiStrict: true })
  })

  test('23 what may not be compressed is the end: hello, saslStart, authenticate, createUser', async () => {
    for (const command of [
      { hello: 1, $db: 'admin' },
      { isMaster: 1, $db: 'admin' },
      start(scramOf().initial),
      { authenticate: 1, mechanism: 'MONGODB-X509', $db: '$external' },
      { createUser: 'x', pwd: 'y', roles: [], $db: 'admin' },
    ]) {
      const client = await raw()
      await client.ask({ hello: 1, compression: ['zlib'], $db: 'admin' })
      await signIn(client, 'adam')
      const plain = message(command).subarray(16)
      const packed = deflateSync(plain)
      const head = Buffer.alloc(25)
      head.writeInt32LE(25 + packed.length, 0)
      head.writeInt32LE(9, 4)
      head.writeInt32LE(2012, 12)
      head.writeInt32LE(2013, 16)
      head.writeInt32LE(plain.length, 20)
      head[24] = 2
      client.write(Buffer.concat([head, packed]))
      await client.closed()
    }
  })
})

test('a thousand hellos and pings before sign-in cost an upstream connection to nobody', async () => {
  const before = fixture.upstream.connections()
  const client = await raw()
  for (let round = 0; round < 200; round++)
    await client.ask({ [round % 2 === 0 ? 'hello' : 'ping']: 1, $db: 'admin' })
  expect(fixture.upstream.connections()).toBe(before)
})
