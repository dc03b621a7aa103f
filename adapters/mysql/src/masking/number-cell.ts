/** Cell masks of integers, floats, decimals and years. */
import { append, appendText, reserve } from '@gatehouse/adapter-kit'
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
import type { ColumnDefinition } from '../messages/index.js'
import { type CellMask, nullCell } from './cell.js'

const ZEROFILL = 0x40
/** Widest display of a ZEROFILL column. */
const WIDEST = 255
/** Digits after the point; more means that the scale is not fixed. */
const MOST_DECIMALS = 38

export function integerCellMask(
  kind: MaskKind,
  key: FieldKey | undefined,
  column: ColumnDefinition,
  range: IntegerRange & { readonly bytes: number },
  binary: boolean,
): CellMask {
  return (source, start, end, out) => {
    const value = binary ? readInteger(source, start, end, range) : readDigits(source, start, end, WIDEST)
    if (value === undefined || value < range.minimum || value > range.maximum) return false
    const masked = maskInteger(kind, value, range, key)
    if (masked === null) return false
    if (!binary) {
      appendText(out, filled(masked.toString(), column))
      return true
    }
    reserve(out, range.bytes)
    let rest = BigInt.asUintN(range.bytes * 8, masked)
    for (let left = range.bytes; left > 0; left--, rest >>= 8n) out.bytes[out.length++] = Number(rest & 0xffn)
    return true
  }
}

/** ZEROFILL columns are as wide as their definition says, in text. */
function filled(digits: string, column: ColumnDefinition): string {
  return (column.flags & ZEROFILL) === 0 ? digits : digits.padStart(Math.min(column.length, WIDEST), '0')
}

function readInteger(
  source: Uint8Array,
  start: number,
  end: number,
  range: IntegerRange & { readonly bytes: number },
): bigint | undefined {
  if (end - start !== range.bytes) return undefined
  let value = 0n
  for (let at = end - 1; at >= start; at--) value = (value << 8n) | BigInt(source[at] ?? 0)
  return range.minimum === 0n ? value : BigInt.asIntN(range.bytes * 8, value)
}

export function floatCellMask(kind: MaskKind, bytes: 4 | 8, binary: boolean): CellMask {
  return (source, start, end, out) => {
    const value = binary ? readFloat(source, start, end, bytes) : readNumber(decodeUtf8(source, start, end))
    const masked = maskFloat(kind, value)
    if (masked === null) return false
    if (!binary) {
      appendText(out, String(masked).replace('+', ''))
      return true
    }
    reserve(out, bytes)
    out.length =
      bytes === 4 ? out.bytes.writeFloatLE(masked, out.length) : out.bytes.writeDoubleLE(masked, out.length)
    return true
  }
}

/** All of the text is the number, or it is none. */
function readNumber(text: string): number {
  return /^-?[\d.]+(?:e[-+]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
}

function readFloat(source: Uint8Array, start: number, end: number, bytes: number): number {
  if (end - start !== bytes) return Number.NaN
  const view = new DataView(source.buffer, source.byteOffset + start, bytes)
  return bytes === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true)
}

/** Digits in both formats, always with as many after the point as the definition says. */
export function decimalCellMask(kind: MaskKind, column: ColumnDefinition): CellMask {
  const { decimals } = column
  const fraction = decimals > 0 && decimals <= MOST_DECIMALS ? `.${'0'.repeat(decimals)}` : ''
  return (source, start, end, out) => {
    const masked = maskDecimal(kind, decodeUtf8(source, start, end))
    if (masked === null) return false
    appendText(out, filled(masked + fraction, column))
    return true
  }
}

/** A year is what is left of itself by the mask `year`; any other is NULL: few numbers are years. */
export function yearCellMask(kind: MaskKind): CellMask {
  if (kind !== 'year') return nullCell
  return (source, start, end, out) => {
    append(out, source, start, end)
    return true
  }
}
