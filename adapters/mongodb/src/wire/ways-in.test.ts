/** Drivers over TLS, with tokens, compressed, and monitors that outlive every greeting. */
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { Hall } from '@gatehouse/adapter-kit'
import { type Certificates, certificates, describePart } from '@gatehouse/workbench'
import { Binary, serialize } from 'bson'
import { MongoClient, type MongoClientOptions } from 'mongodb'
import { MongoClient as OlderClient } from 'mongodb-6'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, startFixture, USERS } from './fixture.js'
import { connectRaw, message, signIn } from './raw-client.js'

const TOKEN = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.e30.AA`
const drivers = [
  ['7.x', MongoClient],
  ['6.x', OlderClient as unknown as typeof MongoClient],
] as const

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture.close())

const roundTrip = async (Client: typeof MongoClient, url: string, options: MongoClientOptions = {}) => {
  const client = new Client(url, { serverSelectionTimeoutMS: 30_000, ...options })
  try {
    const name = `trip${Math.random()}`
    await client
      .db('shop')
      .collection(name)
      .insertMany([{ a: 1, text: 'x'.repeat(3000) }, { a: 2 }])
    return await client.db('shop').collection(name).find({}).toArray()
  } finally {
    await client.close()
  }
}

describe.each(drivers)('the driver %s', (_version, Client) => {
  test('19 compresses with zlib what it may', async () => {
    expect(await roundTrip(Client, fixture.url('adam', 'compressors=zlib'))).toHaveLength(2)
  })
  test('25 names compressors that are not here, and goes on without', async () => {
    expect(await roundTrip(Client, fixture.url('adam', 'compressors=zstd,snappy,none'))).toHaveLength(2)
  })
  test('52 brings a token', async () => {
    const users = [...USERS, { name: 'token', password: TOKEN, groups: ['admins'] }]
    const stage = await fixture.another({ auth: ['token'], users })
    const url = `mongodb://127.0.0.1:${stage.port}/?authMechanism=MONGODB-OIDC`
    const withToken = (accessToken: string) => ({
      authMechanismProperties: { OIDC_CALLBACK: async () => ({ accessToken }) },
    })
    expect(await roundTrip(Client, url, withToken(TOKEN))).toHaveLength(2)
    await expect(roundTrip(Client, url, withToken('e30.e30.wrong'))).rejects.toMatchObject({ code: 18 })
    const plain = `mongodb://token:${TOKEN}@127.0.0.1:${stage.port}/?authMechanism=PLAIN&authSource=$external`
    expect(await roundTrip(Client, plain)).toHaveLength(2)
  })
  test('its monitors stay for as long as it does, and hold nothing upstream', async () => {
    const stage = await fixture.another({ limits: { greeting: 600 } })
    const url = fixture.url().replace(/:\d+\/\?/, `:${stage.port}/?heartbeatFrequencyMS=500&maxPoolSize=1&`)
    const client = new Client(url)
    let heartbeats = 0
    const failed: unknown[] = []
    client.on('serverHeartbeatSucceeded', () => {
      heartbeats += 1
    })
    client.on('serverHeartbeatFailed', (event) => failed.push(event.failure))
    try {
      await client.db('shop').collection('items').findOne({})
      const until = heartbeats + 4
      while (heartbeats < until) await new Promise((resolve) => setTimeout(resolve, 20))
      expect(failed).toEqual([])
      expect(await client.db('shop').collection('items').findOne({})).toBeDefined()
      expect([...stage.sessions].filter(({ identity }) => identity !== undefined)).toHaveLength(1)
      expect([...stage.sessions].filter(({ stays }) => stays).length).toBeGreaterThan(0)
    } finally {
      await client.close()
    }
  })
})

test('20–24 what is compressed as nobody may ends the connection', async () => {
  const compressed = (content: Buffer, size: number, id: number, opCode = 2013) => {
    const head = Buffer.alloc(25)
    head.writeInt32LE(25 + content.length, 0)
    head.writeInt32LE(9, 4)
    head.writeInt32LE(2012, 12)
    head.writeInt32LE(opCode, 16)
    head.writeInt32LE(size, 20)
    head[24] = id
    return Buffer.concat([head, content])
  }
  const { deflateSync } = await import('node:zlib')
  const ping = message({ ping: 1, $db: 'admin' }).subarray(16)
  const packed = deflateSync(ping)
  const hello = message({ hello: 1, $db: 'admin' }).subarray(16)
  const cases: readonly (readonly [string, Buffer])[] = [
    ['a size too small', compressed(packed, ping.length - 1, 2)],
    ['a size too large', compressed(packed, ping.length + 1, 2)],
    ['a bomb', compressed(deflateSync(Buffer.alloc(20_000_000)), 1000, 2)],
    ['a size beyond any', compressed(packed, 2 ** 31 - 1, 2)],
    ['one within the other', compressed(packed, ping.length, 2, 2012)],
    ['a hello', compressed(deflateSync(hello), hello.length, 2)],
    ['snappy', compressed(packed, ping.length, 1)],
    ['none', compressed(ping, ping.length, 0)],
    ['rubbish', compressed(Buffer.from('rubbish'), ping.length, 2)],
  ]
  const before = fixture.upstream.received.length
  for (const [what, bytes] of cases) {
    const client = await connectRaw({ port: fixture.stage.port })
    await client.ask({ hello: 1, compression: ['zlib'], $db: 'admin' })
    await signIn(client, 'adam')
    client.write(compressed(packed, ping.length, 2))
    expect(await client.next(), what).toMatchObject({ responseTo: 9, document: { ok: 1 } })
    client.write(bytes)
    await client.closed()
  }
  expect(fixture.upstream.names().slice(before)).toEqual([])
  const client = await connectRaw({ port: fixture.stage.port })
  await signIn(client, 'adam')
  client.write(compressed(packed, ping.length, 2))
  await client.closed()
})

describePart('openssl', 'TLS', () => {
  let authority: Certificates
  let tls: NonNullable<Hall['tls']>
  beforeAll(async () => {
    authority = await certificates()
    const context = createSecureContext({
      cert: readFileSync(authority.cert),
      key: readFileSync(authority.key),
    })
    tls = { context, certificate: new Uint8Array() }
  })

  test.each(drivers)('begins with the first byte: driver %s', async (_version, Client) => {
    const stage = await fixture.another({ tls, requireTls: true })
    const url = fixture
      .url()
      .replace(/:\d+\/\?/, `:${stage.port}/?tls=true&`)
      .replace('127.0.0.1', 'localhost')
    expect(await roundTrip(Client, url, { tlsCAFile: authority.ca })).toHaveLength(2)
  })
  test('51 whoever comes in the clear where TLS is wanted is closed unheard', async () => {
    const stage = await fixture.another({ tls, requireTls: true })
    const client = await connectRaw({ port: stage.port })
    client.write(message({ hello: 1, $db: 'admin' }))
    await client.closed()
    expect(client.quiet).toBe(true)
  })
  test('51 a secret over TLS', async () => {
    const stage = await fixture.another({
      tls,
      requireTls: true,
      auth: ['token'],
      users: [{ name: 'token', password: TOKEN }],
    })
    const client = await connectRaw({ port: stage.port, tls: { ca: readFileSync(authority.ca, 'utf8') } })
    const reply = await client.ask({
      saslStart: 1,
      mechanism: 'MONGODB-OIDC',
      payload: new Binary(serialize({ jwt: TOKEN })),
      $db: '$external',
    })
    expect(reply).toMatchObject({ done: true, ok: 1 })
    client.close()
  })
})
