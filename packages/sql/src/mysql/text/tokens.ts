/**
 * A linear tokeniser over MySQL and MariaDB text, mode by mode as the servers' own lexer cuts it (sql_lex.cc; manual,
 * Lexical Structure, Comments). It never recurses, and calls what it does not know `odd`.
 */
import { readComment } from './comments.js'
import {
  type Cursor,
  END,
  finish,
  NAME,
  NULL,
  NUMBER,
  OPERATOR,
  odd,
  PUNCTUATION,
  QUOTED,
  STRING,
  VARIABLE,
  WORD,
} from './cursor.js'
import { foldsOtherwise } from './fold.js'
import { codeAt, IDENT, isDigit, isIdent, isSpace } from './letters.js'
import type { Rules } from './mode.js'

/** Reads a name's letters up to its end; a dot with a letter behind it goes on (MY_LEX_IDENT_SEP). */
function readName(cursor: Cursor, from: number, kind: number): number {
  const { text } = cursor
  let at = from
  let beyond = false
  for (; at < text.length; at++) {
    const code = codeAt(text, at)
    if (code < 128) {
      if (!isIdent(code)) break
    } else {
      beyond = true
      const why = whyNoLetter(code, cursor.rules)
      if (why !== undefined) return odd(cursor, at + 1, why)
    }
  }
  if (codeAt(text, at) === 46 && isNameCode(codeAt(text, at + 1))) cursor.next = 'dot'
  return finish(cursor, beyond ? NAME : kind, at)
}

const isNameCode = (code: number): boolean => code >= 128 || isIdent(code)

/** Why a character beyond ASCII may not stand in a name; beyond the first 65,536 the server puts `?` there (utf8mb3). */
function whyNoLetter(code: number, rules: Rules): string | undefined {
  if (!rules.letters) return 'a letter beyond ASCII outside quotes in this character set'
  if (code >= 0xd800 && code < 0xe000) return 'a character in a name that names can not hold'
  return foldsOtherwise(code, rules)
    ? 'a letter in a name that the server compares in its own way'
    : undefined
}

/** Reads up to the closing quote, doubled quotes and backslashes included. */
function readString(cursor: Cursor, from: number, quote: number): number {
  const { text } = cursor
  let at = from
  cursor.plain = quote === 39
  cursor.kind = STRING
  for (; at < text.length; at++) {
    const here = codeAt(text, at)
    if (here === quote) {
      if (codeAt(text, at + 1) !== quote) {
        return finish(cursor, STRING, at + 1)
      }
      at++
    } else if (here === 92) {
      at++
      const escaped = codeAt(text, at)
      if (escaped === 39 || escaped === 34 || escaped === 0) cursor.plain = false
    } else if (here === 0) cursor.plain = false
    else if (here > 127 && cursor.rules.asciiOnly) {
      return odd(cursor, at + 1, 'a character beyond ASCII in this character set')
    }
  }
  cursor.unterminated = true
  return finish(cursor, STRING, text.length)
}

/** x'…' and b'…' hold digits alone; of x'' an even number. */
function readBits(cursor: Cursor, hex: boolean): number {
  const { text, start } = cursor
  const close = text.indexOf("'", start + 2)
  const digits = close < 0 ? '' : text.slice(start + 2, close)
  if (close < 0 || !(hex ? /^(?:[0-9a-f]{2})*$/i : /^[01]*$/).test(digits)) {
    return odd(cursor, close < 0 ? text.length : close + 1, 'a malformed hexadecimal or bit literal')
  }
  return finish(cursor, STRING, close + 1)
}

function readQuotedName(cursor: Cursor, quote: number): number {
  const { text } = cursor
  for (let at = cursor.start + 1; at < text.length; at++) {
    const here = codeAt(text, at)
    if (here === quote) {
      if (codeAt(text, at + 1) !== quote) return finish(cursor, QUOTED, at + 1)
      at++
    } else if (here < 32 || here === 127) return odd(cursor, at + 1, 'a control character in a name')
    else if (here > 127) {
      const why = whyNoLetter(here, cursor.rules)
      if (why !== undefined) return odd(cursor, at + 1, why)
    }
  }
  cursor.unterminated = true
  return finish(cursor, QUOTED, text.length)
}

