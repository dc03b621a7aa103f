/** Each mask over each type: what stands there afterwards, and of which type (R18; mongodb.md §7, §11 rows 32, 89, 90). */
import { createByteWriter } from '@gatehouse/adapter-kit'
import type { MaskKind } from '@gatehouse/core'
import { createMaskKey } from '@gatehouse/masking'
import * as bson from 'bson'
import { describe, expect, test } from 'vitest'
import { validateDocument } from '../bson/index.js'
import { compileMask, maskDocument } from './index.js'

const key = createMaskKey(new Uint8Array(32).fill(7))
const bytes = (...values: readonly number[]) => Uint8Array.from(values)
const KINDS: readonly MaskKind[] = ['null', 'redact', 'hash', 'pseudonym', 'bucket', 'year', 'partial']

interface Options {
  readonly classes?: readonly string[]
  readonly computed?: boolean
  readonly field?: string
  readonly keyless?: boolean
}

function mask(kind: MaskKind, value: unknown, options: Options = {}): unknown {
  const { classes = [], computed = false, field = 'shop.people.a', keyless = false } = options
  const source = bson.serialize({ before: 1, a: value, after: 'x' }, { ignoreUndefined: false })
  const out = createByteWriter(8)
  const compiled = compileMask({ mask: kind, classes, field, key: keyless ? undefined : key, computed })
  maskDocument(source, 0, source.length, { children: new Map([['a', { mask: compiled }]]) }, out)
  validateDocument(out.bytes, 0, out.length, { depth: 200, elements: 1000 })
  const { before, a, after, ...rest } = bson.deserialize(out.bytes.subarray(0, out.length), {
    promoteValues: false,
    bsonRegExp: true,
  })
  expect({ before: Number(before), after: String(after), rest }).toEqual({ before: 1, after: 'x', rest: {} })
  return a
}
const show = (value: unknown) => bson.EJSON.stringify({ value }, { relaxed: false })

const SAMPLES: Readonly<Record<string, unknown>> = {
  string: 'Ada Lovelace',
  symbol: new bson.BSONSymbol('Ada Lovelace'),
  int32: new bson.Int32(52_341),
  int64: bson.Long.fromString('9007199254740993'),
  double: new bson.Double(52_341.5),
  decimal: bson.Decimal128.fromString('52341.50'),
  date: new Date('1985-12-10T09:30:00Z'),
  id: new bson.ObjectId('64b7f5c2a1b2c3d4e5f60718'),
  uuid: new bson.UUID('64b7f5c2-a1b2-4c3d-9e5f-60718293a4b5'),
  bytes: new bson.Binary(bytes(1, 2, 3)),
  boolean: true,
  timestamp: new bson.Timestamp({ t: 500_000_000, i: 1 }),
  regex: new bson.BSONRegExp('Ada.*', 'i'),
  code: new bson.Code('return "Ada"'),
  scoped: new bson.Code('return "Ada"', { name: 'Ada' }),
}

test('W89 redact and partial keep every type, and show nothing of it', () => {
  const blank: Readonly<Record<string, unknown>> = {
    string: '***',
    symbol: new bson.BSONSymbol('***'),
    int32: new bson.Int32(0),
    int64: bson.Long.ZERO,
    double: new bson.Double(0),
    decimal: bson.Decimal128.fromString('0'),
    date: new Date(0),
    id: new bson.ObjectId('0'.repeat(24)),
    uuid: new bson.UUID('00000000-0000-0000-0000-000000000000'),
    bytes: new bson.Binary(Buffer.from('***')),
    boolean: false,
    timestamp: new bson.Timestamp({ t: 0, i: 0 }),
    regex: new bson.BSONRegExp('', ''),
    code: new bson.Code(''),
    scoped: new bson.Code('', {}),
  }
  for (const [name, value] of Object.entries(SAMPLES)) {
    expect(show(mask('redact', value))).toBe(show(blank[name]))
    const shown = name === 'string' || name === 'symbol' ? show(mask('partial', value)) : show(blank[name])
    expect(show(mask('partial', value))).toBe(shown)
  }
  expect(mask('partial', 'Ada Lovelace')).toBe('***lace')
  expect(mask('partial', 'ada@example.org', { classes: ['email'] })).toBe('***@example.org')
})

