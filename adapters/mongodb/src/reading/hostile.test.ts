import { describe, expect, test } from 'vitest'
import { read, showing } from './fixture.js'

const pipe = (...pipeline: readonly object[]) => ({ aggregate: 'customers', pipeline, cursor: {} })
const times = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at))

describe('hostile commands end, and in a refusal or in the truth', () => {
  test('documents that double with every stage', () => {
    const found = read(
      pipe(...times(60, () => ({ $replaceRoot: { newRoot: { a: '$$ROOT', b: '$$ROOT' } } }))),
    )
    expect(found).toMatchObject({ kind: 'unreadable', code: 'GH_TOO_LARGE' })
  })

  test('lists that double', () => {
    const body = pipe(
      { $set: { x: '$ssn' } },
      ...times(100, () => ({ $set: { x: ['$x', '$x', { y: '$x' }] } })),
    )
    expect(read(body).kind === 'unreadable' || showing(body, 'ssn').includes('x')).toBe(true)
  })

  test('paths that grow', () => {
    const body = pipe(...times(900, () => ({ $set: { a: '$a.b.c.d.e.f' } })), { $project: { x: '$a' } })
    expect(read(body).kind).toBe('statement')
    const name = times(100_000, () => 'a').join('.')
    expect(read({ find: 'customers', filter: { [name]: 1 } }).kind).toBe('unreadable')
    expect(read(pipe({ $project: { x: `$${name}` } })).kind).toBe('unreadable')
    expect(read(pipe({ $set: { [name]: 1 } })).kind).toBe('unreadable')
    expect(read({ find: 'customers', sort: { [name]: 1 } }).kind).toBe('unreadable')
    for (const by of ['$inc', '$set', '$push', '$unset', '$rename'])
      expect(read({ update: 'orders', updates: [{ q: {}, u: { [by]: { [name]: 1 } } }] }).kind).toBe(
        'unreadable',
      )
  })

  test('conditions in conditions', () => {
    let nested: object = { $eq: ['$ssn', '1'] }
    for (let depth = 0; depth < 60; depth++) nested = { $cond: [nested, '$ssn', nested] }
    const small = pipe({
      $project: {
        x: times(8, () => '$ssn').reduce<object>((inner, each) => ({ $ifNull: [each, inner] }), {}),
      },
    })
    expect(showing(small, 'ssn')).toContain('x')
    let chain: object = { $eq: ['$ssn', '1'] }
    for (let depth = 0; depth < 50; depth++) chain = { $and: [chain] }
    expect(showing(pipe({ $project: { x: chain } }), 'ssn')).toContain('x')
  })

  test('sums that feed on themselves', () => {
    const twice = {
      $reduce: { input: '$tags', initialValue: {}, in: { a: '$$value', b: '$$value', c: '$ssn' } },
    }
    const body = pipe({ $project: { x: twice } })
    expect(read(body).kind === 'unreadable' || showing(body, 'ssn').length > 0).toBe(true)
  })

  test('what a wide report asks for is not too much', () => {
    const wide = Object.fromEntries(times(800, (at) => [`field${at}`, 1]))
    expect(read(pipe({ $project: wide }, { $project: wide })).kind).toBe('statement')
  })

  test('more stages than a server takes, and many names', () => {
    expect(read(pipe(...times(1001, () => ({ $limit: 1 })))).kind).toBe('unreadable')
    const names = Object.fromEntries(times(5000, (at) => [`n${at}`, 1]))
    const found = read({ insert: 'orders', documents: [names] })
    expect(found.statement.actions[0]?.fields).toBe('unknown')
    expect(read({ find: 'orders', filter: names }).statement.actions[0]?.fields).toBe('unknown')
  })

  test('names that objects have by themselves', () => {
    for (const name of ['__proto__', 'constructor', 'hasOwnProperty', 'valueOf']) {
      expect(read({ [name]: 1 }).kind).toBe('unreadable')
      expect(read(pipe({ [name]: 1 })).kind).toBe('unreadable')
      expect(read(pipe({ $project: { x: { [`$${name}`]: 1 } } })).kind).toBe('unreadable')
      expect(read({ find: 'orders', filter: { [name]: 1 } }).statement.text).toContain(name)
    }
    expect(read({ bulkWrite: 1, ops: [{ constructor: 0 }], nsInfo: [{ ns: 'a.b' }] }, {}, 'admin').kind).toBe(
      'unreadable',
    )
  })

  test.each(['', 'a b', 'a$b', 'x.y', 'a/b', 'a'.repeat(70)])('a database %j is none', (database) => {
    expect(read({ find: 'orders' }, {}, database).kind).toBe('unreadable')
  })

  test.each(['', '.a', 'a.', 'a$b', '$cmd'])('a collection %j is none', (name) => {
    expect(read({ find: name }).kind).toBe('unreadable')
  })
})
