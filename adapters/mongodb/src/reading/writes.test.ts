import { describe, expect, test } from 'vitest'
import { actions, outputs, read, sayAction, statement } from './fixture.js'

const update = (u: unknown, more: object = {}) => ({
  update: 'customers',
  updates: [{ q: { _id: 1 }, u, ...more }],
})
const written = (u: unknown, more?: object) =>
  actions(update(u, more)).find((each) => each.startsWith('update')) ?? ''

describe('writes', () => {
  test.each<[unknown, string]>([
    [[{ $set: { 'address.zip': 1 } }], 'address:zip: written'],
    [[{ $set: { address: { zip: 1 } } }], 'address:zip: written'],
    [[{ $replaceWith: { $mergeObjects: ['$$ROOT', { seen: true }] } }], 'seen: written'],
    [[{ $set: { ssn: '$ssn', seen: true } }], 'seen: written'],
    [[{ $set: { ssn: { $let: { vars: { s: '$ssn' }, in: '$$s' } }, seen: true } }], 'seen: written'],
  ])('what %j does not name stays as it was', (u, expected) => {
    expect(written(u)).toBe(`update shop.customers (${expected})`)
  })

  test.each<[object]>([
    [{ ssn: 'x' }],
    [{ ssn: { $gt: '', $eq: 'x' } }],
    [{ ssn: { $in: ['x'] } }],
    [{ ssn: { $not: { $ne: 'x' } } }],
    [{ $or: [{ ssn: 'x' }] }],
    [{ $and: [{ $or: [{ ssn: { $eq: 'x' } }] }] }],
    [{ ssn: { $ref: 'a', $id: 1 } }],
  ])('an upsert by %j stores what it asks to be equal', (q) => {
    const upsert = { update: 'customers', updates: [{ q, u: { $set: { age: 1 } }, upsert: true }] }
    expect(actions(upsert).find((each) => each.startsWith('insert'))).toContain('ssn: written')
  })

  test('names of list elements are found in one pass, however long the path is', () => {
    const path = 'a.$[x'.padEnd(900_000, '.$[x')
    const more = { arrayFilters: [{ x: 1 }] }
    expect(read(update({ $set: { [path]: 1 } }, more)).kind).toBe('unreadable')
  })

  test('R19 insert writes every name on every level', () => {
    const documents = [
      { _id: 1, email: 'x', deep: { ssn: '2', list: [{ a: 1 }, { b: [{ c: 1 }] }] } },
      { other: 1 },
    ]
    expect(actions({ insert: 'customers', documents })).toEqual([
      'insert shop.customers (_id: written · email: written · deep: written · deep:ssn: written · deep:list: written · deep:list.a: written · deep:list.b: written · deep:list.b.c: written · other: written)',
    ])
  })

  test.each(['***', '***1234', 'p_abcdefghijklmnop', 'a***', '***@example.org', '"***"'])(
    'R19 the mask %s is told among values, however deep',
    (mask) => {
      expect(actions({ insert: 'orders', documents: [{ a: { b: [{ c: mask }] } }] })[0]).toContain(
        'a:b.c: written issued',
      )
      expect(actions({ insert: 'orders', documents: [{ a: [mask] }] })[0]).toContain('a: written issued')
      expect(written({ $set: { name: mask } })).toContain('name: written issued')
      expect(written({ $push: { tags: { $each: [mask] } } })).toContain('tags: written issued')
    },
  )

  test.each<[unknown, string]>([
    [{ $set: { 'address.city': 'x' } }, 'address:city: written'],
    [{ $set: { 'cards.0.iban': 'x' } }, 'cards:iban: written'],
    [{ $set: { 'cards.$.iban': 'x' } }, 'cards:iban: written'],
    [{ $set: { 'cards.$[].iban': 'x' } }, 'cards:iban: written'],
    [{ $set: { 'cards.$[c].iban': 'x' } }, 'cards:iban: written'],
    [{ $set: { address: { zip: 1 } } }, 'address:zip: written'],
    [{ $set: { address: 1 } }, 'address:city: written'],
    [{ $unset: { ssn: '' } }, 'ssn: written'],
    [{ $unset: { address: '' } }, 'address:city: written'],
    [{ $inc: { age: 1 } }, 'age: written'],
    [{ $currentDate: { age: true } }, 'age: written'],
    [{ $setOnInsert: { ssn: 'x' } }, 'ssn: written'],
    [{ $pop: { cards: 1 } }, 'cards:iban: written'],
    [{ $bit: { age: { and: 1 } } }, 'age: written'],
    [{ $rename: { ssn: 'note' } }, 'ssn: written'],
    [{ $rename: { ssn: 'note' } }, 'note: written <customers.ssn'],
    [{ $rename: { address: 'note' } }, 'note:city: written <customers.address:city'],
    [{ name: 'replaced' }, 'ssn: written'],
    [[{ $set: { note: '$ssn' } }], 'note: written <customers.ssn'],
    [[{ $set: { note: { $concat: ['$ssn', 'x'] } } }], 'note: written'],
    [[{ $unset: 'ssn' }], 'ssn: written'],
    [[{ $replaceWith: { name: '$name' } }], 'ssn: written'],
    [[{ $project: { name: 1 } }], 'ssn: written'],
    // What may stand there instead was written, also where the field itself may.
    [[{ $set: { ssn: { $cond: [true, 'x', '$ssn'] } } }], 'ssn: written'],
    [[{ $set: { ssn: { $ifNull: ['$ssn', 'x'] } } }], 'ssn: written'],
    [[{ $set: { ssn: { $cond: [true, '$$REMOVE', '$ssn'] } } }], 'ssn: written'],
    [
      // biome-ignore lint/suspicious/noThenProperty: the operator's own argument
      [{ $set: { ssn: { $switch: { branches: [{ case: true, then: 'x' }], default: '$ssn' } } } }],
      'ssn: written',
    ],
    [[{ $set: { age: { $max: ['$age', 99] } } }], 'age: written'],
    [[{ $set: { tags: { $slice: ['$tags', 1] } } }], 'tags: written'],
    [[{ $set: { tags: { $filter: { input: '$tags', cond: false } } } }], 'tags: written'],
    [[{ $set: { tags: { $reverseArray: '$tags' } } }], 'tags: written'],
    [[{ $set: { tags: { $sortArray: { input: '$tags', sortBy: 1 } } } }], 'tags: written'],
    [[{ $set: { tags: { $map: { input: '$tags', in: '$$this' } } } }], 'tags: written'],
    [[{ $set: { tags: { $concatArrays: ['$tags', '$tags'] } } }], 'tags: written'],
    [[{ $replaceWith: { $mergeObjects: ['$$ROOT', { ssn: 'x' }] } }], 'ssn: written'],
    [[{ $replaceWith: { $mergeObjects: [{ ssn: 'x' }, '$$ROOT'] } }], 'ssn: written'],
    [[{ $replaceWith: { $cond: [true, {}, '$$ROOT'] } }], '(unknown)'],
    [[{ $replaceWith: { $ifNull: ['$$REMOVE', '$$ROOT'] } }], '(unknown)'],
    [[{ $replaceWith: { $setField: { field: 'ssn', input: '$$ROOT', value: 'x' } } }], 'ssn: written'],
    [[{ $set: { address: { $mergeObjects: ['$address', { city: 'x' }] } } }], 'address:city: written'],
    [[{ $set: { address: { $literal: { zip: 1 } } } }], 'address:city: written'],
    [[{ $set: { address: {} } }], 'address: written'],
    [[{ $set: { 'ssn.x': 1 } }], 'ssn: written'],
    [[{ $unset: 'ssn' }, { $set: { ssn: '$ssn' } }], 'ssn: written'],
    [[{ $unset: 'address' }, { $set: { 'address.zip': 1 } }], 'address:city: written'],
    [[{ $unset: 'ssn' }, { $replaceWith: { name: '$name', ssn: '$ssn' } }], 'ssn: written'],
  ])('%j: %s', (u, expected) => {
    expect(written(u)).toContain(expected)
  })

  test.each<[unknown, string]>([
    [{ $rename: { ssn: 'note' } }, 'ssn: flow >customers.note'],
    [{ $rename: { address: 'note' } }, 'address:city: flow >customers.note:city'],
    [{ $inc: { age: 1 } }, 'age: argument'],
    [{ $min: { ssn: 'x' } }, 'ssn: argument'],
    [{ $pull: { cards: { iban: 'x' } } }, 'cards:iban: lookup'],
    [{ $pull: { tags: { $gt: 'x' } } }, 'tags: filter'],
    [{ $push: { cards: { $each: [], $sort: { iban: 1 } } } }, 'cards:iban: order'],
    [[{ $set: { note: '$ssn' } }], 'ssn: flow >customers.note'],
    [[{ $set: { note: { $concat: ['$ssn', 'x'] } } }], 'ssn: flow'],
    [[{ $set: { x: '$ssn' } }, { $set: { note: '$x' } }, { $unset: 'x' }], 'ssn: flow >customers.note'],
    [[{ $set: { note: { $cond: [{ $gt: ['$ssn', '5'] }, 1, 0] } } }], 'ssn: filter flow'],
    [[{ $replaceWith: { $mergeObjects: ['$$ROOT', { note: '$ssn' }] } }], 'ssn: flow >customers.note'],
    [[{ $replaceWith: { all: '$$ROOT' } }], '(unknown)'],
  ])('73 %j reads what it moves: %s', (u, expected) => {
    expect(actions(update(u)).find((each) => each.startsWith('read'))).toContain(expected)
  })

  test('conditions on elements of lists are filters of the field that they stand for', () => {
    const more = { arrayFilters: [{ 'c.iban': { $gt: 'a' } }] }
    expect(actions(update({ $set: { 'cards.$[c].iban': 'x' } }, more))[1]).toContain('cards:iban: filter')
  })

  test('an upsert inserts as well, with what its filter names', () => {
    const found = actions({
      update: 'orders',
      updates: [{ q: { note: 'x', total: { $gt: 1 } }, u: { $set: { customer: 1 } }, upsert: true }],
    })
    expect(found).toContain('insert shop.orders (customer: written · note: written)')
  })

  test.each<[unknown]>([
    [{ $nope: { a: 1 } }],
    [{ $set: 1 }],
    [[{ $match: {} }]],
    [[{ $lookup: {} }]],
    [{ $set: { 'a..b': 1 } }],
    [{ $push: { a: { $each: [], $nope: 1 } } }],
  ])('%j is refused', (u) => {
    expect(read(update(u)).kind).toBe('unreadable')
  })

  test('101 an update of many without a filter is unfiltered; of one it is not', () => {
    const of = (more: object) =>
      actions({ update: 'orders', updates: [{ q: {}, u: { $set: { a: 1 } }, ...more }] })[0]
    expect(of({ multi: true })).toContain('unfiltered')
    expect(of({})).not.toContain('unfiltered')
    expect(of({ multi: 1 })).toContain('unfiltered')
  })

  test('one batch of several statements counts as the worst of them', () => {
    const deletes = [
      { q: { _id: 1 }, limit: 1 },
      { q: {}, limit: 0 },
    ]
    expect(actions({ delete: 'orders', deletes })[0]).toBe('delete shop.orders unfiltered')
  })

  test('findAndModify writes, reads, and shows the document', () => {
    const body = {
      findAndModify: 'customers',
      query: { ssn: 'x' },
      update: { $set: { age: 1 } },
      sort: { email: 1 },
    }
    expect(actions(body)).toEqual([
      'update shop.customers (age: written)',
      'read shop.customers (email: order · ssn: lookup)',
    ])
    expect(outputs(body)).toContain('ssn < customers.ssn')
    expect(outputs({ ...body, fields: { _id: 1 } })).toEqual(['_id < customers._id'])
    expect(actions({ findandmodify: 'customers', query: {}, remove: true })[0]).toBe('delete shop.customers')
  })

  test('bulkWrite is all of its operations, each on its own collection', () => {
    const body = {
      bulkWrite: 1,
      ops: [
        { insert: 0, document: { note: 'x' } },
        { update: 1, filter: { _id: 1 }, updateMods: { $set: { ssn: 'x' } } },
        { delete: 0, filter: {}, multi: true },
      ],
      nsInfo: [{ ns: 'shop.orders' }, { ns: 'other.customers' }],
    }
    expect(actions(body, 'admin')).toEqual([
      'insert shop.orders (note: written)',
      'update other.customers (ssn: written)',
      'read other.customers (_id: lookup)',
      'delete shop.orders unfiltered',
    ])
    expect(read({ ...body, nsInfo: [{ ns: 'shop.orders' }] }, {}, 'admin').kind).toBe('unreadable')
    const sections = read({ bulkWrite: 1 }, { ops: body.ops, nsInfo: body.nsInfo }, 'admin')
    expect(sections.statement.actions.map(sayAction)).toEqual(actions(body, 'admin'))
  })

  test.each<[object, readonly string[]]>([
    [
      { $merge: { into: 'copies' } },
      [
        'read shop.customers (ssn: flow >copies.x) unfiltered',
        'insert shop.copies (x: written <customers.ssn) unfiltered',
        'update shop.copies (x: written <customers.ssn) unfiltered',
      ],
    ],
    [
      { $merge: { into: { db: 'other', coll: 'copies' } } },
      [
        'read shop.customers (ssn: flow >copies.x) unfiltered',
        'insert other.copies (x: written <customers.ssn) unfiltered',
        'update other.copies (x: written <customers.ssn) unfiltered',
        'export other.copies unfiltered',
      ],
    ],
    [
      { $out: 'copies' },
      [
        'read shop.customers (ssn: flow >copies.x) unfiltered',
        'insert shop.copies (x: written <customers.ssn) unfiltered',
        'truncate shop.copies unfiltered',
        'create shop.copies unfiltered',
      ],
    ],
  ])('73 %j stores what the pipeline made', (stage, expected) => {
    const body = { aggregate: 'customers', pipeline: [{ $project: { _id: 0, x: '$ssn' } }, stage] }
    expect(actions(body)).toEqual(expected)
    expect(statement(body).uncounted).toBeDefined()
    expect(statement(body).outputs).toEqual([])
    expect(read(body)).toMatchObject({ writes: true })
  })

  test('whole documents that are stored elsewhere may hold anything', () => {
    for (const stage of [{ $merge: 'copies' }, { $out: 'copies' }]) {
      const found = actions({ aggregate: 'customers', pipeline: [stage] })
      expect(found.slice(0, 2).every((each) => each.includes('(unknown)'))).toBe(true)
    }
  })
})