function endOf(text: string, from: number, mask: number): number {
  let at = from
  while (at < text.length && (IDENT[codeAt(text, at) & 127] as number) & mask && codeAt(text, at) < 128) at++
  return at
}

const DIGITS = 2
const HEX = 4
const BITS = 8

/** Digits make a number unless more letters of a name follow them (MY_LEX_NUMBER_IDENT). */
function readNumberOrName(cursor: Cursor): number {
  const { text, start } = cursor
  const second = codeAt(text, start + 1)
  if (codeAt(text, start) === 48 && (second === 120 || second === 98)) {
    const at = endOf(text, start + 2, second === 120 ? HEX : BITS)
    if (at > start + 2 && !isNameCode(codeAt(text, at))) return finish(cursor, NUMBER, at)
    return readName(cursor, start, NAME)
  }
  const at = endOf(text, start, DIGITS)
  const code = codeAt(text, at)
  if (code === 46) return readFraction(cursor, at + 1)
  if (!isNameCode(code)) return finish(cursor, NUMBER, at)
  const exponent = endOfExponent(text, at)
  return exponent > at ? finish(cursor, NUMBER, exponent) : readName(cursor, start, NAME)
}

function endOfExponent(text: string, at: number): number {
  if ((codeAt(text, at) | 32) !== 101) return at
  const sign = codeAt(text, at + 1)
  const from = sign === 43 || sign === 45 ? at + 2 : at + 1
  return isDigit(codeAt(text, from)) ? endOf(text, from, DIGITS) : at
}

/** Behind the point (MY_LEX_REAL). */
function readFraction(cursor: Cursor, from: number): number {
  const { text } = cursor
  const at = endOf(text, from, DIGITS)
  const end = endOfExponent(text, at)
  const next = codeAt(text, end)
  const malformed = (end === at && (next | 32) === 101) || next === 46
  return malformed ? odd(cursor, end + 1, 'a malformed number') : finish(cursor, NUMBER, end)
}

function readDot(cursor: Cursor): number {
  const { text, start } = cursor
  const next = codeAt(text, start + 1)
  if (cursor.next !== 'dot' && isDigit(next)) return readFraction(cursor, start + 1)
  if (next === 46) return odd(cursor, start + 2, 'two dots')
  cursor.next = isNameCode(next) ? 'name' : 'any'
  return finish(cursor, PUNCTUATION, start + 1)
}

/** MY_LEX_USER_END: the name of a variable, or of a host, stands right behind the @. */
function readAt(cursor: Cursor): number {
  const { text, start } = cursor
  const next = codeAt(text, start + 1)
  if (next === 39 || next === 34 || next === 96) return finish(cursor, PUNCTUATION, start + 1)
  const system = next === 64
  let at = start + (system ? 2 : 1)
  const from = at
  if (system && codeAt(text, at) === 96) {
    cursor.start = at
    readQuotedName(cursor, 96)
    cursor.start = start
    return cursor.kind === QUOTED ? finish(cursor, VARIABLE, cursor.end) : cursor.kind
  }
  for (; at < text.length; at++) {
    const code = codeAt(text, at)
    if (!isIdent(code) && (system || code !== 46)) break
  }
  if (at === from || codeAt(text, at) > 127) return odd(cursor, at + 1, 'a variable without a plain name')
  if (system && codeAt(text, at) === 46) cursor.next = 'dot'
  return finish(cursor, VARIABLE, at)
}

const COMPARISONS = new Set(['=', '<', '>', '!', '<=', '>=', '<>', '!=', '<<', '>>', '<=>'])