test('W89 each other mask has a form in some types, and is null in the rest', () => {
  const forms: Readonly<Record<string, readonly string[]>> = {
    null: [],
    hash: ['string', 'symbol', 'id', 'uuid', 'bytes'],
    pseudonym: ['string', 'symbol', 'int32', 'int64', 'id', 'uuid', 'bytes'],
    bucket: ['int32', 'int64', 'double', 'decimal'],
    year: ['date'],
  }
  for (const [kind, names] of Object.entries(forms)) {
    const shown = Object.entries(SAMPLES).filter(([, value]) => mask(kind as MaskKind, value) !== null)
    expect(shown.map(([name]) => name)).toEqual(names)
  }
})

test('no mask shows a value', () => {
  for (const kind of KINDS)
    for (const [name, value] of Object.entries(SAMPLES)) {
      const masked = mask(kind, value)
      if (masked !== null) expect(show(masked), `${kind} of ${name}`).not.toBe(show(value))
      expect(show(masked)).not.toContain('Ada')
    }
})

describe('W32 numbers', () => {
  test.each([
    [new bson.Int32(52_341), new bson.Int32(50_000)],
    [new bson.Int32(-52_341), new bson.Int32(-50_000)],
    [new bson.Int32(9), new bson.Int32(0)],
    [new bson.Int32(10), new bson.Int32(10)],
    [new bson.Int32(-(2 ** 31)), new bson.Int32(-2_000_000_000)],
    [bson.Long.MAX_VALUE, bson.Long.fromString('9000000000000000000')],
    [bson.Long.MIN_VALUE, bson.Long.fromString('-9000000000000000000')],
    [new bson.Double(-1234.5), new bson.Double(-1000)],
    [new bson.Double(5), new bson.Double(0)],
    [new bson.Double(Number.NaN), null],
    [new bson.Double(Number.POSITIVE_INFINITY), null],
    [bson.Decimal128.fromString('1234.50'), bson.Decimal128.fromString('1E+3')],
    [bson.Decimal128.fromString('-0.05E+5'), bson.Decimal128.fromString('-5E+3')],
    [bson.Decimal128.fromString('9.99'), bson.Decimal128.fromString('0')],
    [bson.Decimal128.fromString('0E+30'), bson.Decimal128.fromString('0')],
    [
      bson.Decimal128.fromString('9.999999999999999999999999999999999E+6144'),
      bson.Decimal128.fromString('9E+6144'),
    ],
    [bson.Decimal128.fromString('NaN'), null],
    [bson.Decimal128.fromString('-Infinity'), null],
  ])('bucket of %s', (value, expected) => {
    expect(show(mask('bucket', value))).toBe(show(expected))
  })
})

test('a year stays of dates, and of text that is one', () => {
  const year = (value: Date) => (mask('year', value) as Date).toISOString()
  expect(year(new Date('1985-12-10T09:30:00Z'))).toBe('1985-01-01T00:00:00.000Z')
  expect(year(new Date('1969-12-31T23:59:59.999Z'))).toBe('1969-01-01T00:00:00.000Z')
  expect(year(new Date('0007-06-05T00:00:00Z'))).toBe('0007-01-01T00:00:00.000Z')
  expect(mask('year', '1985-12-10')).toBe('1985-01-01')
  expect(mask('year', '1985-12-10T09:30:00Z')).toBe('1985-01-01')
  expect(mask('year', '1985-12-100')).toBeNull()
  expect(mask('year', 'born in 1985')).toBeNull()
})

