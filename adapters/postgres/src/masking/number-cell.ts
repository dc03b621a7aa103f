/** Cell masks of integers, floats and numeric. */

import { appendText, reserve } from '@gatehouse/adapter-kit'
import type { MaskKind } from '@gatehouse/core'
import {
  decodeUtf8,
  type FieldKey,
  type IntegerRange,
  maskDecimal,
  maskFloat,
  maskInteger,
  readDigits,
} from '@gatehouse/masking'
import type { CellMask } from './cell-mask.js'

type IntegerFamily = 'int2' | 'int4' | 'int8' | 'oid'

const RANGES: Readonly<Record<IntegerFamily, IntegerRange & { readonly bytes: number }>> = {
  int2: { minimum: -0x8000n, maximum: 0x7fffn, bytes: 2 },
  int4: { minimum: -0x80000000n, maximum: 0x7fffffffn, bytes: 4 },
  int8: { minimum: -0x8000000000000000n, maximum: 0x7fffffffffffffffn, bytes: 8 },
  oid: { minimum: 0n, maximum: 0xffffffffn, bytes: 4 },
}

export function integerCellMask(
  kind: MaskKind,
  key: FieldKey | undefined,
  family: IntegerFamily,
  binary: boolean,
): CellMask {
  const range = RANGES[family]
  return (source, start, end, out) => {
    const value = binary ? readInteger(source, start, end, range) : readDigits(source, start, end)
    if (value === undefined || value < range.minimum || value > range.maximum) return false
    const masked = maskInteger(kind, value, range, key)
    if (masked === null) return false
    if (!binary) {
      appendText(out, masked.toString())
      return true
    }
    reserve(out, range.bytes)
    let rest = BigInt.asUintN(range.bytes * 8, masked)
    for (let at = range.bytes - 1; at >= 0; at--, rest >>= 8n)
      out.bytes[out.length + at] = Number(rest & 0xffn)
    out.length += range.bytes
    return true
  }
}

export function floatCellMask(kind: MaskKind, family: 'float4' | 'float8', binary: boolean): CellMask {
  const bytes = family === 'float4' ? 4 : 8
  return (source, start, end, out) => {
    const value = binary
      ? readFloat(source, start, end, bytes)
      : Number.parseFloat(decodeUtf8(source, start, end))
    const masked = maskFloat(kind, value)
    if (masked === null) return false
    if (!binary) {
      appendText(out, String(masked))
      return true
    }
    reserve(out, bytes)
    if (bytes === 4) out.bytes.writeFloatBE(masked, out.length)
    else out.bytes.writeDoubleBE(masked, out.length)
    out.length += bytes
    return true
  }
}

export function numericCellMask(kind: MaskKind, binary: boolean): CellMask {
  return (source, start, end, out) => {
    const value = binary ? readNumeric(source, start, end) : decodeUtf8(source, start, end)
    const masked = value === undefined ? null : maskDecimal(kind, value)
    if (masked === null) return false
    if (!binary) {
      appendText(out, masked)
      return true
    }
    // One base-10000 digit is enough for a bucket: a leading digit and zeros (numeric_send: ndigits, weight, sign, dscale).
    const negative = masked.startsWith('-')
    const places = masked.length - (negative ? 2 : 1)
    const digit = masked === '0' ? 0 : Number(masked.charAt(negative ? 1 : 0)) * 10 ** (places % 4)
    const fields = digit === 0 ? [0, 0, 0, 0] : [1, Math.floor(places / 4), negative ? 0x4000 : 0, 0, digit]
    reserve(out, fields.length * 2)
    for (const field of fields) out.length = out.bytes.writeUInt16BE(field, out.length)
    return true
  }
}

function readInteger(
  source: Uint8Array,
  start: number,
  end: number,
  range: IntegerRange & { readonly bytes: number },
): bigint | undefined {
  if (end - start !== range.bytes) return undefined
  let value = 0n
  for (let at = start; at < end; at++) value = (value << 8n) | BigInt(source[at] ?? 0)
  return range.minimum === 0n ? value : BigInt.asIntN(range.bytes * 8, value)
}

function readFloat(source: Uint8Array, start: number, end: number, bytes: number): number {
  if (end - start !== bytes) return Number.NaN
  const view = new DataView(source.buffer, source.byteOffset + start, bytes)
  return bytes === 4 ? view.getFloat32(0) : view.getFloat64(0)
}

/** The whole part of a numeric as decimal text; undefined for NaN, the infinities and what is malformed. */
function readNumeric(source: Uint8Array, start: number, end: number): string | undefined {
  if (end - start < 8) return undefined
  const view = new DataView(source.buffer, source.byteOffset + start, end - start)
  const count = view.getUint16(0)
  const weight = view.getInt16(2)
  const sign = view.getUint16(4)
  if ((sign !== 0 && sign !== 0x4000) || view.byteLength !== 8 + count * 2) return undefined
  let whole = ''
  for (let at = 0; at <= weight; at++) {
    whole += (at < count ? view.getUint16(8 + at * 2) : 0).toString().padStart(4, '0')
  }
  return (sign === 0 ? '' : '-') + (whole === '' ? '0' : whole)
}
