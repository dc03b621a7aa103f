/** Cells of JSON whose values are masked by the names of their keys (R6). */
import { append, appendEdited } from '@gatehouse/adapter-kit'
import { createJsonMask, type JsonMaskOptions, REDACTED } from '@gatehouse/masking'
import type { ColumnDefinition } from '../messages/index.js'
import { type CellMask, nullCell } from './cell.js'
import { familyOf } from './cell-families.js'
import { type Encoding, encodingOfJson, isAscii } from './encodings.js'

const WHOLE = JSON.stringify(REDACTED)

/** The wire itself says so; MariaDB's JSON is text, which else only the catalog tells from other text. */
export function isDocument(column: ColumnDefinition): boolean {
  return column.json === true || familyOf(column)?.kind === 'json'
}

/** For a column that holds documents, as the wire or the catalog says. Where no text can be: NULL. */
export function createDocumentCell(column: ColumnDefinition, options: JsonMaskOptions): CellMask {
  const family = familyOf(column)
  if (family?.kind !== 'json' && family?.kind !== 'text' && family?.kind !== 'bytes') return nullCell
  const told = family.kind === 'text' ? family.encoding : undefined
  const mask = createJsonMask(options)
  return (source, start, end, out) => {
    const encoding = told ?? encodingOfJson(source, start, end)
    const edits = isReadable(encoding, source, start, end) ? mask(source, start, end) : 'whole'
    if (edits === 'whole') encoding.append(out, WHOLE)
    else appendEdited(out, source, start, end, edits)
    return true
  }
}

/** Invariant: a key is never read in other characters than it was written in; where they can't be told the whole is masked. */
function isReadable(encoding: Encoding, source: Uint8Array, start: number, end: number): boolean {
  if (encoding.name === 'utf8') return true
  return (encoding.name === 'single' || encoding.name === 'multi') && isAscii(source, start, end)
}

/**
 * A text column that may hold documents for all that is known: what begins as one and has keys is masked as one; what does
 * not is passed, or NULL where it is `strict`.
 */
export function guessedDocumentCell(
  column: ColumnDefinition,
  options: JsonMaskOptions,
  strict: boolean,
): CellMask {
  const document = createDocumentCell(column, options)
  return (source, start, end, out) => {
    if (opensDocument(source, start, end) && (strict || hasKeys(source, start, end)))
      return document(source, start, end, out)
    if (strict) return false
    append(out, source, start, end)
    return true
  }
}

/** A zero is part of a character of UTF-16 or UTF-32. */
function opensDocument(source: Uint8Array, start: number, end: number): boolean {
  let at = start
  while (at < end && (source[at] as number) <= 0x20) at += 1
  return at < end && (source[at] === 0x7b || source[at] === 0x5b)
}

function hasKeys(source: Uint8Array, start: number, end: number): boolean {
  return /"[\s\0]*:/.test(
    Buffer.from(source.buffer, source.byteOffset + start, end - start).toString('latin1'),
  )
}
