/** Masked values that come back: written, they would destroy what they stand for; asked for, they are nobody's (rows 93, 94). */
import { type Document, Long, ObjectId } from 'bson'
import { MongoClient } from 'mongodb'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Fixture, startFixture, wirePolicy } from './fixture.js'
import { connectRaw, type RawClient, signIn } from './raw-client.js'

const RULES = (mask: string, fields: string, probing = 'lookup') => `apiVersion: gatehouse/v1
kind: Policy
metadata: {name: values, owner: tests}
rules:
  - {name: hidden, effect: mask, fields: ["${fields}"], with: ${mask}, probing: ${probing}, unless: '"admins" in identity.groups'}
`

let fixture: Fixture
const clients: RawClient[] = []
beforeAll(async () => {
  fixture = await startFixture({ maskingKey: Buffer.alloc(32, 5) })
})
afterAll(() => fixture.close())
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
})

async function signedIn(user: string): Promise<RawClient> {
  const client = await connectRaw({ port: fixture.stage.port })
  clients.push(client)
  await signIn(client, user)
  return client
}
const written = () =>
  fixture.upstream
    .names()
    .filter((name) => /^(insert|update|delete|findAndModify|bulkWrite|aggregate)$/.test(name))

describe.each(['redact', 'partial', 'pseudonym'])('93 who has read a masked value (%s)', (mask) => {
  const people = [{ _id: 1, email: 'ada@engine.example', city: 'Rome' }]
  beforeEach(() => {
    fixture.upstream.data.set('shop.people', people)
    fixture.stage.usePolicy(wirePolicy(RULES(mask, 'shop.people.email', 'allow')))
  })

  test('93 cannot store it, by whatever command', async () => {
    const ann = await signedIn('ann')
    const { cursor } = await ann.ask({ find: 'people', $db: 'shop' })
    const [read] = cursor.firstBatch as Document[]
    const { email } = read as Document
    expect(email).not.toBe('ada@engine.example')
    const before = written()
    const commands: readonly Document[] = [
      { update: 'people', updates: [{ q: { _id: 1 }, u: { ...read, city: 'Oslo' } }] },
      { update: 'people', updates: [{ q: { _id: 1 }, u: { $set: { email } } }] },
      { update: 'people', updates: [{ q: { _id: 1 }, u: { $set: { email: 'own@value.example' } } }] },
      { update: 'people', updates: [{ q: { _id: 1 }, u: [{ $set: { email } }] }] },
      { update: 'people', updates: [{ q: { _id: 9 }, u: { $setOnInsert: { email } }, upsert: true }] },
      { update: 'people', updates: [{ q: { _id: 1 }, u: { $unset: { email: '' } } }] },
      { insert: 'people', documents: [read] },
      { findAndModify: 'people', query: { _id: 1 }, update: read },
      { findAndModify: 'people', query: { _id: 1 }, update: { $set: { email } }, new: true },
      {
        bulkWrite: 1,
        ops: [{ insert: 0, document: read }],
        nsInfo: [{ ns: 'shop.people' }],
      },
      {
        aggregate: 'people',
        pipeline: [{ $set: { email } }, { $merge: { into: 'people' } }],
        cursor: {},
      },
    ]
    for (const command of commands) {
      const reply = await ann.ask({ ...command, $db: command.bulkWrite === undefined ? 'shop' : 'admin' })
      expect(reply, JSON.stringify(command)).toMatchObject({ ok: 0, code: 13 })
      expect(reply.errInfo.gatehouse.code, JSON.stringify(command)).toMatch(/^GH_(FLOW|PROBING)$/)
    }
    expect(written()).toEqual(before)
    expect(
      await ann.ask({
        update: 'people',
        updates: [{ q: { _id: 1 }, u: { $set: { city: 'Oslo' } } }],
        $db: 'shop',
      }),
    ).toMatchObject({ ok: 1 })
  })
})

describe('94 an _id that is shown as a pseudonym', () => {
  const ids = [new ObjectId(), 'customer-1', 4711, Long.fromNumber(5), new ObjectId()]
  beforeEach(() => {
    fixture.upstream.data.set(
      'shop.people',
      ids.map((_id, n) => ({ _id, n })),
    )
    fixture.stage.usePolicy(wirePolicy(RULES('pseudonym', 'shop.people._id')))
  })

  test('94 is the same in every batch, list and session, and of the type that a driver keys by', async () => {
    const seen: unknown[][] = []
    for (let round = 0; round < 2; round++) {
      const ann = await signedIn('ann')
      const { cursor } = await ann.ask({ find: 'people', batchSize: 2, $db: 'shop' })
      const more = await ann.ask({ getMore: cursor.id, collection: 'people', $db: 'shop' })
      seen.push([...cursor.firstBatch, ...more.cursor.nextBatch].map(({ _id }: Document) => _id))
    }
    expect(seen[0]).toEqual(seen[1])
    const [first = []] = seen
    expect(new Set(first.map(String)).size).toBe(ids.length)
    expect(first[0]).toBeInstanceOf(ObjectId)
    expect(first[1]).toMatch(/^p_[a-z2-7]{16}$/)
    for (const [at, id] of ids.entries()) expect(String(first[at])).not.toBe(String(id))
  })

  test('94 finds nothing when it is asked for, is not taken for an id, and is never stored', async () => {
    const client = new MongoClient(fixture.url('ann'))
    try {
      const people = client.db('shop').collection('people')
      const shown = await people.find({}).toArray()
      for (const { _id } of shown) expect(await people.findOne({ _id })).toBeNull()
      for (const order of [{ _id: { $gt: shown[0]?._id } }, { _id: { $in: [shown[0]?._id, ids[0]] } }])
        await expect(people.find(order as Document).toArray()).rejects.toMatchObject({ code: 13 })
      const before = written().length
      await expect(people.insertOne({ ...shown[1] } as Document)).rejects.toMatchObject({ code: 13 })
      await expect(people.replaceOne({ n: 1 }, { ...shown[1] } as Document)).rejects.toMatchObject({
        code: 13,
      })
      expect(written()).toHaveLength(before)
      // Whoever has the id by another way may look it up, and gets the pseudonym with what stands there.
      expect(await people.findOne({ _id: ids[1] as never })).toEqual({ _id: shown[1]?._id, n: 1 })
    } finally {
      await client.close()
    }
  })
})
