/** Masks of int32, int64, double and Decimal128: a number stays one of its type. */
import { append, reserve } from '@gatehouse/adapter-kit'
import type { MaskKind } from '@gatehouse/core'
import { type FieldKey, type IntegerRange, maskFloat, maskInteger } from '@gatehouse/masking'
import { Decimal128 } from 'bson'
import { int32At, putInt32, TYPE } from '../bson/index.js'
import { type LeafMask, nullLeaf } from './compiled-mask.js'
import { constantLeaf, isBlank } from './constant-leaf.js'

const RANGES: ReadonlyMap<number, IntegerRange> = new Map([
  [TYPE.INT32, { minimum: -(2n ** 31n), maximum: 2n ** 31n - 1n }],
  [TYPE.INT64, { minimum: -(2n ** 63n), maximum: 2n ** 63n - 1n }],
])

/** `type`: INT32 or INT64. */
export function integerLeaf(kind: MaskKind, key: FieldKey | undefined, type: number): LeafMask {
  const range = RANGES.get(type)
  if (isBlank(kind) || range === undefined) return constantLeaf(kind, type)
  const wide = type === TYPE.INT64
  if (kind === 'bucket' && !wide) return bucketInt32
  return (source, start, end, out) => {
    const view = new DataView(source.buffer, source.byteOffset + start, end - start)
    const value = wide ? view.getBigInt64(0, true) : BigInt(view.getInt32(0, true))
    const masked = maskInteger(kind, value, range, key)
    if (masked === null) return TYPE.NULL
    reserve(out, 8)
    out.length = wide
      ? out.bytes.writeBigInt64LE(masked, out.length)
      : out.bytes.writeInt32LE(Number(masked), out.length)
    return type
  }
}

/** As `bucketInteger`, which counts in bigints. */
const bucketInt32: LeafMask = (source, start, _end, out) => {
  const value = int32At(source, start)
  let width = 1
  while (Math.abs(value) >= width * 10) width *= 10
  reserve(out, 4)
  putInt32(out.bytes, out.length, width === 1 ? 0 : Math.trunc(value / width) * width)
  out.length += 4
  return TYPE.INT32
}

export function doubleLeaf(kind: MaskKind): LeafMask {
  if (isBlank(kind)) return constantLeaf(kind, TYPE.DOUBLE)
  return (source, start, end, out) => {
    const value = new DataView(source.buffer, source.byteOffset + start, end - start).getFloat64(0, true)
    const masked = maskFloat(kind, value)
    if (masked === null) return TYPE.NULL
    reserve(out, 8)
    out.length = out.bytes.writeDoubleLE(masked, out.length)
    return TYPE.DOUBLE
  }
}

/** Toward zero to the first digit, as other numbers; NaN and infinities have none. */
export function decimalLeaf(kind: MaskKind): LeafMask {
  if (isBlank(kind)) return constantLeaf(kind, TYPE.DECIMAL128)
  if (kind !== 'bucket') return nullLeaf
  const zero = constantLeaf('redact', TYPE.DECIMAL128)
  return (source, start, end, out) => {
    const text = new Decimal128(Uint8Array.from(source.subarray(start, end))).toString()
    const parts = /^(-?)(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/.exec(text)
    if (parts === null) return TYPE.NULL
    const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts
    const digits = whole + fraction
    const first = digits.search(/[1-9]/)
    // The place of the first digit, as a power of ten.
    const place = whole.length - 1 - first + Number(exponent)
    if (first < 0 || place < 1) return zero(source, start, end, out)
    const { bytes } = Decimal128.fromString(`${sign}${digits.charAt(first)}E+${place}`)
    append(out, bytes, 0, bytes.length)
    return TYPE.DECIMAL128
  }
}
