/** Cell masks of text, JSON, bytea and uuid. */

import { append, appendByte, appendText } from '@gatehouse/adapter-kit'
import type { MaskKind } from '@gatehouse/core'
import {
  type FieldKey,
  hashText,
  maskBytes,
  maskText,
  maskUuid,
  partialText,
  pseudonymText,
  REDACTED,
} from '@gatehouse/masking'
import type { CellMask } from './cell-mask.js'

/** Text is the same in both formats. Digests are taken of the bytes as they came, so that no encoding is assumed. */
export function textCellMask(
  kind: MaskKind,
  classes: readonly string[],
  key: FieldKey | undefined,
): CellMask {
  return (source, start, end, out) => {
    let masked: string | null = null
    if (kind === 'partial') masked = partialText(classes, decode(source, start, end))
    else if (kind === 'redact') masked = REDACTED
    else if (key !== undefined) masked = digestText(kind, classes, key.digest(source.subarray(start, end)))
    if (masked === null) return false
    appendText(out, masked)
    return true
  }
}

/** The whole document becomes one JSON string: its keys can be data too. `version`: jsonb's binary form starts with 1. */
export function jsonCellMask(
  kind: MaskKind,
  classes: readonly string[],
  key: FieldKey | undefined,
  version: boolean,
): CellMask {
  return (source, start, end, out) => {
    const from = version ? start + 1 : start
    const masked =
      kind === 'redact' || kind === 'partial'
        ? REDACTED
        : key === undefined
          ? maskText(kind, classes, '', undefined)
          : digestText(kind, classes, key.digest(source.subarray(Math.min(from, end), end)))
    if (masked === null) return false
    if (version) appendByte(out, 1)
    appendText(out, `"${masked}"`)
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
    const value = binary ? source.subarray(start, end) : uuidText(decode(source, start, end))
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

function digestText(kind: MaskKind, classes: readonly string[], digest: Uint8Array): string | null {
  if (kind === 'hash') return hashText(digest)
  return kind === 'pseudonym' ? pseudonymText(classes, digest) : null
}

export function decode(source: Uint8Array, start: number, end: number): string {
  return Buffer.from(source.buffer, source.byteOffset + start, end - start).toString('utf8')
}

function uuidText(text: string): Uint8Array | undefined {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)
    ? Buffer.from(text.replaceAll('-', ''), 'hex')
    : undefined
}

/** The bytes behind `\x…`, so that both formats give one digest; the escape form (`bytea_output`) digests as it is. */
function byteaText(source: Uint8Array, start: number, end: number): Uint8Array {
  const hex = source[start] === 0x5c && source[start + 1] === 0x78
  return hex ? Buffer.from(decode(source, start + 2, end), 'hex') : source.subarray(start, end)
}
