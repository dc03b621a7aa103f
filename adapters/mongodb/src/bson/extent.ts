/** How far the value of an element reaches, with every length of its own held against what surrounds it. */
import { bsonFault, int32At, nulAt } from './bytes.js'
import { LEAST_DOCUMENT, SUBTYPE, TYPE } from './types.js'

/** Bytes of the values of a type, where they are the same for all and none is impossible; −1 for every other byte. */
export const FIXED_SIZES: Int8Array = sizesByType()

function sizesByType(): Int8Array {
  const sizes = new Int8Array(256).fill(-1)
  for (const type of [TYPE.DOUBLE, TYPE.DATE, TYPE.TIMESTAMP, TYPE.INT64]) sizes[type] = 8
  for (const type of [TYPE.NULL, TYPE.UNDEFINED, TYPE.MIN_KEY, TYPE.MAX_KEY]) sizes[type] = 0
  sizes[TYPE.INT32] = 4
  sizes[TYPE.OBJECT_ID] = 12
  sizes[TYPE.DECIMAL128] = 16
  return sizes
}

/**
 * One past the last byte of the value of this type at `at`, at most `end`. What stands inside a document, an array or a
 * scope is not looked at. Throws `GH_WIRE` for an unknown type, a length that lies, or a value that cannot be.
 */
export function valueEnd(type: number, source: Uint8Array, at: number, end: number): number {
  switch (type) {
    case TYPE.STRING:
    case TYPE.CODE:
    case TYPE.SYMBOL:
      return stringEnd(source, at, end)
    case TYPE.DOCUMENT:
    case TYPE.ARRAY:
      return documentEnd(source, at, end)
    case TYPE.DOUBLE:
    case TYPE.DATE:
    case TYPE.TIMESTAMP:
    case TYPE.INT64:
      return fixed(at, 8, end)
    case TYPE.INT32:
      return fixed(at, 4, end)
    case TYPE.OBJECT_ID:
      return fixed(at, 12, end)
    case TYPE.BOOLEAN:
      if (at < end && (source[at] as number) > 1) throw bsonFault('a boolean that is neither 0 nor 1')
      return fixed(at, 1, end)
    case TYPE.NULL:
    case TYPE.UNDEFINED:
    case TYPE.MIN_KEY:
    case TYPE.MAX_KEY:
      return at
    case TYPE.DECIMAL128:
      return fixed(at, 16, end)
    case TYPE.BINARY:
      return binaryEnd(source, at, end)
    case TYPE.REGEX:
      return nulAt(source, nulAt(source, at, end) + 1, end) + 1
    case TYPE.DB_POINTER:
      return fixed(stringEnd(source, at, end), 12, end)
    case TYPE.CODE_WITH_SCOPE: {
      const whole = scopedEnd(source, at, end)
      if (documentEnd(source, scopeAt(source, at, whole), whole) !== whole)
        throw bsonFault('a scope of another length than its code says')
      return whole
    }
    default:
      throw bsonFault('a type that does not exist')
  }
}

/** Where the scope of a code with scope begins. */
export function scopeAt(source: Uint8Array, at: number, end: number): number {
  return stringEnd(source, at + 4, end)
}

/** A document's length, held against what surrounds it, and its last byte. */
export function documentEnd(source: Uint8Array, at: number, end: number): number {
  const length = lengthAt(source, at, end)
  if (length < LEAST_DOCUMENT || length > end - at) throw bsonFault('a document of an impossible length')
  if (source[at + length - 1] !== 0) throw bsonFault('a document without its end')
  return at + length
}

function stringEnd(source: Uint8Array, at: number, end: number): number {
  const length = lengthAt(source, at, end)
  if (length < 1 || length > end - at - 4) throw bsonFault('a string of an impossible length')
  if (source[at + 3 + length] !== 0) throw bsonFault('a string without its end')
  return at + 4 + length
}

function binaryEnd(source: Uint8Array, at: number, end: number): number {
  const length = lengthAt(source, at, end)
  if (length < 0 || length > end - at - 5) throw bsonFault('binary data of an impossible length')
  if (source[at + 4] === SUBTYPE.OLD_BINARY && (length < 4 || int32At(source, at + 5) !== length - 4))
    throw bsonFault('binary data of two lengths')
  return at + 5 + length
}

/** Its length, its string and its scope: at least 4 + 5 + 5 bytes. */
function scopedEnd(source: Uint8Array, at: number, end: number): number {
  const length = lengthAt(source, at, end)
  if (length < 14 || length > end - at) throw bsonFault('code with scope of an impossible length')
  return at + length
}

function lengthAt(source: Uint8Array, at: number, end: number): number {
  if (end - at < 4) throw bsonFault('a value beyond the end')
  return int32At(source, at)
}

function fixed(at: number, size: number, end: number): number {
  if (size > end - at) throw bsonFault('a value beyond the end')
  return at + size
}
