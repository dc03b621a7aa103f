import { createHash } from 'node:crypto'
import { Decimal128, Double, Int32, Long } from 'bson'
import { describe, expect, test } from 'vitest'
import { command, read, statement } from './fixture.js'
import { digestsOf } from './shape.js'

const of = (body: object, sequences?: Record<string, readonly object[]>) =>
  digestsOf(command(body, sequences), (text) => createHash('sha256').update(text, 'utf8').digest('hex'))
const find = (filter: object, more: object = {}) => of({ find: 'customers', filter, ...more })

describe('99 digests', () => {
  test.each<[object, object]>([
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [{ a: 1 }, { a: { $eq: 1 } }],
    [{ a: 1 }, { $and: [{ a: 1 }] }],
    [{ a: 1, b: 2 }, { $and: [{ b: 2 }, { $and: [{ a: 1 }] }] }],
    [{ a: { $gt: 1, $lt: 3 } }, { a: { $lt: 3, $gt: 1 } }],
    [{ $or: [{ a: 1 }, { b: 1 }] }, { $or: [{ b: 1 }, { a: 1 }] }],
    [{ a: { $in: [1, 2] } }, { a: { $in: [2, 1, 1] } }],
  ])('%j asks the same as %j', (one, other) => {
    expect(find(one)).toEqual(find(other))
  })

  test.each<[object, object]>([
    [{ a: 1 }, { a: 2 }],
    [{ a: 'x' }, { a: 'y' }],
    [{ a: new Int32(5) }, { a: new Double(5) }],
    [{ a: Long.fromNumber(5) }, { a: Decimal128.fromString('5') }],
    [{ a: { $in: [1, 2] } }, { a: { $in: [1, 2, 3] } }],
    [{ a: { b: 1 } }, { a: { b: 2 } }],
    [{ $expr: { $eq: ['$a', 1] } }, { $expr: { $eq: ['$a', 2] } }],
    [{ $where: 'this.a == 1' }, { $where: 'this.a == 2' }],
  ])('%j differs from %j in its literals alone', (one, other) => {
    expect(find(one).shape).toBe(find(other).shape)
    expect(find(one).exact).not.toBe(find(other).exact)
  })

  test.each<[object, object]>([
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: 'x' }],
    [{ a: 1 }, { a: { $gt: 1 } }],
    [{ a: { b: 1, c: 2 } }, { a: { c: 2, b: 1 } }],
    [{ a: { $exists: true } }, { a: { $exists: false } }],
    [{ $or: [{ a: 1 }] }, { a: 1 }],
    [{ $expr: { $eq: ['$a', '$b'] } }, { $expr: { $eq: ['$a', '$c'] } }],
    [{ $expr: { $subtract: ['$a', '$b'] } }, { $expr: { $subtract: ['$b', '$a'] } }],
    [{ $where: 'a' }, { a: 'a' }],
  ])('%j has another shape than %j', (one, other) => {
    expect(find(one).shape).not.toBe(find(other).shape)
  })

  test('sorts keep their order, projections have none', () => {
    expect(find({}, { sort: { a: 1, b: 1 } }).shape).not.toBe(find({}, { sort: { b: 1, a: 1 } }).shape)
    expect(find({}, { sort: { a: 1 } }).shape).not.toBe(find({}, { sort: { a: -1 } }).shape)
    expect(find({}, { projection: { a: 1, b: 1 } })).toEqual(find({}, { projection: { b: 1, a: true } }))
    expect(find({}, { projection: { a: 1 } }).shape).not.toBe(find({}, { projection: { a: 0 } }).shape)
  })

  test('a limit counts as none, one or many', () => {
    expect(find({}, { limit: 5 }).shape).toBe(find({}, { limit: 7 }).shape)
    expect(find({}, { limit: 1 }).shape).not.toBe(find({}, { limit: 7 }).shape)
  })

  test('what says how to send the answer is left out', () => {
    expect(find({}, { batchSize: 5, comment: 'x', maxTimeMS: 9, lsid: { id: 1 } })).toEqual(find({}))
  })

  test('stages keep their order, and what they read is no literal', () => {
    const pipe = (...pipeline: object[]) => of({ aggregate: 'customers', pipeline }).shape
    expect(pipe({ $limit: 1 }, { $skip: 1 })).not.toBe(pipe({ $skip: 1 }, { $limit: 1 }))
    expect(pipe({ $unionWith: 'a' })).not.toBe(pipe({ $unionWith: 'b' }))
    expect(pipe({ $lookup: { from: 'a' } })).not.toBe(pipe({ $lookup: { from: 'b' } }))
    expect(pipe({ $match: { a: 1 } })).toBe(pipe({ $match: { a: 2 } }))
    expect(pipe({ $group: { _id: '$a' } })).not.toBe(pipe({ $group: { _id: '$b' } }))
  })

  test('14 a section of its own or the body: the same', () => {
    const documents = [{ a: 1 }]
    expect(of({ insert: 'orders' }, { documents })).toEqual(of({ insert: 'orders', documents }))
    const updates = [{ q: { b: 1, a: 1 }, u: { $set: { x: 1, y: 1 } } }]
    expect(of({ update: 'orders' }, { updates })).toEqual(
      of({ update: 'orders', updates: [{ q: { a: 1, b: 1 }, u: { $set: { y: 1, x: 1 } } }] }),
    )
  })

  test('aliases are one command', () => {
    expect(of({ findandmodify: 'x', query: {} })).toEqual(of({ findAndModify: 'x', query: {} }))
  })
})

