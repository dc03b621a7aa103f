/**
 * What a canonical text may hold before a parser sees it. The parsers recurse over operators and brackets, and one of them
 * is dead for good once its stack ran out (some 500 chained operators), so this linear pass bounds both.
 */

import { type Cursor, END, ODD, OPERATOR, openCursor, PUNCTUATION, WORD } from './cursor.js'
import { codeAt } from './letters.js'
import { rulesOf, type TextMode } from './mode.js'
import { advance } from './tokens.js'

export interface TextLimits {
  /** Parentheses and CASE inside each other. */
  readonly depth: number
  /** Operators (symbols, and words such as AND, UNION, JOIN) that can stand inside each other. */
  readonly operators: number
  readonly tokens: number
}

export const DEFAULT_TEXT_LIMITS: TextLimits = { depth: 100, operators: 400, tokens: 500_000 }

export interface OverLimit {
  readonly why: string
  readonly tooLarge: boolean
}

/** AND and its like: what stands between two of them nests below both. */
const CONNECTIVES = new Set(['and', 'or', 'xor'])
/** They go on across commas. */
const CHAINS = new Set(['union', 'intersect', 'except', 'minus', 'join', 'straight_join'])
const OPERATOR_WORDS = new Set(
  'not is in like rlike regexp between collate escape div mod binary interval sounds member exists prior'.split(
    ' ',
  ),
)
const BRANCHES = new Set(['when', 'then', 'else'])
const LONGEST = 13

/** Inside one pair of parentheses, or one CASE. */
interface Level {
  readonly isCase: boolean
  connectives: number
  chains: number
  /** Of the operand that is being read, and of the one that has the most. */
  term: number
  most: number
}

/** The reason why a canonical text is refused unread, or undefined when a parser may see it. */
export function overLimit(
  text: string,
  mode: TextMode,
  limits: TextLimits = DEFAULT_TEXT_LIMITS,
): OverLimit | undefined {
  const rules = rulesOf(mode)
  if (typeof rules === 'string') return { why: rules, tooLarge: false }
  const cursor = openCursor(text, rules)
  const levels: Level[] = [level(false)]
  let weight = 0
  let tokens = 0
  for (advance(cursor); cursor.kind !== END && cursor.kind !== ODD; advance(cursor)) {
    if (++tokens > limits.tokens)
      return { why: `the statement has more than ${limits.tokens} words and signs`, tooLarge: true }
    const here = levels.at(-1) as Level
    weight -= weightOf(here)
    weight += step(cursor, levels, here)
    if (levels.length > limits.depth + 1) return refused(`the statement nests deeper than ${limits.depth}`)
    if (weight > limits.operators)
      return refused(`the statement chains more than ${limits.operators} operators`)
  }
  return undefined
}

function refused(why: string): OverLimit {
  return { why, tooLarge: false }
}

function level(isCase: boolean): Level {
  return { isCase, connectives: 0, chains: 0, term: 0, most: 0 }
}

function weightOf(one: Level): number {
  return one.connectives + one.chains + one.most
}

/** Takes the token into account; returns what `here` weighs now, nothing when it was left. */
function step(cursor: Cursor, levels: Level[], here: Level): number {
  const { text, kind, start, end } = cursor
  if (kind === PUNCTUATION) {
    const code = codeAt(text, start)
    if (code === 40 || code === 123) levels.push(level(false))
    else if (code === 41 || code === 125) return leave(levels, here)
    else if (code === 44 || code === 59) {
      here.connectives = here.term = here.most = 0
      if (code === 59 && levels.length === 1) here.chains = 0
    }
  } else if (kind === OPERATOR) count(here)
  else if (kind === WORD && end - start <= LONGEST && !cursor.dotted) {
    const word = text.slice(start, end).toLowerCase()
    if (word === 'case') levels.push(level(true))
    else if (word === 'end' && here.isCase) return leave(levels, here)
    else if (here.isCase && BRANCHES.has(word)) here.connectives = here.term = here.most = 0
    else if (CHAINS.has(word)) here.chains++
    else if (CONNECTIVES.has(word)) {
      here.connectives++
      here.term = 0
    } else if (OPERATOR_WORDS.has(word)) count(here)
  }
  return weightOf(here)
}

function count(here: Level): void {
  here.term++
  if (here.term > here.most) here.most = here.term
}

function leave(levels: Level[], here: Level): number {
  if (levels.length === 1) return weightOf(here)
  levels.pop()
  return 0
}
