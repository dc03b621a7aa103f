/** Stored values that may be any other of their type: no mask is in them, and nobody decides by them. */
import { TYPE } from './types.js'

/** Neither infinite nor no number: the exponent is not all ones. */
export function hasEnd(source: Uint8Array, start: number): boolean {
  return ((source[start + 7] as number) & 0x7f) !== 0x7f || ((source[start + 6] as number) & 0xf0) !== 0xf0
}

/** Of a string: a star among its first letters, or `p_`; any letter outside ASCII counts as one. */
export function mayBeMask(source: Uint8Array, start: number, end: number): boolean {
  const most = Math.min(end - 1, start + 8)
  for (let at = start + 4; at < most; at++) {
    const letter = source[at] as number
    if (letter === 0x2a || letter > 0x7f) return true
  }
  return source[start + 5] === 0x5f
}

/** Whether a stored value of this type, which is no document and no array, may be any other. */
export function isFreeStored(type: number, source: Uint8Array, start: number, end: number): boolean {
  switch (type) {
    case TYPE.INT32:
    case TYPE.INT64:
    case TYPE.DATE:
    case TYPE.OBJECT_ID:
    case TYPE.BOOLEAN:
    case TYPE.TIMESTAMP:
    case TYPE.BINARY:
      return true
    case TYPE.DOUBLE:
      return hasEnd(source, start)
    case TYPE.STRING:
      return !mayBeMask(source, start, end)
    default:
      return false
  }
}
