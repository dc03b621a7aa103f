/** MONGODB-OIDC as drivers speak it: the issuer told to people's callbacks, and a token renewed in the middle of a session (auth spec). */
import type { Stage } from '@gatehouse/adapter-contract'
import { deriveScramKeys, scrambleHash } from '@gatehouse/adapter-kit'
import { createIdentities, createIssuers, createLocalUsers } from '@gatehouse/identity'
import { type OidcProvider, startOidcProvider } from '@gatehouse/workbench'
import { Binary, deserialize, serialize } from 'bson'
import { MongoClient, type OIDCCallbackParams } from 'mongodb'
import { MongoClient as OlderClient } from 'mongodb-6'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { judgedBy } from '../clients/judged-by.js'
import { type Fixture, startFixture } from './fixture.js'
import { connectRaw, message, type RawClient } from './raw-client.js'

const drivers = [
  ['7.x', MongoClient],
  ['6.x', OlderClient as unknown as typeof MongoClient],
] as const

let fixture: Fixture
let corp: OidcProvider
let stage: Stage
/** By then a token of five minutes is over, and the five minutes to bring another are not. */
const SOON = 330_000
beforeAll(async () => {
  fixture = await startFixture()
  corp = await startOidcProvider()
  const issuer = {
    name: 'corp',
    issuer: corp.issuer,
    audience: 'gatehouse',
    subject: '/preferred_username',
    groups: '/groups',
    clients: ['gatehouse-cli'],
  }
  const users = await createLocalUsers([], {
    secret: Buffer.alloc(32, 7),
    derive: deriveScramKeys,
    hash: scrambleHash,
  })
  const identities = createIdentities({
    users,
    issuers: createIssuers([issuer], { now: Date.now }),
    now: Date.now,
  })
  stage = await fixture.another({ auth: ['token'], hall: judgedBy(identities) })
})
afterAll(async () => {
  await fixture.close()
  await corp.stop()
})

const tokenOf = async (who: string, claims: object = {}, ttl = 300) =>
  (await corp.signIn(who, { ttl, claims: { preferred_username: who, groups: ['admins'], ...claims } }))
    .accessToken
const url = (user = '') => `mongodb://${user}127.0.0.1:${stage.port}/?authMechanism=MONGODB-OIDC`
const whoami = async (client: MongoClient) =>
  (await client.db('shop').command({ connectionStatus: 1 })).authInfo.authenticatedUsers[0].user
const refusals = () =>
  stage.evidence.signedIn.flatMap(({ kind, reason }) => (kind === 'refused' ? [reason] : []))

describe.each(drivers)('the driver %s', (_version, Client) => {
  test('52 asks its user for a token of the issuer that it was told', async () => {
    const asked: OIDCCallbackParams[] = []
    const human = async (params: OIDCCallbackParams) => {
      asked.push(params)
      return { accessToken: await tokenOf('paula'), refreshToken: 'kept' }
    }
    const client = new Client(url('paula@'), {
      authMechanismProperties: { OIDC_HUMAN_CALLBACK: human },
      serverSelectionTimeoutMS: 30_000,
    })
    try {
      expect(await whoami(client)).toBe('paula')
      expect(asked).toHaveLength(1)
      expect(asked[0]).toMatchObject({
        username: 'paula',
        idpInfo: { issuer: corp.issuer, clientId: 'gatehouse-cli' },
      })
    } finally {
      await client.close()
    }
  })

  test('55 told that its token is over, it brings another and goes on in the same session', async () => {
    let asked = 0
    const client = new Client(url(), {
      maxPoolSize: 1,
      authMechanismProperties: {
        OIDC_CALLBACK: async () => {
          asked += 1
          return { accessToken: await tokenOf('rita') }
        },
      },
    })
    try {
      const items = client.db('shop').collection(`renewed${Math.random()}`)
      await items.insertMany([{ a: 1 }, { a: 2 }, { a: 3 }])
      const cursor = items.find({}, { batchSize: 1 })
      await cursor.next()
      const session = () => stage.evidence.decided.at(-1)?.session.id
      const before = session()
      stage.pass(Date.now() + SOON)
      expect(await cursor.toArray()).toHaveLength(2)
      expect(await whoami(client)).toBe('rita')
      expect(session()).toBe(before)
      expect(asked).toBe(2)
      expect(stage.evidence.signedIn.at(-1)).toMatchObject({ kind: 'signed-in', reason: 'proven again' })
      // The next one runs out as well.
      stage.pass(Date.now() + SOON)
      await items.insertOne({ a: 4 })
      expect(asked).toBe(3)
      expect(session()).toBe(before)
    } finally {
      await client.close()
    }
  })

  test('55 a token that does not hold ends it', async () => {
    let token = await tokenOf('sam')
    const client = new Client(url(), {
      maxPoolSize: 1,
      retryReads: false,
      authMechanismProperties: { OIDC_CALLBACK: async () => ({ accessToken: token }) },
    })
    try {
      expect(await whoami(client)).toBe('sam')
      token = `${token.slice(0, -8)}AAAAAAAA`
      stage.pass(Date.now() + SOON)
      await expect(whoami(client)).rejects.toMatchObject({ code: 18 })
      expect(refusals().at(-1)).toBe('bad signature')
    } finally {
      await client.close()
    }
  })
})

const start = (payload: object) => ({
  saslStart: 1,
  mechanism: 'MONGODB-OIDC',
  payload: new Binary(serialize(payload)),
  $db: '$external',
})
const proceed = (payload: object, conversationId = 1) => ({
  saslContinue: 1,
  conversationId,
  payload: new Binary(serialize(payload)),
  $db: '$external',
})
const inside = async (token: string): Promise<RawClient> => {
  const client = await connectRaw({ port: stage.port })
  expect(await client.ask(start({ jwt: token }))).toMatchObject({ ok: 1, done: true })
  return client
}
const ping = { find: 'items', filter: {}, $db: 'shop' }

