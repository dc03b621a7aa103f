/** What an upstream says in trouble, and what a cluster's clients hold on to: clocks, labels, retries (rows 64, 87, 97, 98). */
import { type Document, Long, Timestamp } from 'bson'
import { MongoClient, type MongoServerError } from 'mongodb'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, outcomes, startFixture } from './fixture.js'
import { connectRaw, message, signIn } from './raw-client.js'

let fixture: Fixture
const drivers: MongoClient[] = []
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture.close())
afterEach(async () => {
  fixture.upstream.answer = undefined
  fixture.upstream.data.clear()
  for (const driver of drivers.splice(0)) await driver.close()
})

function driver(options = ''): MongoClient {
  const client = new MongoClient(fixture.url('adam', options))
  drivers.push(client)
  return client
}
const sent = (name: string): readonly Document[] =>
  fixture.upstream.received.flatMap(({ document }) => (Object.keys(document)[0] === name ? [document] : []))
const isNamed = (name: string) => (document: Document) => Object.keys(document)[0] === name

test('64 a causally consistent session reads behind its write, on whatever socket', async () => {
  const operationTime = new Timestamp({ t: 4711, i: 3 })
  const $clusterTime = {
    clusterTime: new Timestamp({ t: 4712, i: 1 }),
    signature: { hash: 'x', keyId: Long.ONE },
  }
  fixture.upstream.answer = (document) =>
    document.insert !== undefined
      ? { n: 1, operationTime, $clusterTime, ok: 1 }
      : document.find !== undefined
        ? { cursor: { firstBatch: [], id: Long.ZERO, ns: 'shop.items' }, operationTime, $clusterTime, ok: 1 }
        : undefined
  const client = driver('maxPoolSize=3')
  const items = client.db('shop').collection('items')
  await client.withSession({ causalConsistency: true }, async (session) => {
    await items.insertOne({ a: 1 }, { session })
    // Other sessions hold the first socket meanwhile.
    await Promise.all([items.findOne({}), items.findOne({}), items.findOne({ mine: 1 }, { session })])
    expect(session.operationTime).toEqual(operationTime)
  })
  const raw = await connectRaw({ port: fixture.stage.port })
  await signIn(raw, 'adam')
  await raw.ask({ find: 'items', $clusterTime, $db: 'shop' })
  raw.close()
  expect(sent('find').at(-1)?.$clusterTime).toEqual($clusterTime)
  const read = sent('find').find(({ filter }) => filter?.mine === 1)
  expect(read?.readConcern).toEqual({ afterClusterTime: operationTime })
  expect(Buffer.from(read?.lsid.id.buffer).equals(sent('insert').at(-1)?.lsid.id.buffer)).toBe(true)
  const connections = new Set(
    fixture.upstream.received
      .filter(({ document }) => document.find === 'items')
      .map((each) => each.connection),
  )
  expect(connections.size).toBeGreaterThan(1)
})

test('87 whoever reads nothing has a few batches kept, not all that was asked for', async () => {
  fixture.upstream.data.set(
    'shop.wide',
    Array.from({ length: 20 }, (_, index) => ({ index, filler: 'x'.repeat(200_000) })),
  )
  const client = await connectRaw({ port: fixture.stage.port })
  await signIn(client, 'adam')
  client.socket.pause()
  const before = sent('find').length
  const ASKED = 40
  for (let each = 0; each < ASKED; each++)
    client.write(message({ find: 'wide', $db: 'shop' }, { requestId: 100 + each }))
  let last = -1
  for (let still = 0; still < 20; ) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    const now = sent('find').length
    still = now === last && now > before ? still + 1 : 0
    last = now
  }
  // 4 MB each: what two sockets and the kernel hold, and one that waits.
  expect(last - before).toBeLessThan(ASKED / 2)
  client.socket.resume()
  for (let each = 0; each < ASKED; each++) {
    const reply = await client.next()
    if (reply === 'closed') throw new Error('closed')
    expect(reply.responseTo).toBe(100 + each)
    expect(reply.document.cursor.firstBatch).toHaveLength(20)
  }
  client.close()
})

