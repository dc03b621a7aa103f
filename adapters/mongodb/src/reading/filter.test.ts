import { BSONRegExp, Code, MaxKey, MinKey, ObjectId } from 'bson'
import { describe, expect, test } from 'vitest'
import { actions, read } from './fixture.js'

const filter = (query: object, more: object = {}) =>
  actions({ find: 'customers', filter: query, ...more })[0] ?? ''
const uses = (query: object, more?: object) => /\((.*)\)/.exec(filter(query, more))?.[1] ?? ''

describe('filters', () => {
  test.each<[object, string]>([
    [{ ssn: '1' }, 'ssn: lookup'],
    [{ ssn: { $eq: '1' } }, 'ssn: lookup'],
    [{ ssn: null }, 'ssn: lookup'],
    [{ ssn: { $ne: null } }, 'ssn: lookup'],
    [{ ssn: { $exists: true } }, 'ssn: lookup'],
    [{ $and: [{ ssn: '1' }, { age: 2 }] }, 'ssn: lookup · age: lookup'],
    [{ 'address.city': 'Bern' }, 'address:city: lookup'],
    [{ $expr: { $eq: ['$ssn', '1'] } }, 'ssn: lookup'],
    [{ $expr: { $eq: [{ $literal: '1' }, '$ssn'] } }, 'ssn: lookup'],
    // As Prisma asks.
    [
      { $expr: { $and: [{ $eq: ['$ssn', { $literal: '$1' }] }, { $ne: ['$ssn', '$$REMOVE'] }] } },
      'ssn: lookup',
    ],
  ])('R17 %j is a lookup', (query, expected) => {
    expect(uses(query)).toBe(expected)
  })

  test.each<[object]>([
    [{ ssn: { $gt: '1' } }],
    [{ ssn: { $in: ['1'] } }],
    [{ ssn: { $ne: '1' } }],
    [{ ssn: { $nin: ['1'] } }],
    [{ ssn: /^1/ }],
    [{ ssn: new BSONRegExp('^1') }],
    [{ ssn: { $regex: '^1' } }],
    [{ ssn: { $not: { $eq: '1' } } }],
    [{ ssn: { $type: 'string' } }],
    [{ ssn: { $size: 1 } }],
    [{ ssn: { $mod: [2, 0] } }],
    [{ ssn: ['1'] }],
    [{ ssn: { a: 1 } }],
    [{ ssn: { $eq: { a: 1 } } }],
    [{ ssn: { $all: ['1'] } }],
    [{ ssn: { $elemMatch: { $eq: '1' } } }],
    [{ $or: [{ ssn: '1' }] }],
    [{ $nor: [{ ssn: '1' }] }],
    [{ $or: [{ $and: [{ ssn: '1' }] }] }],
    [{ $nor: [{ $expr: { $eq: ['$ssn', '1'] } }] }],
    [{ $expr: { $or: [{ $eq: ['$ssn', '1'] }] } }],
    [{ $expr: { $eq: ['$ssn', ['1']] } }],
    [{ $expr: { $eq: ['$ssn', { $concat: ['1', ''] }] } }],
    [{ $expr: { $eq: [{ $toLower: '$ssn' }, '1'] } }],
    [{ $expr: { $eq: [{ $ifNull: ['$ssn', 1] }, '1'] } }],
    [{ $expr: { $ne: ['$ssn', null] } }],
    [{ $expr: { $gt: ['$ssn', '$$REMOVE'] } }],
    [{ $expr: { $eq: [{ $getField: 'ssn' }, '1'] } }],
    [{ $expr: { $let: { vars: { s: '$ssn' }, in: { $eq: ['$$s', '1'] } } } }],
    [{ $expr: { $eq: ['$$ROOT.ssn', '1'] } }],
    [{ $expr: { $eq: ['$$CURRENT.ssn', '1'] } }],
    [{ ssn: { $bitsAllSet: 1 } }],
    [{ ssn: { $near: [1, 2] } }],
  ])('R16 %j is a filter', (query) => {
    expect(uses(query)).toContain('ssn: filter')
    expect(uses(query)).not.toContain('lookup')
  })

  test('R16 with documents in a list their fields are compared, however deep they lie among constants', () => {
    const found = uses({ address: { $in: ['x', { city: 'Bern' }, [1, [{ zip: 3000 }]], 'y'] } })
    for (const each of ['address: filter', 'address:city: filter', 'address:zip: filter'])
      expect(found).toContain(each)
  })

  test('R17 several conditions on a field count as the worst of them', () => {
    expect(uses({ ssn: { $eq: '1', $gt: '0' } })).toBe('ssn: filter lookup')
  })

  test('R17 another collation finds more than the constant', () => {
    expect(uses({ email: 'A@B' }, { collation: { locale: 'en', strength: 1 } })).toBe('email: filter')
  })

  test('a place in a list is no name: what stands there is named without it', () => {
    expect(uses({ 'cards.0.iban': 'x' })).toContain('cards:iban: lookup')
  })

  test('a document that is compared is compared with all that stands in it', () => {
    expect(uses({ address: { city: 'Bern' } })).toBe(
      'address: filter · address:city: filter · address:phone: filter',
    )
    expect(uses({ cards: { $elemMatch: { iban: 'x' } } })).toBe('cards:iban: filter')
  })

  test.each<[object]>([
    [{ $where: 'this.ssn > 1' }],
    [{ $where: new Code('f') }],
    [{ $expr: { $function: { body: 'f', args: ['$age'], lang: 'js' } } }],
  ])('80 %j is opaque', (query) => {
    expect(actions({ find: 'customers', filter: query })).toContain('opaque server (unknown) unfiltered')
  })

  test.each<[object]>([
    [{ $text: { $search: 'x' } }],
    [{ $jsonSchema: { patternProperties: { '^s': { pattern: '1' } } } }],
    [{ $expr: { $eq: ['$$ROOT', 1] } }],
    [{ $expr: { $getField: { $concat: ['s', 'sn'] } } }],
  ])('%j can ask of any field', (query) => {
    expect(filter(query)).toContain('(unknown)')
  })

  test.each<[object]>([
    [{ $foo: 1 }],
    [{ a: { $foo: 1 } }],
    [{ a: { $gt: 1, b: 2 } }],
    [{ $and: {} }],
    [{ $expr: { $foo: 1 } }],
    [{ $expr: { $eq: ['$$nope', 1] } }],
    [{ $expr: { $eq: ['$$USER_ROLES', 1] } }],
  ])('%j is refused', (query) => {
    expect(read({ find: 'customers', filter: query }).kind).toBe('unreadable')
  })

  test.each<[object]>([
    [{}],
    [{ $and: [{}] }],
    [{ $or: [{}, { a: 1 }] }],
    [{ $expr: true }],
    [{ _id: { $exists: true } }],
    [{ _id: { $ne: null } }],
    [{ _id: { $ne: 5 } }],
    [{ _id: { $gte: new MinKey() } }],
    [{ a: { $gte: Number.NEGATIVE_INFINITY } }],
    [{ a: { $nin: [] } }],
    [{ a: /.*/ }],
    [{ a: { $regex: '' } }],
    [{ $where: 'true' }],
    [{ $comment: 'x' }],
    [{ $alwaysTrue: 1 }],
    [{ $sampleRate: 1 }],
    [{ $jsonSchema: {} }],
    [{ nosuchfield: null }],
    [{ $nor: [{ a: 1 }] }],
    [{ a: { $not: { $eq: 1 } } }],
    [{ a: { $type: 'object' } }],
    [{ a: { $in: [1, null] } }],
    [{ $expr: { $ne: ['$a', 1] } }],
    [{ $expr: { $eq: [1, 1] } }],
    // True of every document, or of every one that lacks the field.
    [{ $expr: { $eq: ['$_id', '$_id'] } }],
    [{ $expr: { $and: [{ $eq: ['$_id', '$_id'] }] } }],
    [{ $expr: { $eq: ['$$ROOT', '$$ROOT'] } }],
    [{ $expr: { $eq: ['$a', '$$REMOVE'] } }],
    [{ $expr: { $eq: ['$a', null] } }],
    [{ $expr: { $eq: [{ $ifNull: ['$a', 1] }, 1] } }],
    [{ $expr: { $eq: [{ $cond: [true, 1, '$a'] }, 1] } }],
    [{ $expr: { $eq: [{ $first: '$a' }, 1] } }],
    [{ $expr: { $gte: ['$a', null] } }],
    [{ $expr: { $gte: ['$_id', new MinKey()] } }],
    [{ $expr: { $lte: ['$_id', { $literal: new MaxKey() }] } }],
    [{ $expr: { $lt: ['$a', 5] } }],
    [{ $expr: { $gt: ['$_id', 0] } }],
  ])('101 deleting by %j is unfiltered', (query) => {
    expect(actions({ delete: 'orders', deletes: [{ q: query, limit: 0 }] })[0]).toContain('unfiltered')
  })

  test.each<[object]>([
    [{ _id: new ObjectId() }],
    [{ a: { $gt: 5 } }],
    [{ a: { $in: [1, 2] } }],
    [{ $and: [{}, { a: 1 }] }],
    [{ $or: [{ a: 1 }, { b: { $lt: 4 } }] }],
    [{ $expr: { $eq: ['$a', 1] } }],
    [{ a: { $elemMatch: { b: 1 } } }],
  ])('101 deleting by %j is bounded', (query) => {
    expect(actions({ delete: 'orders', deletes: [{ q: query, limit: 0 }] })[0]).not.toContain('unfiltered')
  })

  test('101 one document is no mass, whatever finds it', () => {
    expect(actions({ delete: 'orders', deletes: [{ q: {}, limit: 1 }] })).toEqual(['delete shop.orders'])
  })
})
