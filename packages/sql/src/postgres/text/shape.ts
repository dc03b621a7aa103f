/**
 * The shape of a text: what is left when constants are replaced by their kind. Invariant: two texts of one shape have
 * the same parse tree but for constants, and each constant has the same type to the server (R5).
 */
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

const FIRST = /^(?:select|insert|update|delete|merge|values|with)$/i

/** The key, or undefined when the text can only be known by itself. */
export function shapeOf(text: string): string | undefined {
  const cursor = openCursor(text)
  let key = ''
  let first = true
  let stringBefore = false
  let wordBefore = ''
  let dotBefore = false
  for (;;) {
    const spaced = skipSpace(cursor)
    if (spaced === undefined) return undefined
    const { kind, start, end } = cursor
    if (kind === END) return first ? undefined : key
    if (kind === ODD || cursor.unterminated) return undefined
    if (first && !(kind === PUNCTUATION && text.charCodeAt(start) === 40)) {
      if (kind !== WORD || !FIRST.test(text.slice(start, end))) return undefined
    }
    if (kind === PUNCTUATION && text.charCodeAt(start) === 59) {
      return onlySpaceFollows(cursor) ? key : undefined
    }
    if (spaced && !first) key += ' '
    first = false
    if (kind === STRING) {
      // Strings on two lines are one string; which one that is depends on the space between them.
      if (stringBefore || cursor.prefix === 'u') return undefined
      // Whether the lexer takes such an escape depends on what it yields.
      if (cursor.prefix === 'e' && /\\[uUx0-7]/.test(text.slice(start, end))) return undefined
      key += cursor.prefix === '' ? PLAIN : PREFIXED + cursor.prefix
      stringBefore = true
      wordBefore = ''
      dotBefore = false
      continue
    }
    stringBefore = false
    if (kind === NUMBER) key += numberClass(text, start, end)
    else {
      if (kind === QUOTED && cursor.prefix === 'u') return undefined
      const opens = kind === PUNCTUATION && text.charCodeAt(start) === 40
      // float(24) and float(25) are two types (gram.y, opt_float).
      if (opens && wordBefore === 'float') return undefined
      key += text.slice(start, end)
      if (opens && wordBefore === 'in') {
        const folded = foldList(cursor)
        if (folded) key += folded
      }
    }
    const after = kind === WORD && !dotBefore && end - start < 6
    wordBefore = after ? text.slice(start, end).toLowerCase() : ''
    dotBefore = kind === PUNCTUATION && text.charCodeAt(start) === 46
  }
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
        : cursor.kind === STRING && cursor.prefix !== 'u' && cursor.prefix !== 'e'
          ? PREFIXED + cursor.prefix
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
