/** A document that matches a form is valid, and means what the one means that the form was learned of. */
import { Binary, Decimal128, type Document, Double, Int32, Long, ObjectId, serialize } from 'bson'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Form, validateDocument } from './index.js'

const CEILINGS = { depth: 100, elements: 100_000 }

const form = new Form()
function learned(document: Document): Form {
  const bytes = serialize(document)
  form.learn(bytes, 0, bytes.length)
  return form
}
const matches = (document: Document) => {
  const bytes = serialize(document, { ignoreUndefined: false })
  return form.matches(bytes, 0, bytes.length)
}

const ANN = {
  _id: new Int32(1),
  name: 'Ann',
  half: new Double(0.5),
  none: null,
  bytes: new Binary(Uint8Array.of(1, 2)),
  address: { city: 'Rome', lines: ['a', { b: true }] },
  last: new Date(0),
}

test('other values of the same types match, whatever their length', () => {
  learned(ANN)
  const other = { ...ANN, name: 'Somebody else', bytes: new Binary(Buffer.alloc(99)), half: new Double(-3) }
  expect(matches(other)).toBe(true)
  expect(matches({ ...ANN, address: { city: '', lines: ['', { b: false }] } })).toBe(true)
  const bytes = serialize(ANN)
  expect(form.elements).toBe(validateDocument(bytes, 0, bytes.length, CEILINGS))
})

test.each<[string, Document]>([
  ['another name', { ...ANN, last: undefined, least: new Date(0) }],
  ['another type', { ...ANN, _id: Long.fromNumber(1) }],
  ['one more', { ...ANN, more: 1 }],
  ['one more further down', { ...ANN, address: { ...ANN.address, zip: '1' } }],
  ['one less', { _id: ANN._id, name: ANN.name }],
  ['another order', Object.fromEntries(Object.entries(ANN).reverse())],
  ['one more in a list', { ...ANN, address: { city: 'Rome', lines: ['a', { b: true }, 'c'] } }],
  ['what may be a mask', { ...ANN, name: '***' }],
  ['what may be a pseudonym', { ...ANN, name: 'p_abcdefghijklmnop' }],
  ['no number', { ...ANN, half: new Double(Number.NaN) }],
])('%s does not match', (_what, document) => {
  learned(ANN)
  expect(matches(document)).toBe(false)
  expect(matches(ANN)).toBe(true)
})

test.each<[string, Document]>([
  ['what may be a mask', { name: 'a***' }],
  ['a Decimal128, which counts by its bytes', { price: Decimal128.fromString('1') }],
  ['infinity', { half: Number.POSITIVE_INFINITY }],
  ['many levels', JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`)],
  ['long names', Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`${at}`.repeat(50), 1]))],
])('nothing is learned of %s', (_what, document) => {
  learned(document)
  expect(matches(document)).toBe(false)
})

test('spoilt bytes match nothing that is no document', () => {
  const bytes = serialize({ ...ANN, id: new ObjectId(), deep: [{ a: [{ b: 'c' }] }] })
  const place = fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }))
  let met = 0
  fc.assert(
    fc.property(fc.array(place, { minLength: 1, maxLength: 3 }), (spoilt) => {
      form.learn(bytes, 0, bytes.length)
      const copy = Uint8Array.from(bytes)
      for (const [at, byte] of spoilt) copy[at] = byte
      // What follows in the message must not be taken for a part of it.
      const framed = Buffer.concat([copy, bytes])
      const end = bytes.length
      let found = false
      try {
        found = form.matches(framed, 0, end)
      } catch {
        expect(() => validateDocument(framed, 0, end, CEILINGS)).toThrow()
      }
      if (!found) return
      met += 1
      expect(validateDocument(framed, 0, end, CEILINGS)).toBe(form.elements)
    }),
    { numRuns: 20_000 },
  )
  expect(met).toBeGreaterThan(1000)
})
