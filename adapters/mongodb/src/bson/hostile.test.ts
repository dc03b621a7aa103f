/** Bytes that are no BSON: each way to lie is a fault, nothing beyond the bytes is read, and no other exception comes. */
import { GatehouseError } from '@gatehouse/core'
import * as bson from 'bson'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { documentValue, elements, isNested, type Value, validateDocument } from './index.js'

const CEILINGS = { depth: 200, elements: 100_000 }
const validate = (bytes: Uint8Array, ceilings = CEILINGS) =>
  validateDocument(bytes, 0, bytes.length, ceilings)
const int32 = (value: number) => [value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >> 24) & 255]
/** A document of these bytes between its length and its NUL. */
const around = (...content: readonly number[]) =>
  Uint8Array.from([...int32(content.length + 5), ...content, 0])
const element = (type: number, ...value: readonly number[]) => around(type, 97, 0, ...value)

const BAD: Readonly<Record<string, Uint8Array>> = {
  'nothing at all': new Uint8Array(),
  'a length that is cut off': Uint8Array.from([5, 0, 0]),
  'a length of 0': Uint8Array.from([0, 0, 0, 0, 0]),
  'a length of 4': Uint8Array.from([4, 0, 0, 0]),
  'a negative length': Uint8Array.from([...int32(-1), 0]),
  'the greatest length': Uint8Array.from([...int32(0x7fffffff), 0]),
  'no NUL at the end': Uint8Array.from([5, 0, 0, 0, 1]),
  'a byte behind the end': Uint8Array.from([5, 0, 0, 0, 0, 0]),
  'an end before the end': Uint8Array.from([6, 0, 0, 0, 0, 0]),
  'a type that does not exist': element(0x14, 0),
  'type 0': element(0),
  'type 0x80': element(0x80),
  'a name without its end': around(0x0a, 97, 97),
  'a string of length 0': element(2, ...int32(0), 0),
  'a string of negative length': element(2, ...int32(-1), 98, 0),
  'a string of the least length': element(2, ...int32(-0x80000000), 98, 0),
  'a string longer than its document': element(2, ...int32(4), 98, 0),
  'a string up to the terminator of its document': element(2, ...int32(3), 98, 0),
  'a string without its NUL': element(2, ...int32(1), 98),
  'code without its NUL': element(0x0d, ...int32(1), 98),
  'a symbol beyond the end': element(0x0e, ...int32(9), 0),
  'a boolean of 2': element(8, 2),
  'a boolean that is missing': element(8),
  'an int32 of three bytes': element(0x10, 1, 2, 3),
  'a double of seven bytes': element(1, ...new Array<number>(7).fill(0)),
  'a Decimal128 of fifteen bytes': element(0x13, ...new Array<number>(15).fill(0)),
  'an ObjectId of eleven bytes': element(7, ...new Array<number>(11).fill(0)),
  'binary data of negative length': element(5, ...int32(-1), 0),
  'binary data beyond its document': element(5, ...int32(2), 0, 1),
  'old binary data of two lengths': element(5, ...int32(6), 2, ...int32(3), 1, 2),
  'old binary data without its second length': element(5, ...int32(3), 2, 1, 2, 3),
  'a regular expression without options': element(0x0b, 97, 0, 98),
  'a document longer than what surrounds it': element(3, ...int32(9), 0),
  'a document shorter than it says': element(3, ...int32(4), 0),
  'an array without its NUL': element(4, ...int32(5), 1),
  'a document that ends early': element(3, ...int32(8), 0, 0, 0, 0),
  'a DBPointer without its ObjectId': element(0x0c, ...int32(2), 98, 0, 1, 2),
  'code with scope of length 0': element(0x0f, ...int32(0), ...int32(1), 0, ...int32(5), 0),
  'code with scope that is too short': element(0x0f, ...int32(13), ...int32(1), 0, ...int32(5), 0),
  'code with scope that is too long': element(0x0f, ...int32(15), ...int32(1), 0, ...int32(5), 0, 0),
  'code with scope whose code takes the scope': element(0x0f, ...int32(14), ...int32(6), 0, ...int32(5), 0),
  'code with scope whose scope lies': element(0x0f, ...int32(14), ...int32(1), 0, ...int32(6), 0),
  'a scope with a bad element': element(
    ...[0x0f, ...int32(17), ...int32(1), 0],
    ...[...int32(8), 0x14, 97, 0, 0],
  ),
}

