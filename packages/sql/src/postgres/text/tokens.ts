/**
 * A linear tokeniser over Postgres SQL text with standard_conforming_strings on (manual, 4.1 Lexical Structure). It
 * never recurses, never looks twice at a character, and calls what it does not know `odd`.
 */

export const END = 0
export const WORD = 1
export const QUOTED = 2
export const STRING = 3
export const NUMBER = 4
export const PARAMETER = 5
export const OPERATOR = 6
export const PUNCTUATION = 7
export const COMMENT = 8
export const ODD = 9

/** The tokeniser's state and its latest token; one mutable record, so that a hot loop allocates nothing. */
export interface Cursor {
  readonly text: string
  kind: number
  start: number
  end: number
  /** The string's prefix: '' for a plain one, else e b x n $ in lower case. */
  prefix: string
  /** White space stands before the token. */
  spaced: boolean
  /** A string, quoted name or comment that never ends. */
  unterminated: boolean
}

export function openCursor(text: string): Cursor {
  return { text, kind: END, start: 0, end: 0, prefix: '', spaced: false, unterminated: false }
}

const SPACE = 1
const NAME = 2
const DIGIT = 3
const SYMBOL = 4
const SINGLE = 5
const CLASSES = new Uint8Array(128)
for (const c of ' \t\n\r\f') CLASSES[c.charCodeAt(0)] = SPACE
for (let c = 97; c < 123; c++) CLASSES[c] = CLASSES[c - 32] = NAME
CLASSES[95] = NAME
for (let c = 48; c < 58; c++) CLASSES[c] = DIGIT
for (const c of '~!@#^&|`?+-*/%<>=') CLASSES[c.charCodeAt(0)] = SYMBOL
for (const c of '()[],;:.') CLASSES[c.charCodeAt(0)] = SINGLE

/** Every character beyond ASCII is a letter to Postgres' lexer (`[A-Za-z\200-\377_]`). */
function classOf(code: number): number {
  if (code < 128) return CLASSES[code] as number
  return code >= 128 ? NAME : 0 // NaN stands behind the last character
}

function endOfWord(text: string, from: number): number {
  let at = from
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const kind = classOf(code)
    if (kind !== NAME && kind !== DIGIT && code !== 36) break
  }
  return at
}

function endOfDigits(text: string, from: number): number {
  let at = from
  while (at < text.length && CLASSES[text.charCodeAt(at)] === DIGIT) at++
  return at
}

/** Reads up to the closing quote, doubled quotes and (for E'') backslashes included. */
function readQuoted(cursor: Cursor, from: number, quote: string, backslash: boolean): void {
  const { text } = cursor
  const code = quote.charCodeAt(0)
  let at = from
  for (; at < text.length; at++) {
    const here = text.charCodeAt(at)
    if (here === code) {
      if (text.charCodeAt(at + 1) !== code) {
        cursor.end = at + 1
        return
      }
      at++
    } else if (backslash && here === 92) at++
  }
  cursor.end = text.length
  cursor.unterminated = true
}

/** B'' and X'' end at the first quote: a doubled one begins another string. */
function readBits(cursor: Cursor): void {
  const close = cursor.text.indexOf("'", cursor.end + 1)
  cursor.unterminated = close < 0
  cursor.end = close < 0 ? cursor.text.length : close + 1
}

function readComment(cursor: Cursor): void {
  const { text } = cursor
  cursor.kind = COMMENT
  if (text.charCodeAt(cursor.start) === 45) {
    let at = cursor.start + 2
    while (at < text.length && text.charCodeAt(at) !== 10 && text.charCodeAt(at) !== 13) at++
    cursor.end = at
    return
  }
  let depth = 1
  let at = cursor.start + 2
  while (at < text.length) {
    const here = text.charCodeAt(at)
    const next = text.charCodeAt(at + 1)
    if (here === 47 && next === 42) {
      depth++
      at += 2
    } else if (here === 42 && next === 47) {
      depth--
      at += 2
      if (depth === 0) {
        cursor.end = at
        return
      }
    } else at++
  }
  cursor.end = text.length
  cursor.unterminated = true
}

