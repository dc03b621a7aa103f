/** Masks of numbers: a masked integer is still an integer of its type, or null. */
import type { MaskKind } from '@gatehouse/core'
import type { FieldKey } from './mask-key.js'

/** Inclusive bounds of an integer type. */
export interface IntegerRange {
  readonly minimum: bigint
  readonly maximum: bigint
}

export function maskInteger(
  kind: MaskKind,
  value: bigint,
  range: IntegerRange,
  key: FieldKey | undefined,
): bigint | null {
  if (kind === 'bucket') return bucketInteger(value)
  if (kind !== 'pseudonym' || key === undefined) return null
  const digest = key.digest(value.toString())
  const drawn = new DataView(digest.buffer, digest.byteOffset, 8).getBigUint64(0)
  return drawn % (range.maximum + 1n)
}

/** Toward zero, to the first digit: 52,341 → 50,000, 42 → 40, 7 → 0. */
export function bucketInteger(value: bigint): bigint {
  const size = value < 0n ? -value : value
  if (size < 10n) return 0n
  const width = 10n ** BigInt(size.toString().length - 1)
  const floor = (size / width) * width
  return value < 0n ? -floor : floor
}

export function maskFloat(kind: MaskKind, value: number): number | null {
  if (kind !== 'bucket' || !Number.isFinite(value)) return null
  const size = Math.abs(value)
  if (size < 10) return 0
  const [first = '0', exponent = '0'] = size.toExponential().split(/\..*e\+?|e\+?/)
  return Math.sign(value) * Number(`${first}e${exponent}`)
}

/** A decimal number as text without exponent; null for what is none (`NaN`, `Infinity`). */
export function maskDecimal(kind: MaskKind, value: string): string | null {
  if (kind !== 'bucket') return null
  const parts = /^(-?)0*(\d*)(?:\.\d*)?$/.exec(value)
  if (parts === null || value.length === 0) return null
  const [, sign = '', whole = ''] = parts
  return whole.length < 2 ? '0' : sign + whole.charAt(0) + '0'.repeat(whole.length - 1)
}
