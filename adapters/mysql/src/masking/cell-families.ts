/** What values a column's cells hold, as far as more than NULL can stand in their place. */
import { BINARY_CHARSET, type ColumnDefinition, TYPE } from '../messages/index.js'
import { type Encoding, encodingOf } from './encodings.js'

export type CellFamily =
  | { readonly kind: 'integer'; readonly bytes: number; readonly minimum: bigint; readonly maximum: bigint }
  | { readonly kind: 'year' | 'float' | 'double' | 'decimal' | 'date' | 'bytes' | 'json' }
  | { readonly kind: 'text'; readonly encoding: Encoding }

const UNSIGNED = 0x20
/** A column of labels is told as a string with one of these flags: a masked one would be another label. */
const ENUM_OR_SET = 0x100 | 0x800

/** Bits, and bytes in a binary row. */
const INTEGERS: ReadonlyMap<number, readonly [number, number]> = new Map([
  [TYPE.TINY, [8, 1]],
  [TYPE.SHORT, [16, 2]],
  [TYPE.INT24, [24, 4]],
  [TYPE.LONG, [32, 4]],
  [TYPE.LONGLONG, [64, 8]],
])

const PLAIN: ReadonlyMap<number, CellFamily> = new Map([
  [TYPE.YEAR, { kind: 'year' }],
  [TYPE.FLOAT, { kind: 'float' }],
  [TYPE.DOUBLE, { kind: 'double' }],
  [TYPE.DECIMAL, { kind: 'decimal' }],
  [TYPE.NEWDECIMAL, { kind: 'decimal' }],
  [TYPE.DATE, { kind: 'date' }],
  [TYPE.NEWDATE, { kind: 'date' }],
  [TYPE.DATETIME, { kind: 'date' }],
  [TYPE.TIMESTAMP, { kind: 'date' }],
  [TYPE.JSON, { kind: 'json' }],
])

const STRINGS: ReadonlySet<number> = new Set([
  TYPE.VARCHAR,
  TYPE.VAR_STRING,
  TYPE.STRING,
  TYPE.TINY_BLOB,
  TYPE.MEDIUM_BLOB,
  TYPE.LONG_BLOB,
  TYPE.BLOB,
])

/** Undefined: only NULL fits (TIME, BIT, ENUM, SET, GEOMETRY, VECTOR, and what is not known). */
export function familyOf(column: ColumnDefinition): CellFamily | undefined {
  const integer = INTEGERS.get(column.type)
  if (integer !== undefined) {
    const [bits, bytes] = integer
    const span = 1n << BigInt(bits)
    return (column.flags & UNSIGNED) !== 0
      ? { kind: 'integer', bytes, minimum: 0n, maximum: span - 1n }
      : { kind: 'integer', bytes, minimum: -span / 2n, maximum: span / 2n - 1n }
  }
  const plain = PLAIN.get(column.type)
  if (plain !== undefined) return plain
  if (!STRINGS.has(column.type) || (column.flags & ENUM_OR_SET) !== 0) return undefined
  if (column.charset === BINARY_CHARSET) return { kind: 'bytes' }
  const encoding = encodingOf(column.charset)
  return encoding && { kind: 'text', encoding }
}