describe('by hand', () => {
  test('two steps: what the first says, and whom the second may bring', async () => {
    const client = await connectRaw({ port: stage.port })
    const told = await client.ask(start({}))
    expect(told).toMatchObject({ ok: 1, done: false, conversationId: expect.anything() })
    expect(deserialize((told.payload as Binary).buffer)).toEqual({
      issuer: corp.issuer,
      clientId: 'gatehouse-cli',
    })
    expect(await client.ask(proceed({ jwt: await tokenOf('paula') }))).toMatchObject({ ok: 1, done: true })
    expect(await client.ask(ping)).toMatchObject({ ok: 1 })
    client.close()

    const other = await connectRaw({ port: stage.port })
    expect(await other.ask(start({ n: 'quentin' }))).toMatchObject({ done: false })
    expect(await other.ask(proceed({ jwt: await tokenOf('paula') }))).toMatchObject({ ok: 0, code: 18 })
    expect(refusals().at(-1)).toBe('sign-in name')
    other.close()
  })

  test.each([
    ['a second question for the issuer', [start({}), proceed({})], 'no token'],
    ['a principal that is no text', [start({ n: 7 })], 'malformed'],
    ['a token that is no text', [start({ jwt: 7 })], 'malformed'],
    ['another conversation', [start({}), proceed({ jwt: 'a.b.c' }, 2)], 'malformed'],
    ['a start in the middle', [start({}), start({})], 'a second conversation'],
  ])('%s is refused', async (_what, commands, reason) => {
    const client = await connectRaw({ port: stage.port })
    for (const command of commands.slice(0, -1)) expect(await client.ask(command)).toMatchObject({ ok: 1 })
    expect(await client.ask(commands.at(-1) ?? {})).toMatchObject({ ok: 0, code: 18 })
    expect(refusals().at(-1)).toBe(reason)
    client.close()
  })

  test('three tokens, and no fourth', async () => {
    const client = await connectRaw({ port: stage.port })
    for (const _ of [1, 2, 3])
      expect(await client.ask(start({ jwt: 'e30.e30.AA' }))).toMatchObject({ ok: 0, code: 18 })
    await client.closed()
  })

  test('nothing runs between two tokens, and what would have is refused and recorded', async () => {
    const client = await inside(await tokenOf('tess'))
    stage.pass(Date.now() + SOON)
    const before = fixture.upstream.received.length
    const document = { insert: 'items', documents: [{ a: 1 }], $db: 'shop' }
    for (const command of [
      ping,
      document,
      { getMore: 7n, collection: 'items', $db: 'shop' },
      { ping: 1, $db: 'admin' },
    ])
      expect(await client.ask(command)).toMatchObject({
        ok: 0,
        code: 391,
        codeName: 'ReauthenticationRequired',
      })
    expect(fixture.upstream.received.length).toBe(before)
    expect(stage.evidence.decided.at(-1)).toMatchObject({ decision: { code: 'GH_ENDED' } })
    // Whoever wants no answer gets none, and the next one its own.
    client.write(message({ ...document, writeConcern: { w: 0 } }, { flags: 2 }))
    expect(await client.ask({ hello: 1, $db: 'admin' })).toMatchObject({ ok: 1 })
    expect(await client.ask(start({ jwt: await tokenOf('tess') }))).toMatchObject({ ok: 1, done: true })
    expect(await client.ask(ping)).toMatchObject({ ok: 1 })
    client.close()
  })

  test('another person, other groups, another claim, a password: none of them goes on', async () => {
    for (const token of [
      await tokenOf('ursula'),
      await tokenOf('tess', { groups: ['analysts'] }),
      await tokenOf('tess', { department: 'elsewhere' }),
    ]) {
      const client = await inside(await tokenOf('tess'))
      stage.pass(Date.now() + SOON)
      expect(await client.ask(ping)).toMatchObject({ code: 391 })
      expect(await client.ask(start({ jwt: token }))).toMatchObject({ ok: 0, code: 18 })
      expect(refusals().at(-1)).toBe('another identity')
      expect(await client.ask(ping)).toMatchObject({ code: 391 })
      client.close()
    }
    const client = await inside(await tokenOf('tess'))
    stage.pass(Date.now() + SOON)
    const plain = {
      saslStart: 1,
      mechanism: 'PLAIN',
      payload: new Binary(Buffer.from('\0tess\0x')),
      $db: '$external',
    }
    expect(await client.ask(plain)).toMatchObject({ ok: 0, code: 334 })
    client.close()
  })

  test('before its token is over nobody signs in a second time', async () => {
    const client = await inside(await tokenOf('tess'))
    expect(await client.ask(start({ jwt: await tokenOf('tess') }))).toMatchObject({ ok: 0, code: 18 })
    await client.closed()
  })

  test('a token under PLAIN ends the session as ever', async () => {
    const client = await connectRaw({ port: stage.port })
    const payload = new Binary(Buffer.from(`\0token\0${await tokenOf('tess')}`))
    expect(await client.ask({ saslStart: 1, mechanism: 'PLAIN', payload, $db: '$external' })).toMatchObject({
      ok: 1,
    })
    stage.pass(Date.now() + SOON)
    await client.closed()
    expect(client.quiet).toBe(true)
  })

  test('who brings none in five minutes has no session any more', async () => {
    const client = await inside(await tokenOf('tess'))
    stage.pass(Date.now() + SOON)
    expect(await client.ask(ping)).toMatchObject({ code: 391 })
    stage.pass(Date.now() + SOON + 300_000)
    await client.closed()
  })
})
