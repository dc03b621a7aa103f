import { randomBytes } from 'node:crypto'
import { createScramClient, SCRAM_SHA_256 } from '@gatehouse/adapter-kit'
import { Binary, type Document, serialize } from 'bson'
import { MongoClient } from 'mongodb'
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

async function raw(port = fixture.stage.port): Promise<RawClient> {
  const client = await connectRaw({ port })
  clients.push(client)
  return client
}
const nonce = () => randomBytes(24).toString('base64')
const start = (payload: Uint8Array, more: Document = {}, mechanism = SCRAM_SHA_256): Document => ({
  saslStart: 1,
  mechanism,
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
const bytesOf = (reply: Document) => (reply.payload as Binary).buffer
const FAILED = { ok: 0, code: 18, codeName: 'AuthenticationFailed', errmsg: 'Authentication failed.' }

test('46 with and without an empty exchange at the end', async () => {
  for (const skips of [true, false]) {
    const client = await raw()
    const scram = createScramClient({
      mechanism: SCRAM_SHA_256,
      user: 'adam',
      password: 'secret of adam',
      nonce: nonce(),
    })
    const first = await client.ask(start(scram.initial, { options: { skipEmptyExchange: skips } }))
    expect(first).toMatchObject({ done: false, ok: 1 })
    const { send } = await scram.step(bytesOf(first))
    const second = await client.ask(proceed(send as Uint8Array, first.conversationId))
    expect((await scram.step(bytesOf(second))).done).toEqual({ ok: true })
    expect(second.done).toBe(skips)
    if (!skips) {
      const last = await client.ask(proceed(new Uint8Array(), first.conversationId))
      expect(last).toMatchObject({ done: true, ok: 1 })
      expect(bytesOf(last)).toHaveLength(0)
    }
    expect(await client.ask({ ping: 1, $db: 'admin' })).toMatchObject({ ok: 1 })
  }
})

const hello = (speculativeAuthenticate: Document) => ({
  hello: 1,
  saslSupportedMechs: 'admin.adam',
  speculativeAuthenticate,
  $db: 'admin',
})

describe('47 speculativeAuthenticate', () => {
  test('is taken up by saslContinue', async () => {
    const client = await raw()
    const scram = createScramClient({
      mechanism: SCRAM_SHA_256,
      user: 'adam',
      password: 'secret of adam',
      nonce: nonce(),
    })
    const { $db: _, ...command } = start(scram.initial, { db: 'admin' })
    const first = await client.ask(hello(command))
    const { send } = await scram.step(bytesOf(first.speculativeAuthenticate))
    expect(first.speculativeAuthenticate).not.toHaveProperty('ok')
    const second = await client.ask(proceed(send as Uint8Array))
    expect(second).toMatchObject({ done: true, ok: 1 })
    expect(await client.ask({ find: 'items', $db: 'shop' })).toMatchObject({ ok: 1 })
  })
  test('within the legacy hello', async () => {
    const client = await raw()
    const scram = createScramClient({
      mechanism: SCRAM_SHA_256,
      user: 'adam',
      password: 'secret of adam',
      nonce: nonce(),
    })
    const { $db: _, ...command } = start(scram.initial, { db: 'admin' })
    client.write(query('admin.$cmd', { ismaster: 1, speculativeAuthenticate: command }))
    const first = await client.next()
    if (first === 'closed') throw new Error('closed')
    const { send } = await scram.step(bytesOf(first.document.speculativeAuthenticate))
    expect(await client.ask(proceed(send as Uint8Array))).toMatchObject({ done: true })
  })
  test('that cannot be served is left out, and the client begins again', async () => {
    const client = await raw()
    for (const command of [
      { saslStart: 1, mechanism: 'SCRAM-SHA-1', payload: new Binary(), db: 'admin' },
      { nonsense: 1 },
    ]) {
      const reply = await client.ask(hello(command))
      expect(reply.ok).toBe(1)
      expect(reply).not.toHaveProperty('speculativeAuthenticate')
    }
    await signIn(client, 'adam')
  })
})

describe('48 what no honest client says', () => {
  const opening = (text: string) => Buffer.from(text)
  test.each([
    ['channel binding that was not offered', 'p=tls-server-end-point,,n=adam,r=abcdefghijklmnopqrst'],
    ['another to act as', 'n,a=gil,n=adam,r=abcdefghijklmnopqrst'],
    ['an extension that must be understood', 'n,,m=x,n=adam,r=abcdefghijklmnopqrst'],
    ['rubbish', 'hello'],
    ['nothing', ''],
  ])('%s', async (_what, text) => {
    const client = await raw()
    expect(await client.ask(start(opening(text)))).toMatchObject(FAILED)
    await client.closed()
  })

  const begun = async (client: RawClient, user = 'adam') => {
    const scram = createScramClient({
      mechanism: SCRAM_SHA_256,
      user,
      password: `secret of ${user}`,
      nonce: nonce(),
    })
    const first = await client.ask(start(scram.initial))
    const { send } = await scram.step(bytesOf(first))
    return { first, final: send as Uint8Array }
  }
  test('a nonce of another conversation', async () => {
    const one = await begun(await raw())
    const client = await raw()
    await begun(client)
    expect(await client.ask(proceed(one.final))).toMatchObject(FAILED)
    await client.closed()
  })
  test('another conversation id', async () => {
    const client = await raw()
    const { final } = await begun(client)
    expect(await client.ask(proceed(final, 2))).toMatchObject(FAILED)
  })
  test('a second conversation within the first', async () => {
    const client = await raw()
    await begun(client)
    expect(await client.ask(start(Buffer.from('n,,n=gil,r=abcdefghijklmnopqrst')))).toMatchObject(FAILED)
  })
  test('saslContinue out of the blue', async () => {
    const client = await raw()
    expect(await client.ask(proceed(Buffer.from('x')))).toMatchObject({ ok: 0, code: 17 })
  })
  test('a second sign-in on a connection that has one', async () => {
    const client = await raw()
    await signIn(client, 'adam')
    expect(await client.ask(start(Buffer.from('n,,n=gil,r=abcdefghijklmnopqrst')))).toMatchObject(FAILED)
    await client.closed()
  })
})

test('49 an unknown user is told nothing else than a wrong password', async () => {
  const told: unknown[] = []
  for (const [user, password] of [
    ['adam', 'wrong'],
    ['nobody', 'wrong'],
  ] as const) {
    const client = await raw()
    const scram = createScramClient({ mechanism: SCRAM_SHA_256, user, password, nonce: nonce() })
    const first = await client.ask(start(scram.initial))
    const { send } = await scram.step(bytesOf(first))
    expect(Object.keys(first)).toEqual(['conversationId', 'done', 'payload', 'ok'])
    expect(Buffer.from(bytesOf(first)).toString()).toMatch(/^r=[^,]+,s=.{24},i=4096$/)
    told.push(await client.ask(proceed(send as Uint8Array)))
    await client.closed()
  }
  expect(told[0]).toEqual(told[1])
  const mechanisms = await Promise.all(
    ['admin.adam', 'admin.nobody'].map(async (name) =>
      (await raw()).ask({ hello: 1, saslSupportedMechs: name, $db: 'admin' }),
    ),
  )
  expect(mechanisms[0]?.saslSupportedMechs).toEqual(mechanisms[1]?.saslSupportedMechs)
  expect(mechanisms[0]?.saslSupportedMechs).toContain('SCRAM-SHA-256')
})

describe('PLAIN', () => {
  const plain = (text: string) => start(Buffer.from(text), { $db: '$external' }, 'PLAIN')
  test('with the right secret', async () => {
    const client = await raw()
    expect(await client.ask(plain('\0adam\0secret of adam'))).toMatchObject({ done: true, ok: 1 })
    const status = await client.ask({ connectionStatus: 1, $db: 'admin' })
    expect(status.authInfo.authenticatedUsers).toEqual([{ user: 'adam', db: 'shop' }])
  })
  test.each([
    '\0adam\0wrong',
    'gil\0adam\0secret of adam',
    '\0adam',
    '\0\0',
    'adam\0secret of adam',
    '\0adam\0secret of adam\0',
  ])('not %j', async (text) => {
    const client = await raw()
    expect(await client.ask(plain(text))).toMatchObject(FAILED)
  })
})

describe('52 MONGODB-OIDC', () => {
  const token = (payload: Document) => start(serialize(payload), { $db: '$external' }, 'MONGODB-OIDC')
  test('is not offered where no tokens are taken, and wants one where they are', async () => {
    const client = await raw()
    expect(await client.ask(token({ jwt: 'a.b.c' }))).toMatchObject({ ok: 0, code: 334 })
    const stage = await fixture.another({ auth: ['password', 'token'] })
    const other = await raw(stage.port)
    expect(await other.ask(token({ n: 'adam' }))).toMatchObject(FAILED)
    expect(await (await raw(stage.port)).ask(token({ jwt: 'secret of adam' }))).toMatchObject(FAILED)
  })
})

test('54 mechanisms that are not here are 334, and the connection goes on', async () => {
  const client = await raw()
  for (const mechanism of ['SCRAM-SHA-1', 'GSSAPI', 'MONGODB-AWS', 'MONGODB-CR', 'NONSENSE'])
    expect(await client.ask(start(Buffer.from('x'), {}, mechanism))).toMatchObject({ ok: 0, code: 334 })
  expect(await client.ask({ authenticate: 1, mechanism: 'MONGODB-X509', $db: '$external' })).toMatchObject({
    ok: 0,
    code: 334,
  })
  await signIn(client, 'adam')
})

test('58 before sign-in there is hello and ping, and nothing else', async () => {
  const client = await raw()
  const before = fixture.upstream.received.length
  for (const command of ['find', 'insert', 'buildInfo', 'listDatabases', 'getParameter', 'nonsense'])
    expect(await client.ask({ [command]: 1, $db: 'shop' })).toMatchObject({
      ok: 0,
      code: 13,
      errmsg: `Command ${command} requires authentication`,
    })
  expect(await client.ask({ ping: 1, $db: 'admin' })).toMatchObject({ ok: 1 })
  expect(fixture.upstream.received.length).toBe(before)
})

test('hello says what a client may not send of itself', async () => {
  const about = { driver: { name: 'x', version: '1' }, os: { type: 'Linux' } }
  const cases: readonly (readonly [number, Document])[] = [
    [183, { driver: { name: 'x' }, os: { type: 'Linux' } }],
    [184, { ...about, application: { name: 'y'.repeat(129) } }],
    [185, { ...about, platform: 'z'.repeat(600) }],
  ]
  for (const [code, client] of cases)
    expect(await (await raw()).ask({ hello: 1, client, $db: 'admin' })).toMatchObject({ ok: 0, code })
  const twice = await raw()
  expect(await twice.ask({ hello: 1, client: about, $db: 'admin' })).toMatchObject({ ok: 1 })
  expect(await twice.ask({ hello: 1, client: about, $db: 'admin' })).toMatchObject({ ok: 0, code: 186 })
})

test('36 behind a balancer the process says which it is', async () => {
  const [one, other] = [await raw(), await raw()]
  const first = await one.ask({ hello: 1, loadBalanced: true, $db: 'admin' })
  const second = await other.ask({ hello: 1, loadBalanced: true, $db: 'admin' })
  expect(first.serviceId).toEqual(second.serviceId)
  const url = fixture.url('adam', 'loadBalanced=true')
  const client = new MongoClient(url)
  try {
    expect(await client.db('shop').collection('balanced').insertOne({ a: 1 })).toMatchObject({
      acknowledged: true,
    })
  } finally {
    await client.close()
  }
})

test('13 the identity goes upstream in the client metadata, and the password does not', async () => {
  const client = new MongoClient(fixture.url('ann', 'appName=reports'))
  try {
    await client.db('shop').collection('items').findOne({})
  } finally {
    await client.close()
  }
  const names = fixture.upstream.received.map(({ document }) => document.client?.application?.name)
  expect(names).toContain('gh:ann/reports')
  expect(JSON.stringify(fixture.upstream.received)).not.toContain('secret of ann')
})

test('57 no secret is in any record', async () => {
  const { evidence } = fixture.stage
  expect(JSON.stringify([evidence.decided, evidence.completed, evidence.signedIn])).not.toMatch(/secret of/)
  expect(fixture.stage.faults.map(String).join()).not.toMatch(/secret of/)
})

test('a driver with a wrong password is told once', async () => {
  const client = new MongoClient(fixture.url().replace('secret%20of%20adam', 'wrong'), {
    serverSelectionTimeoutMS: 30_000,
  })
  try {
    await expect(client.connect()).rejects.toMatchObject({ code: 18 })
  } finally {
    await client.close()
  }
})

test('whoever may not connect is told so in the place of the welcome', async () => {
  const { wirePolicy } = await import('./fixture.js')
  const policy = wirePolicy(`apiVersion: gatehouse/v1
kind: Policy
metadata: {name: closed, owner: tests}
rules:
  - {name: door, effect: forbid, users: [adam], verbs: [connect]}
`)
  const stage = await fixture.another({ policy })
  const client = await raw(stage.port)
  await expect(signIn(client, 'adam')).rejects.toThrow(
    /"code":13,.*"gatehouse":\{"code":"GH_CONNECT","rule":"closed\/door","id":"[^"]+"\}/,
  )
  await client.closed()
})

test('an unreachable upstream is 6 in the place of the welcome', async () => {
  const other = await startFixture()
  await other.upstream.close()
  const client = await raw(other.stage.port)
  await expect(signIn(client, 'adam')).rejects.toThrow(/"code":6,/)
  await other.adapter.close()
})

test('messages cut short leave nothing behind', async () => {
  const client = await raw()
  client.write(message({ hello: 1, $db: 'admin' }).subarray(0, 20))
  client.close()
  await signIn(await raw(), 'adam')
})
