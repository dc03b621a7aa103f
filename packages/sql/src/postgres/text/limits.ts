/**
 * What a text may hold before the grammar sees it. The grammar recurses over operators and brackets and cannot be
 * trusted after its stack ran out, so this linear pass bounds both.
 */
import { advance, type Cursor, END, OPERATOR, openCursor, PUNCTUATION, WORD } from './tokens.js'

export interface TextLimits {
  /** Bytes of one text. */
  readonly bytes: number
  /** Parentheses, brackets and CASE inside each other. */
  readonly depth: number
  /** Operators (symbols, and words such as AND, UNION, JOIN) that can stand inside each other. */
  readonly operators: number
}

export const DEFAULT_TEXT_LIMITS: TextLimits = { bytes: 1024 * 1024, depth: 100, operators: 2000 }

export interface OverLimit {
  readonly why: string
  readonly tooLarge: boolean
}

/** Words that nest like an operator. The first group goes on across commas, the others end at one. */
const CHAINS = new Set(['union', 'intersect', 'except', 'join'])
const OPERATOR_WORDS = new Set(
  'and or not is isnull notnull in like ilike similar between collate at operator overlaps escape'.split(' '),
)
const LONGEST = 9

interface Level {
  operators: number
  chains: number
  cases: number
}

/** The reason why the text is refused unread, or undefined when the grammar may see it. */
export function overLimit(text: string, limits: TextLimits): OverLimit | undefined {
  if (text.length > limits.bytes || Buffer.byteLength(text) > limits.bytes) {
    return { why: `the statement is longer than ${limits.bytes} bytes`, tooLarge: true }
  }
  if (text.includes('\0')) return refused('the statement has a NUL character')
  if (!text.isWellFormed()) return refused('the statement is not valid UTF-8')
  if (looksAhead(text)) return refused('the statement has too many comments in a run of symbols')
  return overDepth(text, limits)
}

function refused(why: string): OverLimit {
  return { why, tooLarge: false }
}

/** Characters that a lexer may read once more, at about 200 million a second. */
const READ_AGAIN = 20_000_000
/** No shorter text can hold so much. */
const SHORT = 8192
const LONG_RUN = /[~!@#^&|`?+\-*/%<>=]{256,}/g

/**
 * At each start of a comment the grammar's lexer, and the server's, reads on to the end of the run of symbols that it stands
 * in, and goes back: true when that takes too long.
 */
export function looksAhead(text: string): boolean {
  if (text.length < SHORT) return false
  let again = 0
  for (const [run] of text.matchAll(LONG_RUN)) {
    for (let at = run.indexOf('/*'); at >= 0; at = run.indexOf('/*', at + 1)) again += run.length - at
    if (again > READ_AGAIN) return true
  }
  return false
}

function overDepth(text: string, limits: TextLimits): OverLimit | undefined {
  const cursor = openCursor(text)
  const levels: Level[] = [{ operators: 0, chains: 0, cases: 0 }]
  let weight = 0
  let depth = 0
  let sign = true
  for (advance(cursor); cursor.kind !== END; advance(cursor)) {
    const level = levels.at(-1) as Level
    const symbol = cursor.kind === PUNCTUATION ? text[cursor.start] : undefined
    if (symbol === '(' || symbol === '[') {
      levels.push({ operators: 0, chains: 0, cases: 0 })
      depth++
    } else if ((symbol === ')' || symbol === ']') && levels.length > 1) {
      levels.pop()
      weight -= level.operators + level.chains
      depth -= level.cases + 1
    } else if (symbol === ',') {
      weight -= level.operators
      level.operators = 0
    } else if (symbol === ';' && levels.length === 1) {
      levels[0] = { operators: 0, chains: 0, cases: 0 }
      weight = 0
      depth = 0
    } else if (cursor.kind === OPERATOR) {
      const signs = sign && isSign(cursor)
      if (!signs) {
        const symbols = symbolsOf(cursor)
        level.operators += symbols
        weight += symbols
      }
    } else if (symbol === ':') {
      level.operators++
      weight++
    } else if (cursor.kind === WORD && cursor.end - cursor.start <= LONGEST) {
      const name = text.slice(cursor.start, cursor.end).toLowerCase()
      if (name === 'case') {
        level.cases++
        depth++
      } else if (name === 'end' && level.cases > 0) {
        level.cases--
        depth--
      } else if (CHAINS.has(name)) {
        level.chains++
        weight++
      } else if (OPERATOR_WORDS.has(name)) {
        level.operators++
        weight++
      }
    }
    if (depth > limits.depth) return refused(`the statement nests deeper than ${limits.depth}`)
    if (weight > limits.operators)
      return refused(`the statement chains more than ${limits.operators} operators`)
    sign = symbol === '(' || symbol === ','
  }
  return undefined
}

/** A sign before a number, first in a list: the grammar folds it into the number. */
function isSign(cursor: Cursor): boolean {
  if (cursor.end - cursor.start !== 1) return false
  const code = cursor.text.charCodeAt(cursor.start)
  if (code !== 45 && code !== 43) return false
  const next = cursor.text.charCodeAt(cursor.end)
  return (next > 47 && next < 58) || next === 46
}

/** The lexer may split a run of symbols into several operators (`- - -` written `*---` and the like). */
function symbolsOf(cursor: Cursor): number {
  return cursor.end - cursor.start
}
