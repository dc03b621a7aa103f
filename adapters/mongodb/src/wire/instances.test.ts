/** Several gateways before one upstream, one after another or at once, and what stays as the client said it (mongodb.md §11). */
import { type Document, Long, UUID } from 'bson'
import { MongoClient } from 'mongodb'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { helloDocument } from '../greeting/hello.js'
import { type Fixture, startFixture } from './fixture.js'
import { connectRaw, type RawClient, signIn } from './raw-client.js'

const site = { maskingKey: Buffer.alloc(32, 9) }
let first: Fixture
let second: Fixture
const clients: RawClient[] = []
beforeAll(async () => {
  first = await startFixture(site)
  second = await startFixture(site, first.upstream)
  first.upstream.data.set(
    'shop.people',
    Array.from({ length: 25 }, (_, index) => ({ index })),
  )
})
afterAll(async () => {
  await second.close()
  await first.close()
})
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
})

async function signedIn(fixture: Fixture, user = 'adam'): Promise<RawClient> {
  const client = await connectRaw({ port: fixture.stage.port })
  clients.push(client)
  await signIn(client, user)
  return client
}
const last = (name: string): Document =>
  first.upstream.received.findLast(({ document }) => Object.keys(document)[0] === name)?.document ?? {}
const hex = (id: { buffer: Uint8Array }) => Buffer.from(id.buffer).toString('hex')

test.each(['of one that was started again', 'of one of two'])(
  '41 and 42 a cursor %s is not known, and a driver hears what it hears of a router',
  async () => {
    const one = await signedIn(first)
    const { cursor } = await one.ask({ find: 'people', batchSize: 5, $db: 'shop' })
    const other = await signedIn(second)
    const more = { getMore: cursor.id, collection: 'people', $db: 'shop' }
    expect(await other.ask(more)).toMatchObject({ ok: 0, code: 43, codeName: 'CursorNotFound' })
    expect(await one.ask(more)).toMatchObject({ ok: 1 })
  },
)

test('41 and 42 a session is the same upstream through either, so that a write tried again is known as the same', async () => {
  const write = {
    insert: 'made',
    documents: [{ a: 1 }],
    lsid: { id: new UUID() },
    txnNumber: Long.fromNumber(7),
    $db: 'shop',
  }
  const seen: [string, unknown][] = []
  for (const fixture of [first, second]) {
    expect(await (await signedIn(fixture)).ask(write)).toMatchObject({ ok: 1 })
    const { lsid, txnNumber } = last('insert')
    seen.push([hex(lsid.id), txnNumber])
  }
  expect(seen[0]).toEqual(seen[1])
  expect(seen[0]?.[0]).not.toBe(hex(write.lsid.id))
})

test('37 nobody is told an address, of the database or of anybody else', async () => {
  const client = await connectRaw({ port: first.stage.port })
  clients.push(client)
  for (const name of ['hello', 'isMaster', 'ismaster']) {
    const told = await client.ask({ [name]: 1, helloOk: true, $db: 'admin' })
    for (const field of ['hosts', 'passives', 'arbiters', 'me', 'primary', 'setName', 'tags', 'electionId'])
      expect(told, name).not.toHaveProperty(field)
    expect(JSON.stringify(told)).not.toContain(String(first.upstream.port))
  }
  const driver = new MongoClient(first.url())
  const dialled = new Set<string>()
  driver.on('connectionCreated', ({ address }) => dialled.add(address))
  await driver.db('shop').collection('people').findOne({})
  await driver.close()
  expect([...dialled]).toEqual([`127.0.0.1:${first.stage.port}`])
})

test('39 the wire version is the lower of what the upstream and the gateway know', async () => {
  const { deserialize } = await import('bson')
  const versionWith = (maxWireVersion: number) =>
    deserialize(
      helloDocument(
        { name: 'hello', helloOk: false, balanced: false } as never,
        {
          upstream: {
            kind: 'router',
            writable: true,
            version: '9.9.9',
            minWireVersion: 0,
            maxWireVersion,
            logicalSessionTimeoutMinutes: 30,
            maxBsonObjectSize: 16_777_216,
            maxMessageSizeBytes: 48_000_000,
            maxWriteBatchSize: 100_000,
          },
          serviceId: Buffer.alloc(12),
          connectionId: 1,
          now: 0,
          mechanisms: undefined,
          compression: [],
          speculative: undefined,
        } as never,
      ),
    ).maxWireVersion
  expect(versionWith(13)).toBe(13)
  const most = versionWith(999)
  expect(most).toBeLessThan(999)
  expect(most).toBeGreaterThanOrEqual(21)
})

test('43 where a read may be answered from goes upstream as the client said it', async () => {
  const client = await signedIn(first)
  const $readPreference = { mode: 'secondary', tags: [{ dc: 'east' }], maxStalenessSeconds: 120 }
  await client.ask({ find: 'people', $readPreference, $db: 'shop' })
  expect(last('find').$readPreference).toEqual($readPreference)
  await client.ask({ aggregate: 'people', pipeline: [], cursor: {}, $readPreference, $db: 'shop' })
  expect(last('aggregate').$readPreference).toEqual($readPreference)
})

test('44 a strict server API stands in every command that goes upstream, in getMore too', async () => {
  const driver = new MongoClient(first.url('adam'), {
    serverApi: { version: '1', strict: true, deprecationErrors: true },
  })
  try {
    const found = await driver.db('shop').collection('people').find({}, { batchSize: 10 }).toArray()
    expect(found).toHaveLength(25)
    await driver.db('shop').collection('made').insertOne({ a: 1 })
  } finally {
    await driver.close()
  }
  for (const name of ['find', 'getMore', 'insert'])
    expect(last(name), name).toMatchObject({ apiVersion: '1', apiStrict: true, apiDeprecationErrors: true })
})