describe('97 an upstream that is overloaded', () => {
  const overloaded = {
    ok: 0,
    code: 462,
    codeName: 'IngressRequestRateLimitExceeded',
    errmsg: 'too much',
    errorLabels: ['SystemOverloadedError', 'RetryableError'],
  }
  test('97 its labels reach the client, whose tries are the only ones', async () => {
    fixture.upstream.answer = (document) =>
      document.find === undefined ? undefined : { ...overloaded, baseBackoffMS: 5 }
    const client = await connectRaw({ port: fixture.stage.port })
    await signIn(client, 'adam')
    const before = sent('find').length
    expect(await client.ask({ find: 'items', $db: 'shop' })).toEqual({ ...overloaded, baseBackoffMS: 5 })
    expect(sent('find').length - before).toBe(1)
    client.close()
    const records = outcomes(fixture.stage).length
    const tries = sent('find').length
    const error: MongoServerError = await driver()
      .db('shop')
      .collection('items')
      .findOne({})
      .catch((fault) => fault)
    expect(error.code).toBe(462)
    expect(error.hasErrorLabel('SystemOverloadedError')).toBe(true)
    const asked = sent('find').length - tries
    expect(asked).toBeGreaterThan(1)
    expect(
      outcomes(fixture.stage)
        .slice(records)
        .filter((line) => line === 'find failed'),
    ).toHaveLength(asked)
  })
  test('97 a refusal of our own has none of them', async () => {
    const client = await connectRaw({ port: fixture.stage.port })
    await signIn(client, 'gil')
    const refused = await client.ask({ find: 'vault', $db: 'shop' })
    expect(refused).toMatchObject({ ok: 0, code: 13 })
    expect(refused).not.toHaveProperty('errorLabels')
    client.close()
  })
})

describe('98 a failover upstream', () => {
  const stepped = { ok: 0, code: 10107, codeName: 'NotWritablePrimary', errmsg: 'not primary' }
  const once = (is: (document: Document) => boolean, reply: Document | 'hangUp') => {
    let left = 1
    fixture.upstream.answer = (document) => {
      if (!is(document) || left === 0) return undefined
      left -= 1
      if (reply !== 'hangUp') return reply
      fixture.upstream.hangUp()
      return 'hang'
    }
  }

  test.each([
    ['is told', stepped],
    ['cuts the connection', 'hangUp'],
  ] as const)(
    '98 in a read, when it %s: the driver reads again, and hears no state change',
    async (_, how) => {
      fixture.upstream.data.set('shop.items', [{ _id: 1 }])
      const client = driver()
      const items = client.db('shop').collection('items')
      await items.findOne({})
      const cleared: unknown[] = []
      client.on('connectionPoolCleared', (event) => cleared.push(event))
      const before = sent('find').length
      once(isNamed('find'), how)
      expect(await items.findOne({})).toEqual({ _id: 1 })
      expect(sent('find').length - before).toBe(2)
      if (how !== 'hangUp') expect(cleared).toEqual([])
    },
  )

  test.each([
    ['is told', { ...stepped, errorLabels: ['RetryableWriteError'] }],
    ['cuts the connection', 'hangUp'],
  ] as const)('98 in a write, when it %s: tried again as the same write', async (_, how) => {
    const items = driver().db('shop').collection('items')
    const before = sent('insert').length
    once(isNamed('insert'), how)
    expect(await items.insertOne({ a: 1 })).toMatchObject({ acknowledged: true })
    const [first, second, ...more] = sent('insert').slice(before)
    expect(more).toEqual([])
    expect(second?.txnNumber).toEqual(first?.txnNumber)
    expect(first?.txnNumber).toBeDefined()
    expect(second?.lsid).toEqual(first?.lsid)
    expect(second?.documents).toEqual(first?.documents)
  })

  test('98 in a write that cannot be tried again: it failed, and ran once', async () => {
    const items = driver().db('shop').collection('items')
    const before = sent('update').length
    once(isNamed('update'), stepped)
    await expect(items.updateMany({}, { $set: { a: 1 } })).rejects.toMatchObject({ code: 6 })
    expect(sent('update').length - before).toBe(1)
  })

  test.each([
    ['is told', { ...stepped, errorLabels: ['TransientTransactionError'] }],
    ['cuts the connection', 'hangUp'],
  ] as const)('98 in a transaction, when it %s: the whole of it is run again, once', async (_, how) => {
    const client = driver()
    const items = client.db('shop').collection('items')
    const before = sent('commitTransaction').length
    let runs = 0
    once((document) => isNamed('update')(document), how)
    await client.withSession((session) =>
      session.withTransaction(async () => {
        runs += 1
        await items.insertOne({ runs }, { session })
        await items.updateOne({}, { $set: { a: 1 } }, { session })
      }),
    )
    expect(runs).toBe(2)
    const [first, second] = sent('insert').slice(-2)
    expect(second?.txnNumber > first?.txnNumber).toBe(true)
    expect(sent('commitTransaction').length - before).toBe(1)
    expect(sent('commitTransaction').at(-1)?.txnNumber).toEqual(second?.txnNumber)
  })
})
