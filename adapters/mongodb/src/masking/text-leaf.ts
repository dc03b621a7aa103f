/** Masks of strings and symbols. */
import { append, appendByte, appendText, type ByteWriter, reserve } from '@gatehouse/adapter-kit'
import type { MaskKind } from '@gatehouse/core'
import { type FieldKey, REDACTED, textValueMask } from '@gatehouse/masking'
import { putInt32, textAt } from '../bson/index.js'
import { type LeafMask, nullLeaf } from './compiled-mask.js'

const LENGTH = 4
const REDACTED_STRING = Uint8Array.from([REDACTED.length + 1, 0, 0, 0, ...Buffer.from(REDACTED), 0])
/** Characters of an ISO 8601 date. */
const DATE = 10

export function textLeaf(
  kind: MaskKind,
  classes: readonly string[],
  key: FieldKey | undefined,
): (type: number) => LeafMask {
  return (type) => {
    if (kind === 'redact')
      return (_source, _start, _end, out) => {
        append(out, REDACTED_STRING, 0, REDACTED_STRING.length)
        return type
      }
    if (kind === 'bucket') return nullLeaf
    const mask = kind === 'year' ? yearOfText : textValueMask(kind, classes, key)
    return (source, start, end, out) => {
      const masked = mask(source, start + LENGTH, end - 1)
      if (masked === null) return nullLeaf(source, start, end, out)
      appendString(out, masked)
      return type
    }
  }
}

/** A string's value: its length with the NUL, its bytes, the NUL. */
function appendString(out: ByteWriter, text: string): void {
  reserve(out, LENGTH)
  const at = out.length
  out.length += LENGTH
  appendText(out, text)
  appendByte(out, 0)
  putInt32(out.bytes, at, out.length - at - LENGTH)
}

/** Dates are often kept as text; any other has no year. */
function yearOfText(source: Uint8Array, start: number, end: number): string | null {
  const text = textAt(source, start, Math.min(end, start + DATE + 1))
  const year = /^(\d{4})-\d\d-\d\d(?:$|[T ])/.exec(text)?.[1]
  return year === undefined ? null : `${year}-01-01`
}
