import { Binary, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId } from 'bson'
import { array, assert, constantFrom, property, record, tuple } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readOpMsg, writeOpMsg } from '../messages/index.js'
import { CATALOG, command } from './fixture.js'
import { planKey } from './plan-key.js'
import { createReader, readCommand } from './reader.js'

const VALUES: readonly unknown[] = [
  null,
  undefined,
  '',
  'x',
  '***',
  '***12',
  'a***',
  'é***',
  'p_abcdefghijklmnop',
  'P_abcdefghijklmnop',
  '"***"',
  '$ssn',
  '$$ROOT',
  true,
  false,
  0,
  1,
  -1,
  new Int32(7),
  new Double(7),
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Long.fromNumber(7),
  Decimal128.fromString('0'),
  new Date(5),
  new ObjectId('0123456789abcdef01234567'),
  new Binary(Buffer.alloc(3)),
  new MinKey(),
  new MaxKey(),
  /^a/,
  [],
  [null],
  [1, 'x', null],
  ['***'],
  [{}],
  {},
  { a: 1 },
  { $eq: 1 },
  { $gt: 1 },
  { $gt: Number.NaN },
  { $gte: Number.NEGATIVE_INFINITY },
  { $in: [1, 2, 3] },
  { $in: [1, null] },
  { $in: ['x'] },
  { $exists: false },
  { $ne: null },
  { $ne: 1 },
  { $regex: 'x' },
  { $elemMatch: { b: 1 } },
]

const value = constantFrom(...VALUES)
const field = constantFrom('ssn', 'age', 'note', 'address.city', '$expr', '$comment', '$where')
const small = record({
  one: tuple(field, value),
  two: tuple(field, value),
  flag: constantFrom<unknown>(true, false, 1, 0, 5),
})

const bodies = small.map(({ one: [a, x], two: [b, y], flag }) => {
  const filter = { [a]: x, [b]: y }
  return [
    { find: 'customers', filter, limit: flag, sort: { age: 1 } },
    { find: 'customers', filter: {}, projection: { note: x, ssn: flag } },
    { count: 'customers', query: filter, skip: flag },
    { aggregate: 'customers', pipeline: [{ $match: filter }, { $limit: flag }, { $project: { x: y } }] },
    { aggregate: 'customers', pipeline: [{ $facet: { a: [{ $match: filter }] } }] },
    { insert: 'customers', documents: [{ a: x, d: { b: y } }] },
    { insert: 'customers', documents: [{ a: x }, { a: y }] },
    { update: 'customers', updates: [{ q: filter, u: { $set: { note: x, ssn: y } }, multi: flag }] },
    { update: 'customers', updates: [{ q: {}, u: { note: x, name: y }, upsert: flag }] },
    { update: 'customers', updates: [{ q: {}, u: [{ $set: { note: x } }] }] },
    {
      update: 'customers',
      updates: [{ q: {}, u: { $push: { tags: { $each: [x, y] } }, $rename: { name: y } } }],
    },
    { delete: 'customers', deletes: [{ q: filter, limit: flag }] },
    {
      findAndModify: 'customers',
      query: filter,
      update: { $inc: { age: x } },
      new: flag,
      fields: { ssn: y },
    },
  ]
})

const NO_HEADER = { requestId: 1, responseTo: 0, flags: 0 }

/** Everything that a caller could see of it, but how long the command was. */
function seen(body: object, sequences: Parameters<typeof command>[1] = {}): string {
  const found = readCommand(command(body, sequences), { catalog: CATALOG })
  return JSON.stringify({ ...found, statement: { ...found.statement, bytes: 0 } }, (_, each) =>
    each instanceof Map || each instanceof Set ? [...each] : each,
  )
}

