/**
 * The shape of an everyday text that is its own canonical form, in one pass that allocates nothing but the key; what is not
 * everyday is left to `canonicalise` and `shapeOf`.
 */
import type { Rules } from './mode.js'
import { isSpaceSensitive } from './words.js'

// Marks as in shape.ts.
const INT = 1
const DECIMAL = 4
const PLAIN = 8

/** Longer texts are not worth it. */
const LONGEST = 4096
/** The text and, from its beginning on, the key, which is never longer than what was read; behind the text a zero. */
const bytes = Buffer.alloc(LONGEST * 3 + 1)

const LETTER = 1
const DIGIT = 2
/** `_` and `$`: letters in a name, but not where it begins. */
const INNER = 4
const IN_WORD = LETTER | DIGIT | INNER
const SPACE = 8
/** Stand for themselves, whatever comes next. */
const ALONE = 16
const COMPARES = 32
const FLAGS = new Uint8Array(256)
for (const sign of ' \t\n\r') FLAGS[sign.charCodeAt(0)] = SPACE
for (const sign of '%(),+?^~*-/') FLAGS[sign.charCodeAt(0)] = ALONE
for (const sign of '<=>!') FLAGS[sign.charCodeAt(0)] = COMPARES
for (let code = 97; code < 123; code++) FLAGS[code] = FLAGS[code - 32] = LETTER
for (let code = 48; code < 58; code++) FLAGS[code] = DIGIT
FLAGS[95] = FLAGS[36] = INNER

/** The token before a string: whether the string is a constant there. */
const NO = 0
const YES = 1
const BY_WORD = 2

/** Invariant: the text is its own canonical form and the key is the one that `shapeOf` gives, or undefined. */
export function quickShape(text: string, rules: Rules): string | undefined {
  const { length } = text
  // Every character of ASCII is a byte, and only these are.
  if (length > LONGEST || bytes.write(text) !== length) return undefined
  bytes[length] = 0
  let at = 0
  let out = 0
  let constant = NO
  let wordStart = 0
  let wordEnd = -1
  let first = true
  while (at < length) {
    let code = bytes[at] as number
    const flag = FLAGS[code] as number
    if (flag === SPACE) {
      if (at === 0) return undefined
      do code = bytes[++at] as number
      while (FLAGS[code] === SPACE)
      if (at === length) return undefined
      bytes[out++] = 32
      continue
    }
    if (flag === LETTER) {
      wordStart = at
      do {
        bytes[out++] = code
        code = bytes[++at] as number
      } while (((FLAGS[code] as number) & IN_WORD) !== 0)
      wordEnd = at
      if (code === 39 || code === 96) return undefined
      if (first) {
        const size = at - wordStart
        if (wordStart === 0 ? !isFirst(text, size) : size === 9) return undefined
        first = false
      }
      constant = BY_WORD
      continue
    }
    if (out === 0 && code !== 40) return undefined
    if (flag === DIGIT) {
      const mark = numberAt(at)
      if (mark === 0) return undefined
      at = end
      bytes[out++] = mark
      constant = NO
    } else if (flag === ALONE) {
      const next = bytes[at + 1] as number
      if (code === 40) {
        if (wordEnd > 0) {
          const size = wordEnd - wordStart
          if (size < 7 && isSized(text, wordStart, size)) return undefined
          const isIn = size === 2 && isWordIn(wordStart, text)
          if (!isIn && wordEnd < at && !rules.ignoreSpace && isSpaceSensitive(text.slice(wordStart, wordEnd)))
            return undefined
          const shared = isIn ? listAt(at + 1) : 0
          if (shared < 0) return undefined
          if (shared > 0) {
            bytes[out++] = 40
            bytes[out++] = shared
            bytes[out++] = 44
            bytes[out++] = shared
            bytes[out++] = 41
            at = end
            constant = NO
            wordEnd = -1
            continue
          }
        }
      } else if (code === 42) {
        if (next === 47) return undefined
      } else if (code === 45) {
        if (next === 45 || next === 62) return undefined
      } else if (code === 47 && next === 42) return undefined
      bytes[out++] = code
      at++
      constant = code === 40 || code === 44 || code === 43 ? YES : NO
    } else if (flag === COMPARES) {
      const next = bytes[at + 1] as number
      bytes[out++] = code
      at++
      if (FLAGS[next] === COMPARES) {
        if (!((next === 61 && code !== 61) || (code === 60 && next === 62))) return undefined
        bytes[out++] = next
        at++
        if (FLAGS[bytes[at] as number] === COMPARES) return undefined
      }
      constant = code === 33 ? NO : YES
    } else if (code === 39) {
      if (constant === NO || (constant === BY_WORD && !isBeforeConstant(text.slice(wordStart, wordEnd))))
        return undefined
      at = endOfString(at + 1, length)
      if (at < 0) return undefined
      bytes[out++] = PLAIN
      constant = NO
    } else if (code === 96) {
      const start = at
      at = endOfName(at + 1, length)
      if (at < 0 || ((FLAGS[bytes[at] as number] as number) & IN_WORD) !== 0) return undefined
      for (let copied = start; copied < at; copied++) bytes[out++] = bytes[copied] as number
      constant = NO
    } else if (code === 46) {
      code = bytes[at + 1] as number
      // A letter, `_`, a name in quotes or a star.
      if (FLAGS[code] !== LETTER && code !== 95 && code !== 96 && code !== 42) return undefined
      bytes[out++] = 46
      at++
      while (((FLAGS[code] as number) & IN_WORD) !== 0) {
        bytes[out++] = code
        code = bytes[++at] as number
      }
      if (code === 39 || (code === 96 && bytes[at - 1] !== 46)) return undefined
      constant = NO
    } else return undefined
    wordEnd = -1
  }
  return out === 0 ? undefined : bytes.toString('latin1', 0, out)
}

