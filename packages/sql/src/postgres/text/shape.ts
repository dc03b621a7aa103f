/**
 * The shape of a text: what is left when constants are replaced by their kind. Invariant: two texts of one shape have
 * the same parse tree but for constants, and each constant has the same type to the server (R5).
 */
import { quickShape } from './quick-shape.js'
import {
  advance,
  COMMENT,
  type Cursor,
  END,
  NUMBER,
  ODD,
  openCursor,
  PUNCTUATION,
  QUOTED,
  STRING,
  WORD,
} from './tokens.js'

// Marks are characters that no key has otherwise: a text that holds one is odd.
const INT4 = '\x01'
const INT8 = '\x02'
const NUMERIC = '\x03'
const PLAIN = '\x04'
const PREFIXED = '\x05'

const SPACE = 32
const OPENS = 40
const DOT = 46
const SEMICOLON = 59

const FIRST = /^(?:select|insert|update|delete|merge|values|with)$/i

/** The key, or undefined when the text can only be known by itself. */
export function shapeOf(text: string): string | undefined {
  return quickShape(text) ?? anyShape(text)
}

/** The same, whatever stands in the text. */
export function anyShape(text: string): string | undefined {
  const cursor = openCursor(text)
  let key = ''
  // Up to here the text stands in the key; what follows is added in one piece when something must be replaced.
  let written = 0
  let last = 0
  let first = true
  let stringBefore = false
  let wordBefore = ''
  let dotBefore = false
  for (;;) {
    const spaced = skipSpace(cursor)
    if (spaced === undefined) return undefined
    const { kind, start } = cursor
    const code = kind === PUNCTUATION ? text.charCodeAt(start) : 0
    if (kind === END || code === SEMICOLON) {
      if (first || (kind !== END && !onlySpaceFollows(cursor))) return undefined
      return key + text.slice(written, last)
    }
    if (kind === ODD || cursor.unterminated) return undefined
    if (first) {
      if (code !== OPENS && (kind !== WORD || !FIRST.test(text.slice(start, cursor.end)))) return undefined
      written = start
    } else if (spaced && (start - last > 1 || text.charCodeAt(last) !== SPACE)) {
      key += `${text.slice(written, last)} `
      written = start
    }
    first = false
    if (kind === STRING) {
      // Strings on two lines are one string; which one that is depends on the space between them.
      if (stringBefore || !isPlainString(cursor)) return undefined
      key += text.slice(written, start) + stringClass(cursor)
      written = cursor.end
    } else if (kind === NUMBER) {
      key += text.slice(written, start) + numberClass(text, start, cursor.end)
      written = cursor.end
    } else if (kind === QUOTED && cursor.prefix === 'u') return undefined
    else if (code === OPENS && wordBefore !== '') {
      // float(24) and float(25) are two types (gram.y, opt_float).
      if (wordBefore === 'float') return undefined
      const folded = foldList(cursor)
      if (folded !== undefined) {
        key += text.slice(written, start + 1) + folded
        written = cursor.end
      }
    }
    stringBefore = kind === STRING
    wordBefore = kind === WORD && !dotBefore ? listWord(text, start, cursor.end) : ''
    dotBefore = code === DOT
    last = cursor.end
  }
}

/** `in` or `float`, the words after which a parenthesis is special; else nothing. */
function listWord(text: string, start: number, end: number): string {
  const length = end - start
  if (length !== 2 && length !== 5) return ''
  const word = text.slice(start, end).toLowerCase()
  return word === 'in' || word === 'float' ? word : ''
}

/** Not U&'', nor an E'' with an escape that the lexer takes or refuses for what it yields. */
function isPlainString(cursor: Cursor): boolean {
  if (cursor.prefix === 'u') return false
  return cursor.prefix !== 'e' || !/\\[uUx0-7]/.test(cursor.text.slice(cursor.start, cursor.end))
}

function stringClass(cursor: Cursor): string {
  return cursor.prefix === '' ? PLAIN : PREFIXED + cursor.prefix
}

/** Moves to the next token that is no comment; undefined when a comment never ends. */
function skipSpace(cursor: Cursor): boolean | undefined {
  let spaced = false
  for (;;) {
    advance(cursor)
    if (cursor.spaced) spaced = true
    if (cursor.kind !== COMMENT) return spaced
    if (cursor.unterminated) return undefined
    spaced = true
  }
}

function onlySpaceFollows(cursor: Cursor): boolean {
  for (;;) {
    if (skipSpace(cursor) === undefined) return false
    if (cursor.kind === END) return true
    if (cursor.kind !== PUNCTUATION || cursor.text.charCodeAt(cursor.start) !== 59) return false
  }
}

/** Two or more constants of one kind up to the closing parenthesis; the cursor stays put otherwise. */
function foldList(cursor: Cursor): string | undefined {
  const { kind, start, end, prefix, spaced } = cursor
  let shared = ''
  let count = 0
  for (;;) {
    if (skipSpace(cursor) === undefined || cursor.unterminated) break
    const found =
      cursor.kind === NUMBER
        ? numberClass(cursor.text, cursor.start, cursor.end)
        : cursor.kind === STRING && isPlainString(cursor)
          ? stringClass(cursor)
          : ''
    if (found === '' || (shared !== '' && shared !== found)) break
    shared = found
    count++
    if (skipSpace(cursor) === undefined || cursor.kind !== PUNCTUATION) break
    const code = cursor.text.charCodeAt(cursor.start)
    if (code === 41 && count > 1) return `${shared},${shared})`
    if (code !== 44) break
  }
  cursor.kind = kind
  cursor.start = start
  cursor.end = end
  cursor.prefix = prefix
  cursor.spaced = spaced
  cursor.unterminated = false
  return undefined
}

/**
 * The type that the server gives an unadorned number (parse_node.c, make_const): int4, int8 or numeric. The two numbers
 * whose type a minus sign in front would change stand for themselves.
 */
function numberClass(text: string, start: number, end: number): string {
  let from = start
  let whole = true
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code < 48 || code > 57) whole = false
  }
  if (!whole) return NUMERIC
  while (from < end - 1 && text.charCodeAt(from) === 48) from++
  const digits = end - from
  if (digits < 10) return INT4
  const value = text.slice(from, end)
  if (digits > 19) return NUMERIC
  if (value === '2147483648' || value === '9223372036854775808') return value
  if (digits === 10 && value <= '2147483647') return INT4
  return digits < 19 || value <= '9223372036854775807' ? INT8 : NUMERIC
}
