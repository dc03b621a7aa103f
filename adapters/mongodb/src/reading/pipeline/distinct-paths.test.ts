import { describe, expect, test } from 'vitest'
import { actions, outputs, read } from '../fixture.js'

const pipe = (...stages: readonly object[]) => ({ aggregate: 'customers', pipeline: stages, cursor: {} })
const window = (output: object) => pipe({ $setWindowFields: { sortBy: { _id: 1 }, output } })

describe('73 one place of a document is set once in a stage', () => {
  test.each([
    [{ find: 'customers', projection: { 'a.b': '$ssn', a: { $literal: 1 } } }],
    [{ find: 'customers', projection: { a: '$ssn', 'a.b': { $literal: 1 } } }],
    [{ find: 'customers', projection: { ssn: 0, 'ssn.x': 0 } }],
    [pipe({ $project: { 'a.b': '$ssn', a: { b: { $literal: 1 } } } })],
    [pipe({ $addFields: { 'a.b': '$ssn', a: 1 } })],
    [pipe({ $addFields: { a: { b: '$ssn' }, 'a.b.c': 1 } })],
    [window({ 'x.y': { $first: '$ssn' }, x: { $sum: 1 } })],
    [pipe({ $fill: { output: { 'x.y': { value: '$ssn' }, x: { value: 1 } } } })],
    [{ update: 'customers', updates: [{ q: { _id: 1 }, u: [{ $set: { 'name.x': '$ssn', name: 1 } }] }] }],
  ])('%j is refused as a server refuses it', (body) => {
    expect(read(body)).toMatchObject({ kind: 'unreadable', native: { code: 31250 } })
  })

  test.each([
    [{ find: 'customers', projection: { 'a.b': 1, 'a.c': 1, ab: 1 } }],
    [pipe({ $addFields: { 'a.b': 1, a: { c: 1 } } })],
    [window({ 'x.y': { $sum: 1 }, 'x.z': { $sum: 1 } })],
  ])('%j collides with nothing', (body) => {
    expect(read(body).kind).toBe('statement')
  })

  test('an output called _id does not take the place of what a bucket is named by', () => {
    for (const stage of [
      { $bucketAuto: { groupBy: '$ssn', buckets: 2, output: { _id: { $sum: 1 } } } },
      { $bucket: { groupBy: '$ssn', boundaries: ['', 'z'], output: { _id: { $count: {} } } } },
    ])
      expect(JSON.stringify(outputs(pipe(stage)))).toContain('customers.ssn')
  })

  test('R17 what chooses an element to change is no lookup', () => {
    const all = actions({
      update: 'customers',
      updates: [{ q: { _id: 1 }, u: { $set: { 'cards.$[c].x': 1 } }, arrayFilters: [{ 'c.iban': 'DE1' }] }],
    }).join(' ')
    expect(all).toContain('cards:iban: filter')
  })
})
