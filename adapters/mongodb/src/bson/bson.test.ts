/** What npm's `bson` writes is read alike, what is written here it reads alike, value by value. */
import { createByteWriter, take } from '@gatehouse/adapter-kit'
import * as bson from 'bson'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  bytesOf,
  createDocumentWriter,
  documentValue,
  elements,
  findValue,
  isNested,
  readBinary,
  readBoolean,
  readDate,
  readName,
  readNumber,
  readString,
  TYPE,
  type Value,
  validateDocument,
} from './index.js'

const CEILINGS = { depth: 200, elements: 100_000 }

/** Our reading as npm's own types, so that the two can be compared. */
function decode(value: Value): unknown {
  if (value.type === TYPE.ARRAY) return [...elements(value)].map((each) => decode(each.value))
  if (isNested(value))
    return Object.fromEntries([...elements(value)].map((each) => [each.name, decode(each.value)]))
  if (value.type === TYPE.STRING) return readString(value)
  if (value.type === TYPE.BOOLEAN) return readBoolean(value)
  if (value.type === TYPE.NULL) return null
  if (value.type === TYPE.DATE) return new Date(Number(readDate(value)))
  if (value.type === TYPE.INT32) return new bson.Int32(Number(readNumber(value)))
  if (value.type === TYPE.DOUBLE) return new bson.Double(Number(readNumber(value)))
  if (value.type === TYPE.INT64) return bson.Long.fromBigInt(BigInt(readNumber(value)))
  if (value.type === TYPE.OBJECT_ID) return new bson.ObjectId(bytesOf(value))
  if (value.type === TYPE.DECIMAL128) return new bson.Decimal128(Uint8Array.from(bytesOf(value)))
  if (value.type === TYPE.BINARY) {
    const { subtype, bytes } = readBinary(value)
    return new bson.Binary(bytes, subtype)
  }
  throw new Error(`a type that this test does not make: ${value.type}`)
}

const leaf = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
  fc.integer().map((value) => new bson.Int32(value)),
  fc.double().map((value) => new bson.Double(value)),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((value) => bson.Long.fromBigInt(value)),
  fc.boolean(),
  fc.constant(null),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => new bson.ObjectId(bytes)),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => new bson.Decimal128(bytes)),
  fc
    .tuple(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(0, 1, 2, 5, 6, 8, 128, 255))
    .map(([bytes, subtype]) => new bson.Binary(bytes, subtype)),
)
const name = fc
  .oneof(fc.string(), fc.constantFrom('', '0', '10', 'find', '__proto__', 'constructor', '$db', 'a.b'))
  .filter((text) => !text.includes('\0') && text !== '__proto__')
const { document } = fc.letrec<{ document: Record<string, unknown>; value: unknown }>((tie) => ({
  document: fc.dictionary(name, tie('value'), { maxKeys: 6 }),
  value: fc.oneof({ maxDepth: 5 }, leaf, tie('document'), fc.array(tie('value'), { maxLength: 5 })),
}))

test('what npm bson writes is valid here and reads alike', () => {
  fc.assert(
    fc.property(document, (made) => {
      const bytes = bson.serialize(made)
      const count = validateDocument(bytes, 0, bytes.length, CEILINGS)
      expect(count).toBeGreaterThanOrEqual(Object.keys(made).length)
      const ours = decode(documentValue(bytes))
      expect(bson.EJSON.stringify(ours, { relaxed: false })).toBe(
        bson.EJSON.stringify(bson.deserialize(bytes, { promoteValues: false, bsonRegExp: true }), {
          relaxed: false,
        }),
      )
    }),
    { numRuns: 500 },
  )
})

test('W89 every type has its extent', () => {
  const every = {
    double: new bson.Double(1.5),
    string: 'text',
    document: { a: 1 },
    array: [1, 'b'],
    binary: new bson.Binary(Uint8Array.from([1, 2]), 0),
    old: new bson.Binary(Uint8Array.from([1, 2]), 2),
    id: new bson.ObjectId(),
    yes: true,
    date: new Date(0),
    null: null,
    regex: new bson.BSONRegExp('a.*', 'ix'),
    pointer: new bson.DBRef('c', new bson.ObjectId()),
    code: new bson.Code('return 1'),
    symbol: new bson.BSONSymbol('s'),
    scoped: new bson.Code('return x', { x: { y: [1] } }),
    int: new bson.Int32(-1),
    stamp: new bson.Timestamp({ t: 1, i: 2 }),
    long: bson.Long.fromString('9223372036854775807'),
    decimal: bson.Decimal128.fromString('1E+3'),
    least: new bson.MinKey(),
    most: new bson.MaxKey(),
  }
  const bytes = bson.serialize(every)
  validateDocument(bytes, 0, bytes.length, CEILINGS)
  expect([...elements(documentValue(bytes))].map((each) => each.name)).toEqual(Object.keys(every))
  const pointer = Uint8Array.from([
    ...[27, 0, 0, 0, 0x0c, 97, 0],
    ...[3, 0, 0, 0, 98, 99, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0],
  ])
  expect(validateDocument(pointer, 0, pointer.length, CEILINGS)).toBe(1)
  const none = Uint8Array.from([8, 0, 0, 0, 0x06, 97, 0, 0])
  expect(validateDocument(none, 0, none.length, CEILINGS)).toBe(1)
})

