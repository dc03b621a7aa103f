/** Masks of dates: the first instant of the year (UTC), or of 1970. */
import { reserve } from '@gatehouse/adapter-kit'
import type { MaskKind } from '@gatehouse/core'
import { int32At, putInt32, TYPE } from '../bson/index.js'
import { type LeafMask, nullLeaf } from './compiled-mask.js'
import { constantLeaf, isBlank } from './constant-leaf.js'

export function dateLeaf(kind: MaskKind): LeafMask {
  if (isBlank(kind)) return constantLeaf(kind, TYPE.DATE)
  return kind === 'year' ? yearOfDate : nullLeaf
}

const HIGH = 2 ** 32

/** A date that no calendar here reaches has no year. */
const yearOfDate: LeafMask = (source, start, _end, out) => {
  const date = new Date(int32At(source, start + 4) * HIGH + (int32At(source, start) >>> 0))
  // Not Date.UTC, which takes years below 100 for those of the twentieth century.
  date.setUTCMonth(0, 1)
  const first = date.setUTCHours(0, 0, 0, 0)
  if (Number.isNaN(first)) return TYPE.NULL
  reserve(out, 8)
  putInt32(out.bytes, out.length, first)
  putInt32(out.bytes, out.length + 4, Math.floor(first / HIGH))
  out.length += 8
  return TYPE.DATE
}