describe('100 what an approval would be bound to', () => {
  const write = (note: string, more: object = {}) =>
    of({ update: 'orders', updates: [{ q: { _id: 1 }, u: { $set: { note } } }], ...more }).exact
  test('100 the bytes: one literal more or less is another', () => {
    expect(write('a')).toBe(write('a'))
    expect(write('a')).not.toBe(write('b'))
    expect(find({ a: 1 }).exact).not.toBe(find({ a: Long.fromNumber(1) }).exact)
    expect(find({ a: 1 }, { limit: 5 }).exact).not.toBe(find({ a: 1 }, { limit: 6 }).exact)
    expect(of({ delete: 'orders', deletes: [{ q: { a: 1 }, limit: 1 }] }).exact).not.toBe(
      of({ delete: 'orders', deletes: [{ q: { a: 1 }, limit: 0 }] }).exact,
    )
  })
  test('100 a driver that tries the same write again asks the same', () => {
    const session = {
      lsid: { id: Buffer.alloc(16, 1) },
      txnNumber: Long.fromNumber(7),
      $clusterTime: { clusterTime: 1 },
    }
    expect(write('a', session)).toBe(write('a', { ...session, $clusterTime: { clusterTime: 2 } }))
    expect(write('a', session)).toBe(write('a'))
  })
})

describe('R26 texts', () => {
  const SECRET = 'hunter2-4711'
  test.each<[object, string]>([
    [
      { find: 'customers', filter: { email: SECRET, age: { $gt: 4711 } }, sort: { age: 1 } },
      'shop.customers.find({ filter: { email: "?", age: { $gt: ? } }, sort: { age: 1 } })',
    ],
    [
      { find: 'customers', filter: { a: { $in: [SECRET, 'x'] }, $expr: { $eq: ['$a', SECRET] } } },
      'shop.customers.find({ filter: { a: { $in: ["?"] }, $expr: { $eq: ["$a", "?"] } } })',
    ],
    [{ find: 'customers', filter: { a: `$${SECRET}` } }, 'shop.customers.find({ filter: { a: "?" } })'],
    [
      { insert: 'orders', documents: [{ a: SECRET }, { a: 'y' }] },
      'shop.orders.insert({ documents: [{ a: "?" }, …] })',
    ],
    [
      { update: 'orders', updates: [{ q: { a: SECRET }, u: { $set: { b: SECRET } }, multi: true }] },
      'shop.orders.update({ updates: [{ q: { a: "?" }, u: { $set: { b: "?" } }, multi: true }] })',
    ],
    [
      {
        aggregate: 'orders',
        pipeline: [{ $match: { a: `$${SECRET}` } }, { $project: { x: { $concat: ['$a', SECRET] } } }],
      },
      'shop.orders.aggregate({ pipeline: [{ $match: { a: "?" } }, { $project: { x: { $concat: ["$a", "?"] } } }] })',
    ],
    [
      { explain: { find: 'customers', filter: { ssn: SECRET } }, verbosity: 'queryPlanner' },
      'shop.explain(shop.customers.find({ filter: { ssn: "?" } }), { verbosity: "queryPlanner" })',
    ],
    [{ find: 'customers', comment: SECRET, filter: {} }, 'shop.customers.find({ filter: {} })'],
    [{ createUser: 'u', pwd: SECRET }, 'shop.createUser()'],
    [{ nosuch: 1, a: SECRET }, 'shop.nosuch({ a: "?" })'],
    [{ saslStart: 1, payload: SECRET }, 'shop.saslStart()'],
    [
      { update: 'orders', updates: [{ q: {}, u: { pin: `$${SECRET}`, $set: { x: `$${SECRET}` } } }] },
      'shop.orders.update({ updates: [{ q: {}, u: { pin: "?", $set: { x: "?" } } }] })',
    ],
    [
      { findAndModify: 'orders', query: { a: SECRET }, update: { $set: { x: `$${SECRET}` } } },
      'shop.orders.findAndModify({ query: { a: "?" }, update: { $set: { x: "?" } } })',
    ],
    [
      {
        createIndexes: 'orders',
        indexes: [{ key: { a: 1 }, partialFilterExpression: { a: { $gt: 4711 } } }],
      },
      'shop.orders.createIndexes({ indexes: [{ key: { a: 1 }, partialFilterExpression: { a: { $gt: ? } } }] })',
    ],
    [
      { find: 'orders', projection: { items: { $elemMatch: { sku: `$${SECRET}`, qty: 4711 } } } },
      'shop.orders.find({ projection: { items: { $elemMatch: { sku: "?", qty: ? } } } })',
    ],
  ])('of %j no literal is left', (body, expected) => {
    const found = statementOf(body)
    expect(found).toBe(expected)
    expect(found).not.toContain(SECRET)
    expect(found).not.toContain('4711')
  })

  test('are bounded, whatever the command', () => {
    const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`field${at}`, at]))
    expect(statement({ find: 'orders', filter: wide }).text.length).toBeLessThan(4200)
  })
})

function statementOf(body: object): string {
  return read(body).statement.text
}
