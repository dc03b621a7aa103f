/** Cell masks of text, JSON, bytea and uuid. */

import { append, appendByte, appendText } from '@gatehouse/adapter-kit'
import type { MaskKind } from '@gatehouse/core'
import {
  decodeUtf8,
  documentValueMask,
  type FieldKey,
  maskBytes,
  maskUuid,
  textValueMask,
} from '@gatehouse/masking'
import type { CellMask } from './cell-mask.js'

/** Text is the same in both formats. */
export function textCellMask(
  kind: MaskKind,
  classes: readonly string[],
  key: FieldKey | undefined,
): CellMask {
  const mask = textValueMask(kind, classes, key)
  return (source, start, end, out) => {
    const masked = mask(source, start, end)
    if (masked === null) return false
    appendText(out, masked)
    return true
  }
}

/** `version`: jsonb's binary form starts with 1. */
export function jsonCellMask(
  kind: MaskKind,
  classes: readonly string[],
  key: FieldKey | undefined,
  version: boolean,
): CellMask {
  const mask = documentValueMask(kind, classes, key)
  return (source, start, end, out) => {
    const masked = mask(source, version ? Math.min(start + 1, end) : start, end)
    if (masked === null) return false
    if (version) appendByte(out, 1)
    appendText(out, masked)
    return true
  }
}

export function bytesCellMask(kind: MaskKind, key: FieldKey | undefined, binary: boolean): CellMask {
  return (source, start, end, out) => {
    const value = binary ? source.subarray(start, end) : byteaText(source, start, end)
    const masked = maskBytes(kind, value, key)
    if (masked === null) return false
    if (binary) append(out, masked, 0, masked.length)
    else appendText(out, `\\x${Buffer.from(masked).toString('hex')}`)
    return true
  }
}

export function uuidCellMask(kind: MaskKind, key: FieldKey | undefined, binary: boolean): CellMask {
  return (source, start, end, out) => {
    const value = binary ? source.subarray(start, end) : uuidText(decodeUtf8(source, start, end))
    if (value?.length !== 16) return false
    const masked = maskUuid(kind, value, key)
    if (masked === null) return false
    if (binary) append(out, masked, 0, masked.length)
    else
      appendText(
        out,
        Buffer.from(masked)
          .toString('hex')
          .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
      )
    return true
  }
}

function uuidText(text: string): Uint8Array | undefined {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)
    ? Buffer.from(text.replaceAll('-', ''), 'hex')
    : undefined
}

/** The bytes behind `\x…`, so that both formats give one digest; the escape form (`bytea_output`) digests as it is. */
function byteaText(source: Uint8Array, start: number, end: number): Uint8Array {
  const hex = source[start] === 0x5c && source[start + 1] === 0x78
  return hex ? Buffer.from(decodeUtf8(source, start + 2, end), 'hex') : source.subarray(start, end)
}
