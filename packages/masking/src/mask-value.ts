/** Masks of values as they stand in a reply's bytes, whatever wire they came over. */
import type { MaskKind } from '@gatehouse/core'
import type { FieldKey } from './mask-key.js'
import { digestMask, partialMask, REDACTED } from './mask-text.js'

/** What stands for the value `source[start … end)`; null: NULL. */
export type ValueMask = (source: Uint8Array, start: number, end: number) => string | null

/** Undefined: its characters can't be told. */
export type DecodeValue = (source: Uint8Array, start: number, end: number) => string | undefined

export function decodeUtf8(source: Uint8Array, start: number, end: number): string {
  const buffer = Buffer.isBuffer(source)
    ? source
    : Buffer.from(source.buffer, source.byteOffset, source.length)
  return buffer.toString('utf8', start, end)
}

/** Of text. Digests are taken of the bytes as they came, so that no encoding is assumed. */
export function textValueMask(
  kind: MaskKind,
  classes: readonly string[],
  key: FieldKey | undefined,
  decode: DecodeValue = decodeUtf8,
): ValueMask {
  if (kind === 'redact') return () => REDACTED
  if (kind === 'partial') {
    const partial = partialMask(classes)
    return (source, start, end) => {
      const text = decode(source, start, end)
      return text === undefined ? REDACTED : partial(text)
    }
  }
  const shown = digestMask(kind, classes)
  if (key === undefined || shown === undefined) return () => null
  return (source, start, end) => shown(key.digest(source, start, end))
}

/** Of a document: the whole of it becomes one JSON string, since its keys can be data too. */
export function documentValueMask(
  kind: MaskKind,
  classes: readonly string[],
  key: FieldKey | undefined,
): ValueMask {
  if (kind === 'redact' || kind === 'partial') return () => `"${REDACTED}"`
  const shown = digestMask(kind, classes)
  if (key === undefined || shown === undefined) return () => null
  return (source, start, end) => `"${shown(key.digest(source, start, end))}"`
}

/** A whole decimal number of at most `most` characters; undefined for anything else. */
export function readDigits(source: Uint8Array, start: number, end: number, most = 20): bigint | undefined {
  const text = end - start > most ? '' : decodeUtf8(source, start, end)
  return /^-?\d+$/.test(text) ? BigInt(text) : undefined
}
