/** Masks of binary data: the subtype stays, and with it what the client makes of the bytes (bsonspec.org, binary subtypes). */
import { append, appendByte, type ByteWriter, reserve } from '@gatehouse/adapter-kit'
import type { MaskKind } from '@gatehouse/core'
import { type FieldKey, maskBytes, maskUuid } from '@gatehouse/masking'
import { putInt32, SUBTYPE, TYPE } from '../bson/index.js'
import type { LeafMask } from './compiled-mask.js'
import { isBlank } from './constant-leaf.js'

/** Length and subtype. */
const HEAD = 5
/** The element type of a vector, and its padding. */
const VECTOR_HEAD = 2
const UUID_BYTES = 16

/** Null for subtypes whose bytes mean something to drivers or servers: encrypted values, columns, and those that are not known. */
export function binaryLeaf(kind: MaskKind, key: FieldKey | undefined): LeafMask {
  return (source, start, end, out) => {
    const subtype = source[start + 4] as number
    const value = source.subarray(start + (subtype === SUBTYPE.OLD_BINARY ? HEAD + 4 : HEAD), end)
    const masked = maskOf(kind, key, subtype, value)
    if (masked === null) return TYPE.NULL
    appendBinary(out, subtype, masked)
    return TYPE.BINARY
  }
}

function maskOf(
  kind: MaskKind,
  key: FieldKey | undefined,
  subtype: number,
  value: Uint8Array,
): Uint8Array | null {
  switch (subtype) {
    case SUBTYPE.UUID:
    case SUBTYPE.OLD_UUID:
    case SUBTYPE.MD5:
      if (isBlank(kind)) return new Uint8Array(UUID_BYTES)
      return subtype === SUBTYPE.MD5 ? maskBytes(kind, value, key) : maskUuid(kind, value, key)
    case SUBTYPE.VECTOR:
      return isBlank(kind) ? blankVector(value) : null
    case SUBTYPE.GENERIC:
    case SUBTYPE.FUNCTION:
    case SUBTYPE.OLD_BINARY:
    case SUBTYPE.SENSITIVE:
      return maskBytes(isBlank(kind) ? 'redact' : kind, value, key)
    default:
      return subtype >= SUBTYPE.USER ? maskBytes(isBlank(kind) ? 'redact' : kind, value, key) : null
  }
}

/** As many zeros: whoever reads vectors counts on their dimension. */
function blankVector(value: Uint8Array): Uint8Array {
  const blank = new Uint8Array(value.length)
  blank.set(value.subarray(0, VECTOR_HEAD))
  return blank
}

function appendBinary(out: ByteWriter, subtype: number, bytes: Uint8Array): void {
  const old = subtype === SUBTYPE.OLD_BINARY
  reserve(out, HEAD + 4)
  putInt32(out.bytes, out.length, bytes.length + (old ? 4 : 0))
  out.length += 4
  appendByte(out, subtype)
  if (old) {
    putInt32(out.bytes, out.length, bytes.length)
    out.length += 4
  }
  append(out, bytes, 0, bytes.length)
}
