/** R16: what several values, sets, names or whole documents tell of one another is a use of the fields that they come from. */
import { expect, test } from 'vitest'
import { actions } from '../fixture.js'

const pipe = (...pipeline: readonly object[]) =>
  actions({ aggregate: 'customers', pipeline, cursor: {} })[0] ?? ''
const shown = (x: unknown) => pipe({ $project: { _id: 0, x } })

test.each<[unknown]>([
  [{ $max: ['$ssn', 5] }],
  [{ $min: ['$ssn', '$age'] }],
  [{ $sum: ['$ssn', 2_147_483_647] }],
  [{ $maxN: { n: 1, input: ['$ssn', 5] } }],
  [{ $max: { $concatArrays: [['$ssn'], [5]] } }],
  [{ $min: { $cond: [true, '$ssn', 5] } }],
  [{ $setUnion: ['$ssn', ['a']] }],
  [{ $setIntersection: ['$ssn', ['a']] }],
  [{ $setDifference: ['$ssn', ['a']] }],
])('the choice in %j is a use', (expression) => {
  expect(shown(expression)).toContain('ssn: argument')
})

test.each<[unknown]>([[{ $max: '$ssn' }], [{ $min: ['$ssn'] }], [{ $sum: '$ssn' }], [{ $first: '$ssn' }]])(
  '%j chooses among values of one field',
  (expression) => {
    expect(shown(expression)).not.toContain('argument')
  },
)

test('a constant that was put beside a field before is chosen from as well', () => {
  expect(pipe({ $set: { a: ['$ssn', 5] } }, { $project: { x: { $max: '$a' } } })).toContain('ssn: argument')
  expect(pipe({ $group: { _id: 1, x: { $max: { $ifNull: ['$ssn', 5] } } } })).toContain('ssn: argument')
  const union = { $unionWith: { pipeline: [{ $documents: [{ ssn: 5 }] }] } }
  expect(pipe(union, { $group: { _id: 1, x: { $max: '$ssn' } } })).toContain('ssn: argument')
})

test('$addToSet shows which values are equal', () => {
  expect(pipe({ $group: { _id: 1, x: { $addToSet: '$ssn' } } })).toContain('ssn: argument')
})

test.each<[object]>([
  [{ later: { $gt: { email: 'm' } } }],
  [{ later: { $in: [{ email: 'm' }] } }],
  [{ later: { $ne: [{ email: 'm' }] } }],
  [{ $expr: { $gt: ['$later', { email: 'm' }] } }],
  [{ $expr: { $gt: ['$later', { $literal: { email: 'm' } }] } }],
])('%j compares what stands under a field that nobody has seen', (query) => {
  expect(pipe({ $match: query })).toContain('later:email: filter')
})

test('names that became values are asked as anything', () => {
  const pairs = { $project: { a: { $objectToArray: '$address' } } }
  expect(pipe(pairs, { $match: { 'a.k': 'x' } })).toContain('(unknown)')
})
