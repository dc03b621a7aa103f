import { type Document, Long } from 'bson'
import { MongoClient } from 'mongodb'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, outcomes, startFixture, wirePolicy } from './fixture.js'
import { connectRaw, message, type RawClient, signIn } from './raw-client.js'
import { encode } from './scripted-upstream.js'

let fixture: Fixture
const clients: RawClient[] = []
beforeAll(async () => {
  fixture = await startFixture()
  fixture.upstream.data.set(
    'shop.people',
    Array.from({ length: 25 }, (_, index) => ({ index, email: `user${index}@example.com`, city: 'Rome' })),
  )
})
afterAll(() => fixture.close())
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
  fixture.upstream.answer = undefined
  fixture.upstream.raw = undefined
  fixture.stage.usePolicy(wirePolicy())
})

async function signedIn(user = 'adam'): Promise<RawClient> {
  const client = await connectRaw({ port: fixture.stage.port })
  clients.push(client)
  await signIn(client, user)
  return client
}
const open = (client: RawClient, more: Document = {}) =>
  client.ask({ find: 'people', batchSize: 10, ...more, $db: 'shop' })
const more = (client: RawClient, id: unknown, batchSize = 10) =>
  client.ask({ getMore: id, collection: 'people', batchSize, $db: 'shop' })
const NOT_FOUND = { ok: 0, code: 43, codeName: 'CursorNotFound' }

describe('82 a cursor of somebody else', () => {
  test('cannot be gone on with', async () => {
    const { cursor } = await open(await signedIn('adam'))
    expect(await more(await signedIn('gil'), cursor.id)).toMatchObject(NOT_FOUND)
    expect(await more(await signedIn('adam'), cursor.id)).toMatchObject({ ok: 1 })
  })
  test('cannot be killed', async () => {
    const adam = await signedIn('adam')
    const { cursor } = await open(adam)
    const gil = await signedIn('gil')
    const killed = await gil.ask({
      killCursors: 'people',
      cursors: [cursor.id, Long.fromNumber(5)],
      $db: 'shop',
    })
    expect(killed).toMatchObject({
      cursorsKilled: [],
      cursorsNotFound: [cursor.id, Long.fromNumber(5)],
      ok: 1,
    })
    expect(await more(adam, cursor.id)).toMatchObject({ ok: 1 })
  })
  test('nor one’s own by another collection’s name', async () => {
    const adam = await signedIn('adam')
    const { cursor } = await open(adam)
    const before = fixture.upstream.received.length
    expect(await adam.ask({ killCursors: 'other', cursors: [cursor.id], $db: 'shop' })).toMatchObject({
      cursorsNotFound: [cursor.id],
    })
    expect(fixture.upstream.received.length).toBe(before)
    expect(await more(adam, cursor.id)).toMatchObject({ ok: 1 })
  })
  test('nor by the upstream’s own id, which nobody is told', async () => {
    const adam = await signedIn('adam')
    const { cursor } = await open(adam)
    const sent = fixture.upstream.received.at(-1)?.requestId
    expect(sent).toBeDefined()
    expect((cursor.id as Long).toNumber()).toBeGreaterThan(2000)
    for (let id = 1000; id < 1020; id++)
      expect(await more(adam, Long.fromNumber(id))).toMatchObject(NOT_FOUND)
  })
  test('nor in another collection, or another session', async () => {
    const adam = await signedIn('adam')
    const { cursor } = await open(adam)
    expect(await adam.ask({ getMore: cursor.id, collection: 'other', $db: 'shop' })).toMatchObject(NOT_FOUND)
    const { UUID } = await import('bson')
    expect(
      await adam.ask({ getMore: cursor.id, collection: 'people', lsid: { id: new UUID() }, $db: 'shop' }),
    ).toMatchObject({ ok: 0, code: 50737 })
  })
})

test('one’s own can be killed, and is gone then', async () => {
  const client = await signedIn()
  const { cursor } = await open(client)
  expect(await client.ask({ killCursors: 'people', cursors: [cursor.id], $db: 'shop' })).toMatchObject({
    cursorsKilled: [cursor.id],
    cursorsNotFound: [],
  })
  expect(await more(client, cursor.id)).toMatchObject(NOT_FOUND)
})

test('83 a right that is taken between two batches is taken', async () => {
  const client = await signedIn()
  const { cursor } = await open(client)
  fixture.stage.usePolicy(
    wirePolicy(`apiVersion: gatehouse/v1
kind: Policy
metadata: {name: later, owner: tests}
rules:
  - {name: no-people, effect: forbid, verbs: [read], resources: ["shop.people"]}
`),
  )
  const refused = await more(client, cursor.id)
  expect(refused).toMatchObject({ ok: 0, code: 13 })
  expect(refused.errInfo.gatehouse.rule).toBe('later/no-people')
})

