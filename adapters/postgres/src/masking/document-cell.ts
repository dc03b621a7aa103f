/** Cells of json, jsonb and hstore whose values are masked by the names of their keys, and arrays of them (R6). */
import {
  append,
  appendByte,
  appendEdited,
  appendText,
  type ByteWriter,
  readInt32,
  reserve,
  writeInt32,
} from '@gatehouse/adapter-kit'
import {
  createJsonMask,
  decodeUtf8,
  type JsonMaskOptions,
  type JudgeKey,
  type KeyMask,
  maskText,
  REDACTED,
} from '@gatehouse/masking'
import { arrayCellMask } from './array-cell.js'
import type { CellMask } from './cell-mask.js'
import type { CellType } from './cell-types.js'

export interface DocumentCell {
  readonly type: CellType
  readonly binary: boolean
  readonly judge: JudgeKey
  /** The judge looks at more than the last key. */
  readonly byPath: boolean
  readonly computed: boolean
}

export function createDocumentCell(cell: DocumentCell): CellMask {
  const { type, binary, judge } = cell
  if (type.kind === 'array') return arrayCellMask(createDocumentCell({ ...cell, type: type.element }), binary)
  if (type.kind === 'hstore') return binary ? binaryHstore(judge) : textHstore(judge)
  return jsonKeysCell(cell, binary && type.family === 'jsonb')
}

const JSONB_VERSION = 1

const WHOLE = JSON.stringify(REDACTED)

function jsonKeysCell(options: JsonMaskOptions, version: boolean): CellMask {
  const mask = createJsonMask(options)
  return (source, start, end, out) => {
    const from = version ? start + 1 : start
    if (version && source[start] !== JSONB_VERSION) return false
    const edits = mask(source, from, end)
    if (edits === 'whole') {
      if (version) appendByte(out, JSONB_VERSION)
      appendText(out, WHOLE)
      return true
    }
    appendEdited(out, source, start, end, edits)
    return true
  }
}

/**
 * A column whose type nobody tells: what reads as a JSON object or list is one. `strict`: anything else is NULL.
 * `spelled`: the text of an object may stand among others.
 */
export function guessedDocumentCell(
  options: JsonMaskOptions,
  binary: boolean,
  strict: boolean,
  spelled = false,
): CellMask {
  const plain = jsonKeysCell(options, false)
  const versioned = jsonKeysCell(options, true)
  return (source, start, end, out) => {
    const isVersioned = binary && source[start] === JSONB_VERSION
    const from = isVersioned ? start + 1 : start
    if (opensDocument(source, from, end)) {
      const before = out.length
      const written = (isVersioned ? versioned : plain)(source, start, end, out)
      const isWhole = out.length - before === WHOLE.length + from - start
      if (written && !(isWhole && decodeUtf8(out.bytes, out.length - WHOLE.length, out.length) === WHOLE))
        return true
      // No JSON after all, but an array perhaps.
      out.length = before
    }
    if (strict || (spelled && holdsKey(source, start, end))) return false
    append(out, source, start, end)
    return true
  }
}

/**
 * What stood under keys of a document, as text, alone or among others (`->>`, `||`, arrays, rows): an object's is masked as
 * one where it reads as JSON; where it does not, nothing of the value is shown.
 */
export function spelledDocumentCell(options: JsonMaskOptions, textual: boolean): CellMask {
  const guessed = guessedDocumentCell(options, false, false, true)
  return (source, start, end, out) => {
    if (guessed(source, start, end, out)) return true
    if (textual) appendText(out, REDACTED)
    return textual
  }
}

/** A quote before a colon, as every key has that is text, however often it was made text. */
function holdsKey(source: Uint8Array, start: number, end: number): boolean {
  const text = Buffer.from(source.buffer, source.byteOffset + start, end - start).toString('latin1')
  return /(?:"|u0022)(?:\s|\\[nrt])*(?::|\\u003a)/i.test(text)
}

function opensDocument(source: Uint8Array, start: number, end: number): boolean {
  let at = start
  while (at < end && (source[at] as number) <= 0x20) at += 1
  return at < end && (source[at] === 0x7b || source[at] === 0x5b)
}

/** Null: the value's mask is NULL. */
function maskHstore(mask: KeyMask, value: string): string | null {
  return maskText(mask.with, mask.classes, value, mask.key)
}

/** Int32 count; of each pair Int32 length and key, Int32 length (-1: NULL) and value. */
function binaryHstore(judge: JudgeKey): CellMask {
  return (source, start, end, out) => {
    const before = out.length
    const broken = () => {
      out.length = before
      return false
    }
    if (end - start < 4) return broken()
    append(out, source, start, start + 4)
    let at = start + 4
    for (let left = readInt32(source, start); left > 0; left--) {
      const keyAt = at + 4
      const keyEnd = keyAt > end ? -1 : keyAt + readInt32(source, at)
      const valueAt = keyEnd + 4
      if (keyEnd < keyAt || valueAt > end) return broken()
      const length = readInt32(source, keyEnd)
      const valueEnd = valueAt + Math.max(0, length)
      if (length < -1 || valueEnd > end) return broken()
      const mask = length < 0 ? undefined : judge([decodeUtf8(source, keyAt, keyEnd)])
      if (mask === undefined) append(out, source, at, valueEnd)
      else {
        append(out, source, at, keyEnd)
        appendSized(out, maskHstore(mask, decodeUtf8(source, valueAt, valueEnd)))
      }
      at = valueEnd
    }
    return at === end ? true : broken()
  }
}

function appendSized(out: ByteWriter, text: string | null): void {
  reserve(out, 4)
  const lengthAt = out.length
  out.length += 4
  if (text !== null) appendText(out, text)
  writeInt32(out.bytes, lengthAt, text === null ? -1 : out.length - lengthAt - 4)
}

/** `"key"=>"value", "key"=>NULL`, quotes and backslashes escaped (hstore_out). */
const PAIR = /"([^"\\]*(?:\\.[^"\\]*)*)"=>(?:"([^"\\]*(?:\\.[^"\\]*)*)"|NULL)(?:, |$)/suy

function textHstore(judge: JudgeKey): CellMask {
  const plain = (text: string) => text.replace(/\\(.)/gsu, '$1')
  return (source, start, end, out) => {
    const text = decodeUtf8(source, start, end)
    let masked = ''
    PAIR.lastIndex = 0
    while (PAIR.lastIndex < text.length) {
      const pair = PAIR.exec(text)
      if (pair === null) return false
      const [whole, key = '', value] = pair
      const mask = value === undefined ? undefined : judge([plain(key)])
      if (mask === undefined || value === undefined) {
        masked += whole
        continue
      }
      const shown = maskHstore(mask, plain(value))
      const rest = whole.endsWith(', ') ? ', ' : ''
      masked += `"${key}"=>${shown === null ? 'NULL' : `"${shown.replace(/["\\]/g, '\\$&')}"`}${rest}`
    }
    if (masked === text) append(out, source, start, end)
    else appendText(out, masked)
    return true
  }
}