describe('W29', () => {
  test.each(Object.entries(BAD))('%s is refused', (_, bytes) => {
    expect(() => validate(bytes)).toThrow(GatehouseError)
  })

  test('a range outside the bytes is refused', () => {
    const bytes = bson.serialize({ a: 1 })
    expect(() => validateDocument(bytes, 0, bytes.length + 1, CEILINGS)).toThrow(GatehouseError)
    expect(() => validateDocument(bytes, -1, bytes.length, CEILINGS)).toThrow(GatehouseError)
    expect(() => documentValue(bytes, 1)).toThrow(GatehouseError)
  })
})

test('W28 nesting is counted, also in arrays and scopes, and never ends in a full stack', () => {
  const nested = (levels: number, type = 3): Uint8Array => {
    let bytes = around()
    for (let level = 1; level < levels; level++) bytes = element(type, ...bytes)
    return bytes
  }
  for (const [levels, depth] of [
    [100, 100],
    [200, 200],
  ] as const) {
    expect(validate(nested(levels), { ...CEILINGS, depth })).toBe(levels - 1)
    expect(() => validate(nested(levels + 1), { ...CEILINGS, depth })).toThrow('nested too deep')
    expect(() => validate(nested(levels + 1, 4), { ...CEILINGS, depth })).toThrow('nested too deep')
  }
  expect(() => validate(nested(300), { ...CEILINGS, depth: 1_000_000 })).toThrow('nested too deep')
  const scoped = (inner: Uint8Array) =>
    element(0x0f, ...int32(4 + 5 + inner.length), ...int32(1), 0, ...inner)
  expect(validate(scoped(nested(9)), { ...CEILINGS, depth: 10 })).toBe(9)
  expect(() => validate(scoped(nested(10)), { ...CEILINGS, depth: 10 })).toThrow('nested too deep')
})

test('elements are counted on all levels together', () => {
  const bytes = bson.serialize({ a: [1, 2, 3], b: { c: 1 } })
  expect(validate(bytes)).toBe(6)
  expect(validate(bytes, { ...CEILINGS, elements: 6 })).toBe(6)
  expect(() => validate(bytes, { ...CEILINGS, elements: 5 })).toThrow('more elements than may be')
})

/** Reads everything there is. */
function visit(value: Value): number {
  let count = 0
  for (const each of elements(value)) count += 1 + (isNested(each.value) ? visit(each.value) : 0)
  return count
}

const sample = bson.serialize({
  find: 'customers',
  filter: { $or: [{ a: 'x'.repeat(40) }, { b: { $in: [1, 2.5, bson.Long.fromNumber(3), null, true] } }] },
  binary: [new bson.Binary(Uint8Array.from([1, 2, 3]), 2), new bson.UUID()],
  code: new bson.Code('f', { x: { y: 1 } }),
  more: [new bson.BSONRegExp('a', 'i'), new bson.ObjectId(), bson.Decimal128.fromString('1.5'), new Date()],
  $db: 'shop',
})

test('W34 spoilt bytes are refused or read alike: never another exception, never a byte from outside', () => {
  const room = 64
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(sample.length - 1), fc.integer({ min: 0, max: 255 })), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.integer({ min: 0, max: 255 }),
      (changes, around) => {
        // The same document between bytes of two kinds: whoever looks beyond its end sees two things.
        const outcomes = [around, around ^ 255].map((fill) => {
          const bytes = new Uint8Array(sample.length + 2 * room).fill(fill)
          bytes.set(sample, room)
          for (const [at, byte] of changes) bytes[room + at] = byte
          try {
            const end = room + sample.length
            const count = validateDocument(bytes, room, end, CEILINGS)
            expect(visit(documentValue(bytes, room, end))).toBeGreaterThan(0)
            return count
          } catch (fault) {
            if (!(fault instanceof GatehouseError)) throw fault
            return fault.message
          }
        })
        expect(outcomes[0]).toEqual(outcomes[1])
      },
    ),
    { numRuns: 20_000 },
  )
})

test('W34 what is accepted here npm bson reads too, but for what the server lets pass', () => {
  let accepted = 0
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(sample.length - 1), fc.integer({ min: 0, max: 255 })), {
        minLength: 1,
        maxLength: 2,
      }),
      (changes) => {
        const bytes = Uint8Array.from(sample)
        for (const [at, byte] of changes) bytes[at] = byte
        try {
          validate(bytes)
        } catch {
          return
        }
        accepted += 1
        try {
          bson.deserialize(bytes, { validation: { utf8: false }, useBigInt64: true, bsonRegExp: true })
        } catch (fault) {
          // Options out of order, an own type for vectors, invalid `$ref`s: values that are not the wire's to judge.
          expect(String(fault)).toMatch(/regular expression|options|DBRef|UUID|vector|Binary|Invalid/i)
        }
      },
    ),
    { numRuns: 20_000 },
  )
  expect(accepted).toBeGreaterThan(1000)
})
