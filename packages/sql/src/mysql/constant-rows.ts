/** Rows of constants and long constants of a statement that writes: the parsers learn nothing from them, and they are most of a dump. */
import { isIssuedMask } from '@gatehouse/core'
import { decode } from './administration/tokens.js'
import { mayHoldIssued } from './issued-literal.js'
import {
  COMMENT,
  type Cursor,
  END,
  HINT,
  NULL,
  NUMBER,
  ODD,
  OPERATOR,
  openCursor,
  PUNCTUATION,
  STRING,
  WORD,
} from './text/cursor.js'
import { codeAt } from './text/letters.js'
import type { Rules } from './text/mode.js'
import { advance } from './text/tokens.js'

/** Characters of a text, and of one constant in it, that are little beside what the parsers cost anyway. */
const SHORT_TEXT = 1024
const SHORT_CONSTANT = 256

const WRITES: ReadonlySet<string> = new Set(['insert', 'replace', 'update'])
const CONSTANTS: ReadonlySet<string> = new Set(['null', 'true', 'false', 'default'])
/** What may follow the head instead of VALUES. */
const BODIES: ReadonlySet<string> = new Set(['select', 'set', 'table', 'with'])
const LONGEST_WORD = 7

const [OPEN, CLOSE, COMMA, MINUS, EQUALS] = [40, 41, 44, 45, 61]

interface Edit {
  readonly start: number
  readonly end: number
  readonly put: string
}

interface Walk {
  readonly cursor: Cursor
  readonly edits: Edit[]
  depth: number
  /**
   * `head`: the table and its columns. Invariant: rows stand behind the VALUES that ends the head, one after the other, and
   * nowhere else: `select value, (1), (2)` has none.
   */
  part: 'head' | 'rows' | 'rest'
  /** A row of constants stands: others like it may go. */
  one: boolean
  /** Where the row that is being read begins, with the comma before it. */
  from: number
  /** Whether it holds constants alone so far. */
  constant: boolean
  /** The sign before this token, 0 for anything else, and where it stands. */
  before: number
  beforeStart: number
  signed: boolean
  /** A long constant, if nothing that is joined to it follows. */
  long: Edit | undefined
}

/** The statement as the parsers are shown it: the same relations, columns and verbs, by far fewer words. */
export function withoutConstantRows(text: string, rules: Rules, short = SHORT_TEXT): string {
  if (text.length <= short) return text
  const cursor = openCursor(text, rules)
  if (next(cursor) !== WORD || !WRITES.has(wordOf(cursor))) return text
  const walk: Walk = {
    ...{ cursor, edits: [], depth: 0, part: 'head', one: false, from: 0, constant: false },
    ...{ before: 0, beforeStart: 0, signed: false, long: undefined },
  }
  for (let kind = next(cursor); kind !== END; kind = next(cursor)) {
    if (kind === ODD || cursor.unterminated) return text
    step(walk)
  }
  if (walk.long) walk.edits.push(walk.long)
  return applied(text, walk.edits)
}

function next(cursor: Cursor): number {
  for (;;) {
    const kind = advance(cursor)
    if (kind !== COMMENT && kind !== HINT) return kind
  }
}

/** Folded; nothing for one that is longer than those that matter. */
function wordOf({ text, start, end, dotted }: Cursor): string {
  return dotted || end - start > LONGEST_WORD ? '' : text.slice(start, end).toLowerCase()
}

function step(walk: Walk): void {
  const { cursor, depth } = walk
  const { kind, text, start, end } = cursor
  const isSign = kind === PUNCTUATION || (kind === OPERATOR && end === start + 1)
  const sign = isSign ? codeAt(text, start) : 0
  shorten(walk, sign)
  if (depth === 0) walk.part = partAt(walk, sign)
  if (sign === OPEN) {
    walk.constant = depth === 0 && walk.part === 'rows'
    if (depth === 0) walk.from = walk.before === COMMA ? walk.beforeStart : -1
    walk.depth++
  } else if (sign === CLOSE) {
    walk.depth--
    if (depth === 1) endRow(walk)
  } else if (walk.constant && depth > 0) readConstant(walk, sign)
  walk.before = sign
  walk.beforeStart = start
}

/** Outside of brackets. */
function partAt({ cursor, part, before }: Walk, sign: number): Walk['part'] {
  if (part === 'rows') {
    const isNext = sign === OPEN ? before !== CLOSE : sign === COMMA && before === CLOSE
    return isNext ? part : 'rest'
  }
  if (part === 'rest' || cursor.kind !== WORD) return part
  const word = wordOf(cursor)
  if (word === 'values' || word === 'value') return 'rows'
  return BODIES.has(word) ? 'rest' : part
}

/** Values and commas in turn; before a value may stand one minus. */
function readConstant(walk: Walk, sign: number): void {
  const expected = walk.before === OPEN || walk.before === COMMA || walk.signed
  const signs = sign === MINUS && expected && !walk.signed
  if (sign === COMMA ? expected : !signs && !(expected && isConstant(walk.cursor))) walk.constant = false
  walk.signed = signs
}

/** A parameter is none, for its number counts. */
function isConstant(cursor: Cursor): boolean {
  const { kind } = cursor
  if (kind === STRING || kind === NUMBER) return !looksIssued(cursor)
  return kind === NULL || (kind === WORD && CONSTANTS.has(wordOf(cursor)))
}

/** A mask that comes back must be seen (R19). `0x…`, `x'…'` and their like hold letters too. */
function looksIssued({ kind, text, start, end, prefix }: Cursor): boolean {
  const written = text.slice(start, end)
  if (kind !== STRING || prefix === 'x' || prefix === 'b') return mayHoldIssued(written)
  // Every one has an asterisk or an underscore in it.
  if (!written.includes('*') && !written.includes('_')) return false
  return isIssuedMask(decode(prefix === 'n' ? written.slice(1) : written))
}

function endRow(walk: Walk): void {
  const { edits, from } = walk
  const whole = walk.constant && walk.before !== COMMA && walk.before !== OPEN && !walk.signed
  walk.constant = false
  if (!whole) return
  if (walk.one && from >= 0) {
    while ((edits.at(-1)?.start ?? -1) >= from) edits.pop()
    edits.push({ start: from, end: walk.cursor.end, put: '' })
  }
  walk.one = true
}

/** A long constant by itself: a value of a row, or what a column is set to or compared with. */
function shorten(walk: Walk, sign: number): void {
  const { cursor, before, depth, part } = walk
  const { kind, start, end, prefix } = cursor
  if (walk.long && (sign === COMMA || sign === CLOSE || kind === WORD)) walk.edits.push(walk.long)
  walk.long = undefined
  if (kind !== STRING || prefix !== '' || end - start <= SHORT_CONSTANT) return
  const value = part === 'rows' && depth === 1 && (before === OPEN || before === COMMA)
  if ((value || before === EQUALS) && !looksIssued(cursor)) walk.long = { start, end, put: "''" }
}

function applied(text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return text
  const parts: string[] = []
  let written = 0
  for (const { start, end, put } of edits) {
    if (start > written) parts.push(text.slice(written, start))
    if (put !== '') parts.push(put)
    written = end
  }
  parts.push(text.slice(written))
  return parts.join('')
}