test('84 an empty batch of an open cursor is not its end', async () => {
  const client = await signedIn()
  const { cursor } = await open(client)
  fixture.upstream.answer = (document) =>
    document.getMore === undefined
      ? undefined
      : { cursor: { nextBatch: [], id: document.getMore, ns: 'shop.people' }, ok: 1 }
  for (let each = 0; each < 3; each++)
    expect(await more(client, cursor.id)).toMatchObject({ cursor: { nextBatch: [], id: cursor.id }, ok: 1 })
})

test('85 the first batch and the next are masked alike, and clean fields stay as they are', async () => {
  const client = await signedIn('ann')
  const { cursor } = await open(client)
  const next = await more(client, cursor.id, 100)
  const documents: Document[] = [...cursor.firstBatch, ...next.cursor.nextBatch]
  expect(documents).toHaveLength(25)
  for (const [index, { email, ...rest }] of documents.entries()) {
    expect(rest).toEqual({ index, city: 'Rome' })
    expect(email).not.toBe(`user${index}@example.com`)
    expect(email).toContain('***')
  }
  expect(next.cursor.id).toEqual(Long.ZERO)
})

test('31 what nobody masks goes through byte for byte, but for ids', async () => {
  const client = await signedIn('adam')
  const odd = {
    cursor: {
      firstBatch: [{ a: -0, b: Long.fromNumber(5), 7: 'x', e: '' }],
      id: Long.ZERO,
      ns: 'shop.people',
    },
    ok: 1,
  }
  fixture.upstream.answer = (document) => (document.find === undefined ? undefined : odd)
  client.write(message({ find: 'people', $db: 'shop' }, { requestId: 4 }))
  const reply = await client.next()
  if (reply === 'closed') throw new Error('closed')
  expect(reply.frame.subarray(16).equals(encode(odd, 4).subarray(16))).toBe(true)
})

test('86 equal ids of the upstream are different cursors here', async () => {
  const client = await signedIn()
  fixture.upstream.answer = (document) =>
    document.find === undefined
      ? undefined
      : { cursor: { firstBatch: [{ a: 1 }], id: Long.fromNumber(77), ns: 'shop.people' }, ok: 1 }
  const ids = [await open(client), await open(client)].map(({ cursor }) => String(cursor.id))
  expect(new Set(ids).size).toBe(2)
  expect(ids).not.toContain('77')
})

describe('R21 limits', () => {
  test('rows: so many documents, then the error, and the cursor upstream is gone', async () => {
    const client = await signedIn('bot')
    const { cursor } = await open(client, { batchSize: 7 })
    expect(cursor.firstBatch).toHaveLength(7)
    const next = await more(client, cursor.id, 7)
    expect(next.cursor.nextBatch).toHaveLength(3)
    const over = await more(client, cursor.id)
    expect(over).toMatchObject({ ok: 0, code: 13 })
    expect(over.errInfo.gatehouse).toMatchObject({ code: 'GH_ROW_LIMIT', rule: 'wire/few' })
    expect(over.errmsg).toContain('the row limit of 10 is reached')
    expect(fixture.upstream.names().at(-1)).toBe('killCursors')
    expect(await more(client, cursor.id)).toMatchObject(NOT_FOUND)
  })
  test('rows: a driver is told', async () => {
    const client = new MongoClient(fixture.url('bot'))
    const seen: unknown[] = []
    try {
      await expect(
        (async () => {
          for await (const each of client.db('shop').collection('people').find({})) seen.push(each)
        })(),
      ).rejects.toMatchObject({ code: 13 })
      expect(seen).toHaveLength(10)
      expect(await client.db('shop').collection('people').find({}).limit(10).toArray()).toHaveLength(10)
      await expect(client.db('shop').collection('people').distinct('email')).rejects.toMatchObject({
        code: 13,
      })
    } finally {
      await client.close()
    }
  })
  test('affected: known before, or not sent', async () => {
    const client = await signedIn('bot')
    const insert = (count: number) =>
      client.ask({ insert: 'few', documents: Array.from({ length: count }, (_, a) => ({ a })), $db: 'shop' })
    expect(await insert(3)).toMatchObject({ n: 3, ok: 1 })
    expect(await insert(4)).toMatchObject({ ok: 0, code: 13 })
    expect(fixture.upstream.data.get('shop.few')).toHaveLength(3)
    const update = (updates: Document[]) => client.ask({ update: 'few', updates, $db: 'shop' })
    expect(await update([{ q: {}, u: { $set: { b: 1 } } }])).toMatchObject({ ok: 1 })
    expect(await client.ask({ delete: 'few', deletes: [{ q: {}, limit: 1 }], $db: 'shop' })).toMatchObject({
      ok: 1,
    })
  })
  test('bytes: over it nothing of the batch is given', async () => {
    fixture.stage.usePolicy(
      wirePolicy(`apiVersion: gatehouse/v1
kind: Policy
metadata: {name: small, owner: tests}
rules:
  - {name: little, effect: limit, users: [adam], bytes: 1KiB}
`),
    )
    const client = await signedIn()
    expect(await open(client)).toMatchObject({ ok: 1 })
    const over = await open(client, { batchSize: 20 })
    expect(over).toMatchObject({ ok: 0, code: 13 })
    expect(over).not.toHaveProperty('cursor')
    expect(await client.ask({ ping: 1, $db: 'admin' })).toMatchObject({ ok: 1 })
  })
})