function readOperator(cursor: Cursor, code: number): number {
  const { text, start, rules } = cursor
  const next = codeAt(text, start + 1)
  let end = start + 1
  if (code === 45 && next === 62) {
    end = codeAt(text, start + 2) === 62 ? start + 3 : start + 2
    if (rules.mariadb) return odd(cursor, end, '`->` on MariaDB')
  } else if (code === 38 || code === 124) {
    while (codeAt(text, end) === code) end++
    if (end - start > 2) return odd(cursor, end, 'a run of symbols that is no operator')
  } else if (code === 33 || (code > 59 && code < 63)) {
    for (let here = next; here === 33 || (here > 59 && here < 63); here = codeAt(text, end)) end++
    if (!COMPARISONS.has(text.slice(start, end)))
      return odd(cursor, end, 'a run of symbols that is no operator')
  } else if (code === 58) {
    if (next !== 61) return finish(cursor, PUNCTUATION, end)
    end++
  }
  return finish(cursor, OPERATOR, end)
}

/** Moves to the next token, comments included; `kind` is END when there is none. */
export function advance(cursor: Cursor): number {
  const { text } = cursor
  let at = cursor.end
  cursor.prefix = ''
  cursor.dotted = cursor.next === 'name'
  cursor.oddSpace = false
  if (cursor.next === 'any') {
    for (; at < text.length; at++) {
      const code = codeAt(text, at)
      if (!isSpace(code)) break
      if (code === 11 || code === 12) cursor.oddSpace = true
    }
  }
  cursor.spaced = at > cursor.end
  cursor.start = at
  if (at >= text.length) return finish(cursor, END, at)
  const code = codeAt(text, at)
  if (cursor.dotted) {
    cursor.next = 'any'
    return readName(cursor, at, isDigit(code) || code === 36 ? NAME : WORD)
  }
  if (code === 46) return readDot(cursor)
  cursor.next = 'any'
  return readToken(cursor, code)
}

function readToken(cursor: Cursor, code: number): number {
  const { text, start, rules } = cursor
  const next = codeAt(text, start + 1)
  if (code > 127) return readName(cursor, start, NAME)
  if (isDigit(code)) return readNumberOrName(cursor)
  if (code === 36) {
    if (!rules.mariadb) return odd(cursor, start + 1, 'a dollar sign first in a name or around a text')
    return readName(cursor, start, NAME)
  }
  if (isIdent(code)) {
    if (next !== 39) return readName(cursor, start, WORD)
    const letter = code | 32
    if (letter === 120 || letter === 98) {
      cursor.prefix = letter === 120 ? 'x' : 'b'
      return readBits(cursor, letter === 120)
    }
    if (letter !== 110) return readName(cursor, start, WORD)
    cursor.prefix = 'n'
    return readString(cursor, start + 2, 39)
  }
  switch (code) {
    case 39:
      return readString(cursor, start + 1, code)
    case 34:
      return rules.ansiQuotes ? readQuotedName(cursor, code) : readString(cursor, start + 1, code)
    case 96:
      return readQuotedName(cursor, code)
    case 64:
      return readAt(cursor)
    case 35:
    case 45:
    case 47:
    case 42:
      return readComment(cursor) ?? readOperator(cursor, code)
    case 92:
      if (next === 78 && rules.mariadb) return finish(cursor, NULL, start + 2)
      return odd(cursor, start + 1, 'a backslash outside quotes')
    case 40:
    case 41:
    case 44:
    case 59:
    case 63:
    case 123:
    case 125:
      return finish(cursor, PUNCTUATION, start + 1)
    case 33:
    case 37:
    case 38:
    case 43:
    case 58:
    case 60:
    case 61:
    case 62:
    case 94:
    case 124:
    case 126:
      return readOperator(cursor, code)
    default:
      return odd(
        cursor,
        start + 1,
        code < 32 || code === 127 ? 'a control character outside quotes' : `\`${text[start]}\``,
      )
  }
}