test('W94 hash and pseudonym are equal for equal values of one field, and of another not', () => {
  for (const kind of ['hash', 'pseudonym'] as const)
    for (const value of [SAMPLES.string, SAMPLES.id, SAMPLES.uuid, SAMPLES.bytes]) {
      expect(show(mask(kind, value))).toBe(show(mask(kind, value)))
      expect(show(mask(kind, value))).not.toBe(show(mask(kind, value, { field: 'shop.people.b' })))
      expect(mask(kind, value, { keyless: true })).toBeNull()
    }
  expect(mask('hash', 'x')).toMatch(/^[0-9a-f]{32}$/)
  expect(mask('pseudonym', 'a@b.c', { classes: ['email'] })).toMatch(/^p_[a-z2-7]{16}@masked\.invalid$/)
  expect(String(mask('hash', SAMPLES.uuid))).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab]/)
})

test('of what was computed no mask depends on the value', () => {
  for (const kind of KINDS)
    for (const value of Object.values(SAMPLES))
      expect(show(mask(kind, value, { computed: true }))).toBe(
        show(mask(kind === 'null' ? 'null' : 'redact', value)),
      )
})

test('that there is no value stays as it is', () => {
  for (const kind of KINDS)
    for (const value of [null, new bson.MinKey(), new bson.MaxKey()])
      expect(show(mask(kind, value))).toBe(show(kind === 'null' ? null : value))
})

describe('W90 binary subtypes', () => {
  const binary = (subtype: number, value: Uint8Array) =>
    mask('redact', new bson.Binary(value, subtype)) as bson.Binary | null

  test('generic bytes, the old subtype with its two lengths, and those of users keep their subtype', () => {
    for (const subtype of [0, 1, 2, 8, 128, 255]) {
      const masked = binary(subtype, bytes(1, 2, 3, 4, 5))
      expect(masked?.sub_type).toBe(subtype)
      expect(Buffer.from(masked?.value() ?? []).toString()).toBe('***')
    }
    const hashed = mask('hash', new bson.Binary(bytes(1), 2)) as bson.Binary
    expect([hashed.sub_type, hashed.length()]).toEqual([2, 16])
  })

  test('UUIDs of both kinds and MD5 digests stay sixteen bytes', () => {
    for (const subtype of [3, 4, 5]) {
      const value = bytes(...new Array<number>(16).fill(9))
      expect(binary(subtype, value)?.length()).toBe(16)
      const hashed = mask('hash', new bson.Binary(value, subtype)) as bson.Binary
      expect([hashed.sub_type, hashed.length()]).toEqual([subtype, 16])
    }
  })

  test('a vector keeps its element type and its dimension', () => {
    const masked = binary(9, bytes(0x27, 0, 1, 2, 3, 4, 5, 6, 7, 8))
    expect([...(masked?.value() ?? [])]).toEqual([0x27, 0, ...new Array<number>(8).fill(0)])
    expect(mask('hash', new bson.Binary(bytes(0x03, 0, 1), 9))).toBeNull()
    expect(binary(9, bytes())?.length()).toBe(0)
  })

  test('encrypted values, columns and what is not known become null', () => {
    for (const subtype of [6, 7, 10, 127]) expect(binary(subtype, bytes(1, 2))).toBeNull()
  })
})

test('a DBRef keeps its names, and no value', () => {
  const masked = mask('redact', new bson.DBRef('people', new bson.ObjectId(), 'shop'))
  expect(show(masked)).not.toMatch(/people|shop/)
})

test('the deprecated DBPointer is blank', () => {
  const source = Uint8Array.from([
    ...[30, 0, 0, 0, 0x0c, 97, 0, 6, 0, 0, 0],
    ...[112, 101, 111, 112, 108, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0],
  ])
  const out = createByteWriter(8)
  const compiled = compileMask({ mask: 'redact', classes: [], field: 'f', key, computed: false })
  maskDocument(source, 0, source.length, { children: new Map([['a', { mask: compiled }]]) }, out)
  expect([...out.bytes.subarray(0, out.length)]).toEqual([
    25,
    0,
    0,
    0,
    0x0c,
    97,
    0,
    1,
    ...new Array(17).fill(0),
  ])
})
