import { expect, test } from 'vitest'
import { actions } from './fixture.js'

const of = (schema: object) => actions({ find: 'customers', filter: { $jsonSchema: schema } })[0]

test.each<[object, string]>([
  [{ properties: { ssn: { pattern: '1' } } }, '(ssn: filter)'],
  [{ properties: { ssn: { bsonType: 'string' } } }, '(ssn: filter)'],
  [{ properties: { ssn: { enum: ['1'] } } }, '(ssn: filter)'],
  [
    { bsonType: 'object', required: ['ssn'], properties: { age: { minimum: 1 } } },
    '(ssn: filter · age: filter)',
  ],
  [{ properties: { address: { properties: { city: { maxLength: 3 } } } } }, '(address:city: filter)'],
  [{ properties: { 'address.city': { maxLength: 3 } } }, 'address:city: filter'],
  [{ required: ['address.city'] }, 'address:city: filter'],
  [{ properties: { age: { not: { anyOf: [{ maximum: 3 }, { multipleOf: 2 }] } } } }, '(age: filter)'],
  [{ allOf: [{ oneOf: [{ required: ['ssn'] }] }] }, '(ssn: filter)'],
  [{ dependencies: { ssn: ['age'] } }, '(ssn: filter · age: filter)'],
  [{ dependencies: { ssn: { required: ['age'] } } }, '(ssn: filter · age: filter)'],
  [{ properties: { tags: { items: { properties: { ssn: { minLength: 1 } } } } } }, 'tags:ssn: filter'],
  [{ properties: { tags: { items: [{ enum: ['x'] }], additionalItems: { maximum: 1 } } } }, 'tags: filter'],
])('R16 %j asks of what it names', (schema, uses) => {
  expect(of(schema)).toContain(uses)
})

test.each<[object]>([
  [{ additionalProperties: false }],
  [{ additionalProperties: { bsonType: 'string' } }],
  [{ patternProperties: { '^s': { maxLength: 3 } } }],
  [{ minProperties: 2 }],
  [{ maxProperties: 2 }],
  [{ enum: [{ ssn: '1' }] }],
  [{ anyOf: [{ not: { additionalProperties: false } }] }],
  [{ encrypt: {} }],
  [{ hereafter: { ssn: 1 } }],
])('R16 %j can ask of any field', (schema) => {
  expect(of(schema)).toContain('(unknown)')
})

test.each<[object]>([
  [{}],
  [{ bsonType: 'object' }],
  [{ title: 'ssn', description: 'ssn', additionalProperties: true }],
  [{ properties: { ssn: {} } }],
])('%j asks of none', (schema) => {
  expect(of(schema)).toBe('read shop.customers unfiltered')
})

test.each<[object]>([
  [{ properties: 1 }],
  [{ required: 'ssn' }],
  [{ required: [1] }],
  [{ allOf: {} }],
  [{ not: 'x' }],
])('%j is not understood', (schema) => {
  expect(() => of(schema)).toThrow()
})