/** `$1`, `$tag$…$tag$` or neither. */
function readDollar(cursor: Cursor): void {
  const { text, start } = cursor
  if (CLASSES[text.charCodeAt(start + 1)] === DIGIT) {
    cursor.kind = PARAMETER
    cursor.end = endOfDigits(text, start + 1)
    if (classOf(text.charCodeAt(cursor.end)) === NAME) cursor.kind = ODD
    return
  }
  let at = start + 1
  if (classOf(text.charCodeAt(at)) === NAME) {
    while (
      at < text.length &&
      (classOf(text.charCodeAt(at)) === NAME || CLASSES[text.charCodeAt(at)] === DIGIT)
    )
      at++
  }
  if (text.charCodeAt(at) !== 36) {
    cursor.kind = ODD
    cursor.end = start + 1
    return
  }
  const tag = text.slice(start, at + 1)
  const close = text.indexOf(tag, at + 1)
  cursor.kind = STRING
  cursor.prefix = '$'
  cursor.unterminated = close < 0
  cursor.end = close < 0 ? text.length : close + tag.length
}

/** Whole and fractional numbers; anything that versions read differently (0x1F, 1_000, 1a, 1..2) is odd. */
function readNumber(cursor: Cursor): void {
  const { text, start } = cursor
  let at = endOfDigits(text, start)
  if (text.charCodeAt(at) === 46) {
    if (text.charCodeAt(at + 1) === 46) {
      cursor.kind = ODD
      cursor.end = at
      return
    }
    at = endOfDigits(text, at + 1)
  }
  const exponent = text.charCodeAt(at) | 32
  if (exponent === 101) {
    const sign = text.charCodeAt(at + 1)
    const from = sign === 43 || sign === 45 ? at + 2 : at + 1
    const to = endOfDigits(text, from)
    if (to > from) at = to
  }
  cursor.kind = NUMBER
  const next = text.charCodeAt(at)
  if (classOf(next) === NAME || next === 46 || next === 36) {
    cursor.kind = ODD
    at = endOfWord(text, at + (next === 46 ? 1 : 0))
  }
  cursor.end = at
}

function readWord(cursor: Cursor): void {
  const { text, start } = cursor
  cursor.end = endOfWord(text, start)
  cursor.kind = WORD
  const next = text.charCodeAt(cursor.end)
  const length = cursor.end - start
  if (length === 1 && next === 39) {
    const letter = text.charCodeAt(start) | 32
    // e b x n: prefixes of a string
    if (letter !== 101 && letter !== 98 && letter !== 120 && letter !== 110) return
    cursor.kind = STRING
    cursor.prefix = String.fromCharCode(letter)
    if (letter === 98 || letter === 120) readBits(cursor)
    else readQuoted(cursor, cursor.end + 1, "'", letter === 101)
  } else if (length === 1 && next === 38 && (text.charCodeAt(start) | 32) === 117) {
    const quote = text[cursor.end + 1]
    if (quote !== "'" && quote !== '"') return
    cursor.kind = quote === "'" ? STRING : QUOTED
    cursor.prefix = 'u'
    readQuoted(cursor, cursor.end + 2, quote, false)
  }
}

/** An operator ends where a comment begins. */
function readOperator(cursor: Cursor): void {
  const { text } = cursor
  let at = cursor.start
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (classOf(code) !== SYMBOL) break
    const next = text.charCodeAt(at + 1)
    if (at > cursor.start && ((code === 45 && next === 45) || (code === 47 && next === 42))) break
    at++
  }
  cursor.kind = OPERATOR
  cursor.end = at
}

/** Moves to the next token, comments included; `kind` is END when there is none. */
export function advance(cursor: Cursor): void {
  const { text } = cursor
  let at = cursor.end
  while (at < text.length && CLASSES[text.charCodeAt(at)] === SPACE) at++
  cursor.spaced = at > cursor.end
  cursor.start = at
  cursor.prefix = ''
  if (at >= text.length) {
    cursor.kind = END
    cursor.end = at
    return
  }
  const code = text.charCodeAt(at)
  const next = text.charCodeAt(at + 1)
  const kind = classOf(code)
  if (kind === NAME) readWord(cursor)
  else if (kind === DIGIT || (code === 46 && CLASSES[next] === DIGIT)) readNumber(cursor)
  else if ((code === 45 && next === 45) || (code === 47 && next === 42)) readComment(cursor)
  else if (kind === SYMBOL) readOperator(cursor)
  else if (kind === SINGLE) {
    cursor.kind = PUNCTUATION
    cursor.end = at + 1
  } else if (code === 39) {
    cursor.kind = STRING
    readQuoted(cursor, at + 1, "'", false)
  } else if (code === 34) {
    cursor.kind = QUOTED
    readQuoted(cursor, at + 1, '"', false)
  } else if (code === 36) readDollar(cursor)
  else {
    cursor.kind = ODD
    cursor.end = at + 1
  }
}
