/** Lists of names need no permit: what their filters ask is read all the same. */
import { describe, expect, test } from 'vitest'
import { actions, read } from './fixture.js'

const CODE = { $function: { body: 'function () { return true }', args: [], lang: 'js' } }

describe.each(['listDatabases', 'listCollections'])('the filter of %s', (name) => {
  test.each([
    {},
    { name: 'customers' },
    { name: { $in: ['customers', 'orders'] } },
    { name: { $regex: '^c' }, type: 'collection' },
    { $or: [{ type: { $exists: false } }, { type: { $ne: 'view' } }] },
    { $and: [{ name: { $not: { $regex: '^system' } } }, { 'options.capped': true }] },
  ])('%j asks for what every entry shows', (filter) => {
    expect(actions({ [name]: 1, filter })).toEqual([])
  })

  test.each([
    { $expr: CODE },
    { $where: 'sleep(100000)' },
    { $and: [{ $or: [{ $expr: { $eq: [CODE, true] } }] }] },
    { name: 'customers', $expr: { $gt: ['$options.validator', 1] } },
    { 'options.validator.email': { $gt: 'm' } },
    { 'options.pipeline.0.$match.email': { $regex: '^q' } },
    { options: { $gt: {} } },
    { 'idIndex.partialFilterExpression': { $exists: true } },
    { $jsonSchema: {} },
    { name: { $where: 'true' } },
    { $nor: [{ __proto__2: 1 }] },
  ])('%j is refused', (filter) => {
    expect(read({ [name]: 1, filter }).kind).toBe('unreadable')
  })

  test('is a document', () => {
    expect(read({ [name]: 1, filter: 'name' }).kind).toBe('unreadable')
  })
})
