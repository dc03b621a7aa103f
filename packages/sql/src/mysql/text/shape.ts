/**
 * The shape of a canonical text: what is left when constants are replaced by their kind. Invariant: two texts of one shape
 * have the same parse tree but for constants, and each constant has the same type to the server (R5).
 */

import {
  type Cursor,
  END,
  HINT,
  NUMBER,
  OPERATOR,
  openCursor,
  PUNCTUATION,
  QUOTED,
  STRING,
  VARIABLE,
  WORD,
} from './cursor.js'
import { codeAt } from './letters.js'
import { rulesOf, type TextMode } from './mode.js'
import { advance } from './tokens.js'

// Marks are characters that no key has otherwise: outside strings they are odd, and a string that stays holds none.
const INT = '\x01'
const LONG = '\x02'
const UNSIGNED = '\x03'
const DECIMAL = '\x04'
const FLOAT = '\x05'
const HEXADECIMAL = '\x06'
const BITS = '\x07'
const PLAIN = '\x08'
const PREFIXED = '\x0e'
/** 0x and 0b: numbers to MariaDB where the quoted forms are strings. */
const HEX_NUMBER = '\x0f'
const BIT_NUMBER = '\x10'

const SPACE = 32
const OPENS = 40
const CLOSES = 41
const COMMA = 44
const SEMICOLON = 59

const FIRST = /^(?:select|insert|replace|update|delete|values|with|table)$/i
/** Words after which a string can't be a name or an option. */
const BEFORE_CONSTANT = new Set(
  'and or xor not when then else case between like rlike regexp where having on div mod binary'.split(' '),
)
/** float(24) and float(25) are two types. */
const SIZED = new Set(['float', 'double', 'real', 'bit'])
const LONGEST = 7

/** The key, or undefined when the text can only be known by itself. `text`: one statement, as `canonicalise` gives it. */
export function shapeOf(text: string, mode: TextMode): string | undefined {
  const rules = rulesOf(mode)
  if (typeof rules === 'string') return undefined
  const cursor = openCursor(text, rules)
  let key = ''
  // Up to here the text stands in the key; what follows is added in one piece when something must be replaced.
  let written = 0
  let last = 0
  /** The token before: its kind, its only character or 0, and its word in lower case where one may matter. */
  let before = END
  let beforeCode = 0
  let beforeWord = ''
  for (;;) {
    const kind = advance(cursor)
    const { start } = cursor
    const code = kind === PUNCTUATION ? codeAt(text, start) : 0
    if (kind === END || code === SEMICOLON) {
      if (before === END || (code === SEMICOLON && text.slice(cursor.end).trim() !== '')) return undefined
      return key + text.slice(written, last)
    }
    if (!isUsual(kind) || cursor.unterminated) return undefined
    if (before === END) {
      if (code !== OPENS && (kind !== WORD || !FIRST.test(text.slice(start, cursor.end)))) return undefined
      written = start
    } else if (cursor.spaced && (start - last > 1 || codeAt(text, last) !== SPACE)) {
      key += `${text.slice(written, last)} `
      written = start
    }
    if (kind === NUMBER || (kind === STRING && cursor.prefix !== '' && cursor.prefix !== 'n')) {
      key += text.slice(written, start) + constantClass(cursor)
      written = cursor.end
    } else if (kind === STRING) {
      if (isConstantAfter(text, before, beforeCode, beforeWord, last)) {
        key += text.slice(written, start) + constantClass(cursor)
        written = cursor.end
      } else if (hasControl(text, start, cursor.end)) return undefined
    } else if (code === OPENS && beforeWord !== '') {
      if (SIZED.has(beforeWord)) return undefined
      const folded = beforeWord === 'in' ? foldList(cursor) : undefined
      if (folded !== undefined) {
        key += text.slice(written, start + 1) + folded
        written = cursor.end
      }
    }
    before = cursor.kind
    beforeCode = code
    beforeWord = kind === WORD ? wordOf(cursor) : ''
    last = cursor.end
  }
}

function isUsual(kind: number): boolean {
  if (kind === WORD || kind === QUOTED || kind === STRING || kind === NUMBER) return true
  return kind === VARIABLE || kind === OPERATOR || kind === PUNCTUATION || kind === HINT
}

function wordOf({ text, start, end, dotted }: Cursor): string {
  return dotted || end - start > LONGEST ? '' : text.slice(start, end).toLowerCase()
}

/** Elsewhere a string may be an alias, an option, a path: then it stays as it is. */
function isConstantAfter(text: string, before: number, code: number, word: string, end: number): boolean {
  if (before === PUNCTUATION) return code === OPENS || code === COMMA
  if (before === WORD) return BEFORE_CONSTANT.has(word)
  // Behind -> stands a path.
  return before === OPERATOR && !/->>?$/.test(text.slice(Math.max(0, end - 3), end))
}

function hasControl(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (codeAt(text, at) < 32) return true
  return false
}

/** Two or more constants of one kind up to the closing parenthesis; the cursor stays put otherwise. */
function foldList(cursor: Cursor): string | undefined {
  const { kind, start, end } = cursor
  let shared = ''
  let count = 0
  for (;;) {
    advance(cursor)
    if (cursor.unterminated || (cursor.kind !== NUMBER && cursor.kind !== STRING)) break
    const found = constantClass(cursor)
    if (shared !== '' && shared !== found) break
    shared = found
    count++
    if (advance(cursor) !== PUNCTUATION) break
    const code = codeAt(cursor.text, cursor.start)
    if (code === CLOSES && count > 1) return `${shared},${shared})`
    if (code !== COMMA) break
  }
  cursor.kind = kind
  cursor.start = start
  cursor.end = end
  cursor.next = 'any'
  cursor.unterminated = false
  return undefined
}

/** The type that the server gives a constant (sql_lex.cc, int_token). */
function constantClass({ text, kind, start, end, prefix }: Cursor): string {
  if (kind === STRING)
    return prefix === '' ? PLAIN : prefix === 'x' ? HEXADECIMAL : prefix === 'b' ? BITS : PREFIXED
  const second = codeAt(text, start + 1)
  if (second === 120) return HEX_NUMBER
  if (second === 98) return BIT_NUMBER
  let whole = true
  let from = start
  for (let at = start; at < end; at++) {
    const code = codeAt(text, at)
    if ((code | 32) === 101) return FLOAT
    if (code === 46) whole = false
  }
  if (!whole) return DECIMAL
  while (from < end - 1 && codeAt(text, from) === 48) from++
  const digits = end - from
  if (digits < 10) return INT
  const value = text.slice(from, end)
  if (digits > 20) return DECIMAL
  // Numbers whose type a minus sign in front would change stand for themselves.
  if (value === '2147483648' || value === '9223372036854775808') return value
  if (digits === 10 && value <= '2147483647') return INT
  if (digits < 19 || (digits === 19 && value <= '9223372036854775807')) return LONG
  return digits < 20 || value <= '18446744073709551615' ? UNSIGNED : DECIMAL
}