describe('keys of plans', () => {
  test('R5 commands of one key are read alike, whatever stands in them', () => {
    const known = new Map<string, string>()
    assert(
      property(bodies, (all) => {
        for (const body of all) {
          const key = planKey(command(body))
          if (key === undefined) continue
          const now = seen(body)
          const before = known.get(key)
          if (before !== undefined) expect(now).toBe(before)
          known.set(key, now)
        }
      }),
      { numRuns: 250 },
    )
    expect(known.size).toBeGreaterThan(300)
  })

  test.each<[object, object]>([
    [
      { find: 'customers', filter: { _id: 1 } },
      { find: 'customers', filter: { _id: 2 } },
    ],
    [
      { find: 'customers', filter: { a: { $in: [1] } } },
      { find: 'customers', filter: { a: { $in: [1, 2, 3] } } },
    ],
    [
      { find: 'customers', limit: 4, lsid: { id: 1 } },
      { find: 'customers', limit: 5, lsid: { id: 2 } },
    ],
    [
      { insert: 'orders', documents: [{ a: 'x' }] },
      { insert: 'orders', documents: [{ a: 'y' }] },
    ],
  ])('%j and %j share a plan', (one, other) => {
    const { read } = createReader()
    const of = (body: object) => read(command(body), { catalog: CATALOG })
    expect(of(one)).toBe(of(other))
  })

  test.each<[object, object]>([
    [{ find: 'customers' }, { find: 'orders' }],
    [
      { find: 'customers', lsid: 1 },
      { find: 'customers', lsid: 1, shardVersion: 1 },
    ],
    [
      { insert: 'orders', documents: [{ a: 'x' }] },
      { insert: 'orders', documents: [{ a: '***' }] },
    ],
    [
      { find: 'customers', filter: { a: 1 } },
      { find: 'customers', filter: { a: '1' } },
    ],
    [
      { find: 'customers', projection: { a: '$name' } },
      { find: 'customers', projection: { a: '$email' } },
    ],
  ])('%j and %j do not', (one, other) => {
    expect(planKey(command(one))).not.toBe(planKey(command(other)))
  })

  test('R5 sequences of one key are read alike, however many documents they have', () => {
    const body = { insert: 'customers' }
    const documents = constantFrom(...VALUES.flatMap((each) => [{ a: each }, { a: 1, d: { b: each } }, {}]))
    const known = new Map<string, string>()
    let met = 0
    assert(
      property(array(array(documents, { maxLength: 2 }), { maxLength: 3 }), (runs) => {
        // Runs, so that neighbours are often alike.
        const list = runs.flatMap((run) => run.flatMap((each) => [each, each, each].slice(0, 1 + run.length)))
        const key = planKey(command(body, { documents: list })) ?? ''
        const now = seen(body, { documents: list })
        const before = known.get(key)
        if (before !== undefined) met += 1
        expect(now).toBe(before ?? now)
        known.set(key, now)
      }),
      { numRuns: 2000 },
    )
    expect(known.size).toBeGreaterThan(300)
    expect(met).toBeGreaterThan(50)
  })

  test('R5 documents that a message marks as of one form have the key that they have without the mark', () => {
    const documents = constantFrom(
      ...VALUES.flatMap((each) => [{ a: each }, { a: 1, d: { b: each } }, { n: [each, each] }, {}]),
    )
    let marked = 0
    assert(
      property(array(documents, { maxLength: 6 }), constantFrom(1, 2, 3), (made, times) => {
        const stored = made.flatMap((each) => Array<object>(times).fill(each))
        const plain = command({ insert: 'customers' }, { documents: stored })
        const frame = writeOpMsg({ ...NO_HEADER, body: plain.body, sequences: plain.sequences })
        const { sequences } = readOpMsg(frame)
        for (const { again } of sequences.get('documents') ?? []) if (again === true) marked += 1
        expect(planKey({ ...plain, sequences })).toBe(planKey(plain))
      }),
      { numRuns: 2000 },
    )
    expect(marked).toBeGreaterThan(500)
  })

  test('many documents of one form are worth keeping, and one is not as two', () => {
    const form = { name: 'x', address: { city: 'y', lines: ['z'] }, note: 'w'.repeat(100), n: 1, tags: ['a'] }
    const keyOf = (documents: readonly object[]) => planKey(command({ insert: 'customers' }, { documents }))
    const many = (count: number) => Array.from({ length: count }, (_, at) => ({ ...form, n: at }))
    expect(keyOf(many(1000))).toBeDefined()
    expect(keyOf(many(1000))).toBe(keyOf(many(2)))
    expect(keyOf(many(1))).not.toBe(keyOf(many(2)))
    expect(keyOf([...many(2), { b: 1 }])).not.toBe(keyOf(many(3)))
    expect(keyOf([...many(2), { b: 1 }])).not.toBe(keyOf([...many(1), { b: 1 }]))
    expect(keyOf([...many(2), { ...form, note: '***' }])).not.toBe(keyOf(many(3)))
  })

  test('R5 a getMore is read once, and each goes on with its own cursor', () => {
    const { read } = createReader()
    const body = { getMore: Long.fromNumber(1), collection: 'orders', batchSize: 5, lsid: { id: 1 } }
    const of = (more: object, database?: string) =>
      read(command({ ...body, ...more }, {}, database), { catalog: CATALOG })
    const first = of({})
    for (const id of ['2', '-9223372036854775808', '9223372036854775807']) {
      const next = of({ getMore: Long.fromString(id), batchSize: 7, lsid: { id: 2 } })
      expect(next).toEqual({ ...first, cursors: [BigInt(id)] })
      expect(next.statement).toBe(first.statement)
      expect(next.statement).toEqual(
        readCommand(command({ ...body, getMore: Long.fromString(id) }), { catalog: CATALOG }).statement,
      )
    }
    expect(of({ collection: 'customers' })).toMatchObject({ collection: 'customers', cursors: [1n] })
    expect(of({}, 'other').statement).not.toBe(first.statement)
    for (const odd of [{ getMore: 1 }, { getMore: new Double(1) }, { limit: 1 }, { collection: 1 }])
      expect(of(odd).kind).toBe('unreadable')
  })

  test('another database and another state of the catalog have plans of their own', () => {
    const { read } = createReader()
    const body = { find: 'customers' }
    const first = read(command(body), { catalog: CATALOG })
    expect(read(command(body, {}, 'other'), { catalog: CATALOG })).not.toBe(first)
    expect(read(command(body), { catalog: { ...CATALOG } })).not.toBe(first)
  })
})