test('W26 W27 W33 order, duplicates, integer-like names and __proto__ stay as they are', () => {
  const out = createByteWriter()
  const writer = createDocumentWriter(out).begin()
  for (const each of ['10', 'find', '2', 'find', '__proto__', 'constructor', ''])
    writer.int32(each, each.length)
  writer.end()
  const bytes = take(out)
  const found = [...elements(documentValue(bytes))]
  expect(found.map((each) => each.name)).toEqual(['10', 'find', '2', 'find', '__proto__', 'constructor', ''])
  expect(readNumber(findValue(documentValue(bytes), '__proto__') as Value)).toBe(9)
})

test('what is written here npm bson reads alike', () => {
  const out = createByteWriter(8)
  const inner = documentValue(bson.serialize({ kept: [new bson.Double(5), bson.Long.fromNumber(5)] }))
  createDocumentWriter(out)
    .begin()
    .string('s', 'größer 🂡')
    .int32('i', -5)
    .int64('l', -(2n ** 63n))
    .double('d', -0)
    .boolean('b', true)
    .null('n')
    .date('t', -1n)
    .binary('x', 0, Uint8Array.from([1, 2, 3]))
    .binary('o', 2, Uint8Array.from([4]))
    .begin('in')
    .raw('copy', inner)
    .end()
    .beginArray('list')
    .string('0', 'a'.repeat(100))
    .end()
    .elements(inner.source, inner.start + 4, inner.end - 1)
    .end()
  const bytes = take(out)
  validateDocument(bytes, 0, bytes.length, CEILINGS)
  const read = bson.deserialize(bytes, { promoteValues: false })
  expect(bson.EJSON.stringify(read, { relaxed: false })).toBe(
    bson.EJSON.stringify(
      {
        s: 'größer 🂡',
        i: new bson.Int32(-5),
        l: bson.Long.MIN_VALUE,
        d: new bson.Double(-0),
        b: true,
        n: null,
        t: new Date(-1),
        x: new bson.Binary(Uint8Array.from([1, 2, 3])),
        o: new bson.Binary(Uint8Array.from([4]), 2),
        in: { copy: { kept: [new bson.Double(5), bson.Long.fromNumber(5)] } },
        list: ['a'.repeat(100)],
        kept: [new bson.Double(5), bson.Long.fromNumber(5)],
      },
      { relaxed: false },
    ),
  )
  expect(() => createDocumentWriter(createByteWriter()).begin().null('a\0b')).toThrow('a NUL inside a name')
})

test('names are one text only where their bytes are the same', () => {
  const forms = [
    [0xff],
    [0xfe],
    [0xef, 0xbf, 0xbd],
    [0xef, 0xbf],
    [0xed, 0xb3, 0xbf],
    [0xc3, 0xa9],
    [0xc3],
    [0xa9],
  ]
  const names = forms.map((bytes) => {
    const name = [0x61, ...bytes, 0]
    const document = Uint8Array.from([6 + name.length, 0, 0, 0, TYPE.NULL, ...name, 0])
    const [element] = elements(documentValue(document))
    expect(findValue(documentValue(document), element?.name ?? '')).toBeDefined()
    return element?.name
  })
  expect(new Set(names).size).toBe(forms.length)
  expect(names[5]).toBe('aé')
})

test('W29 a name of the server holds no NUL, and no text that two readers read differently', () => {
  const named = (bytes: readonly number[]) =>
    documentValue(
      Uint8Array.from(
        [...[12 + bytes.length, 0, 0, 0, 2, 97, 0, bytes.length + 1, 0, 0, 0], ...bytes, 0, 0].map(
          (byte, at) => (at === 0 ? 13 + bytes.length : byte),
        ),
      ),
    )
  const value = (bytes: readonly number[]) => findValue(named(bytes), 'a') as Value
  expect(readName(value([99]))).toBe('c')
  expect(() => readName(value([99, 0, 100]))).toThrow('a NUL inside a name')
  expect(() => readString(value([0xff]))).toThrow('ill-formed')
  expect(readString(value([0xef, 0xbb, 0xbf, 99]))).toBe('\uFEFFc')
})