/** Where what was read last ends. */
let end = 0

/** The mark of a number of everyday size; 0 for any other. */
function numberAt(from: number): number {
  let at = from + 1
  while (FLAGS[bytes[at] as number] === DIGIT) at++
  let mark = at - from > 9 ? 0 : INT
  if (bytes[at] === 46) {
    mark = DECIMAL
    at++
    while (FLAGS[bytes[at] as number] === DIGIT) at++
  }
  end = at
  const next = bytes[at] as number
  const goesOn = ((FLAGS[next] as number) & IN_WORD) !== 0 || next === 39 || next === 46 || next === 96
  return goesOn ? 0 : mark
}

/** The mark that two or more constants up to `)` share; 0 for anything else, -1 for what is not everyday. */
function listAt(from: number): number {
  let at = from
  let shared = 0
  for (let count = 1; ; count++) {
    while (FLAGS[bytes[at] as number] === SPACE) at++
    let mark = PLAIN
    if (FLAGS[bytes[at] as number] === DIGIT) {
      mark = numberAt(at)
      if (mark === 0) return -1
      at = end
    } else if (bytes[at] === 39) {
      at = endOfString(at + 1, LONGEST)
      if (at < 0) return -1
    } else return 0
    if (shared !== 0 && shared !== mark) return 0
    shared = mark
    while (FLAGS[bytes[at] as number] === SPACE) at++
    const code = bytes[at]
    at++
    end = at
    if (code === 41) return count > 1 ? shared : 0
    if (code !== 44) return 0
  }
}

/** Behind the quote that closes; -1 when none does, or for what is not plain. */
function endOfString(from: number, length: number): number {
  for (let at = from; at < length; at++) {
    const code = bytes[at] as number
    if (code === 39) {
      const next = bytes[at + 1] as number
      if (next !== 39) return next === 34 ? -1 : at + 1
      at++
    } else if (code === 92 || code === 0) return -1
  }
  return -1
}

function endOfName(from: number, length: number): number {
  for (let at = from; at < length; at++) {
    const code = bytes[at] as number
    if (code === 96) {
      if (bytes[at + 1] !== 96) return at + 1
      at++
    } else if (code < 32 || code > 126) return -1
  }
  return -1
}

const FIRST = new Set('select insert replace update delete values with table'.split(' '))
const SIZED = new Set('float double real bit'.split(' '))
/** Words after which a string can't be a name or an option. */
const BEFORE_CONSTANT = new Set(
  'and or xor not when then else case between like rlike regexp where having on div mod binary'.split(' '),
)

function isFirst(text: string, size: number): boolean {
  return size < 8 && FIRST.has(text.slice(0, size).toLowerCase())
}

function isBeforeConstant(word: string): boolean {
  return word.length < 8 && BEFORE_CONSTANT.has(word.toLowerCase())
}

function isSized(text: string, start: number, size: number): boolean {
  if (size < 3) return false
  const begins = text.charCodeAt(start) | 32
  if (begins !== 98 && begins !== 100 && begins !== 102 && begins !== 114) return false
  return SIZED.has(text.slice(start, start + size).toLowerCase())
}

function isWordIn(start: number, text: string): boolean {
  return (text.charCodeAt(start) | 32) === 105 && (text.charCodeAt(start + 1) | 32) === 110
}