describe('errors of the upstream', () => {
  const duplicate = {
    ok: 0,
    code: 11000,
    codeName: 'DuplicateKey',
    errmsg:
      'E11000 duplicate key error collection: shop.people index: email dup key: { email: "user1@example.com" }',
    keyPattern: { email: 1 },
    keyValue: { email: 'user1@example.com' },
    topologyVersion: { processId: 'x' },
  }
  test('77 reach whoever sees everything as they are, and show no value to others', async () => {
    fixture.upstream.answer = (document) => (document.find === undefined ? undefined : duplicate)
    const { topologyVersion: _, ...whole } = duplicate
    expect(await open(await signedIn('adam'))).toEqual(whole)
    const masked = await open(await signedIn('ann'))
    expect(masked).toMatchObject({ ok: 0, code: 11000, codeName: 'DuplicateKey', keyPattern: { email: 1 } })
    expect(JSON.stringify(masked)).not.toContain('user1@')
    expect(masked.errmsg).toMatch(/^E11000 duplicate key error collection: shop.people/)
  })
  test('77 of single writes, too', async () => {
    fixture.upstream.answer = (document) =>
      document.insert === undefined
        ? undefined
        : {
            n: 0,
            writeErrors: [{ ...duplicate, index: 0 }],
            writeConcernError: { code: 64, errmsg: 'user1@example.com' },
            ok: 1,
          }
    const insert = { insert: 'people', documents: [{ a: 1 }], $db: 'shop' }
    expect(JSON.stringify(await (await signedIn('adam')).ask(insert))).toContain('user1@')
    const masked = await (await signedIn('ann')).ask(insert)
    expect(masked.writeErrors).toMatchObject([{ index: 0, code: 11000 }])
    expect(JSON.stringify(masked)).not.toContain('user1@')
  })
  test('95 a state change upstream is no state change of ours', async () => {
    for (const code of [91, 189, 10107, 11600, 11602, 13435, 13436]) {
      fixture.upstream.answer = (document) =>
        document.find === undefined
          ? undefined
          : { ok: 0, code, codeName: 'NotPrimary', errmsg: 'not master' }
      expect(await open(await signedIn())).toEqual({
        ok: 0,
        code: 6,
        codeName: 'HostUnreachable',
        errmsg: 'the database cannot be reached just now',
      })
    }
    expect(outcomes(fixture.stage).at(-1)).toBe('find failed')
  })
  test('38 fields that no plan lists are left out', async () => {
    const client = await signedIn()
    fixture.upstream.answer = (document) =>
      document.find === undefined
        ? undefined
        : {
            cursor: { firstBatch: [], id: Long.ZERO, ns: 'shop.people', host: 'db-1.internal' },
            $configServerState: { opTime: 1 },
            topologyVersion: { processId: 1 },
            $clusterTime: { clusterTime: 1 },
            ok: 1,
          }
    expect(Object.keys(await open(client))).toEqual(['cursor', '$clusterTime', 'ok'])
    expect(JSON.stringify(await open(client))).not.toContain('internal')
  })
})

test('96 no refusal is tried again by a driver', async () => {
  const client = new MongoClient(fixture.url('gil'))
  const refused = () => outcomes(fixture.stage).filter((line) => line.endsWith('refused')).length
  try {
    const vault = client.db('shop').collection('vault')
    for (const attempt of [
      () => vault.findOne({}),
      () => vault.insertOne({ a: 1 }),
      () => vault.updateMany({}, { $set: { a: 1 } }),
      () => client.db('shop').command({ nosuch: 1 }),
    ]) {
      const before = refused()
      await expect(attempt()).rejects.toMatchObject({ ok: 0 })
      expect(refused()).toBe(before + 1)
    }
    await expect(vault.bulkWrite([{ insertOne: { document: { a: 1 } } }])).rejects.toThrow(/not authorized/)
  } finally {
    await client.close()
  }
})
