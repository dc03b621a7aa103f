/** Masks of dates: the first instant of the year (UTC), or of 1970. */
import { reserve } from '@gatehouse/adapter-kit'
import type { MaskKind } from '@gatehouse/core'
import { TYPE } from '../bson/index.js'
import { type LeafMask, nullLeaf } from './compiled-mask.js'
import { constantLeaf, isBlank } from './constant-leaf.js'

export function dateLeaf(kind: MaskKind): LeafMask {
  if (isBlank(kind)) return constantLeaf(kind, TYPE.DATE)
  return kind === 'year' ? yearOfDate : nullLeaf
}

/** A date that no calendar here reaches has no year. */
const yearOfDate: LeafMask = (source, start, end, out) => {
  const value = new DataView(source.buffer, source.byteOffset + start, end - start).getBigInt64(0, true)
  const date = new Date(Number(value))
  // Not Date.UTC, which takes years below 100 for those of the twentieth century.
  date.setUTCMonth(0, 1)
  const first = date.setUTCHours(0, 0, 0, 0)
  if (Number.isNaN(first)) return TYPE.NULL
  reserve(out, 8)
  out.length = out.bytes.writeBigInt64LE(BigInt(first), out.length)
  return TYPE.DATE
}
