/**
 * A server names a column that nobody named by the text of its expression, comments included. Where the canonical text
 * spells that otherwise, the column is given the name that it would have had (measured, MariaDB 10.11 and MySQL 9.7).
 */
import {
  CLOSE,
  COMMENT,
  type Cursor,
  END,
  NAME,
  NULL,
  NUMBER,
  OPEN,
  OPERATOR,
  PUNCTUATION,
  QUOTED,
  STRING,
  VARIABLE,
  WORD,
} from './cursor.js'
import { hasStrangeLetter } from './fold.js'
import { codeAt, isSpace } from './letters.js'
import type { Rules } from './mode.js'
import { introducer } from './words.js'

export interface ColumnNames {
  /** Each token but a comment, before it is written. What names the column that ended, to stand before it; or undefined. */
  see(cursor: Cursor): string | undefined
  /** Each comment, and each end of one that is executed. */
  comment(cursor: Cursor): void
  /** The token, or the comment behind a token, is not written as it stands. */
  changed(): void
}

/** Between SELECT and its first expression. */
const MODIFIERS = new Set(
  (
    'all distinct distinctrow high_priority straight_join sql_small_result sql_big_result sql_buffer_result sql_cache ' +
    'sql_no_cache sql_calc_found_rows'
  ).split(' '),
)
/** Reserved, so that none of them is an alias: what follows a select list. */
const BEHIND = new Set(
  'from into where group having order limit union except intersect for lock procedure'.split(' '),
)
/** Reserved, and a value must follow: it is no alias. */
const BEFORE_VALUE = new Set(
  'and or xor not div mod like rlike regexp binary collate in is between case when then else distinct over'.split(
    ' ',
  ),
)
const VALUES = new Set(['null', 'true', 'false'])
/** Before a string they make a constant of it. */
const MOMENTS = new Set(['date', 'time', 'timestamp'])
/** Those whose rows MariaDB gives back. */
const RETURNS = new Set(['insert', 'replace', 'delete'])

const COMMA = 44
const OPENS = 40
const CLOSES = 41
const SEMICOLON = 59
const DOT = 46
const BRACE = 125
const AT = 64
const MARK = 63

/** Names are cut here by both servers, in bytes. */
const LONGEST = 255

interface Item {
  start: number
  end: number
  /** Parts that no server keeps in a name. */
  readonly cuts: (readonly [number, number])[]
  changed: boolean
  aliased: boolean
  /** Certainly the end of an expression, and no alias. */
  free: boolean
  /** More than a column or a literal, in brackets or not: these are named by what they are. */
  computed: boolean
  cases: number
  /** The latest token is a word that works on others. */
  operator: boolean
  /** The latest token: its kind, its word, and whether MySQL takes the space behind it for its own. */
  spaced: boolean
  kind: number
  word: string
}

export function columnNames(): ColumnNames {
  let seeking: '' | 'select' | 'returning' | 'list' | 'none' = ''
  let depth = 0
  let list = 0
  let item: Item | undefined
  /** Something before the next token, which counts if that is of the same expression. */
  let altered = false
  let cut: (readonly [number, number])[] = []
  return { see, comment, changed }

  function see(cursor: Cursor): string | undefined {
    if (seeking === 'none' && cursor.kind !== PUNCTUATION) return undefined
    const { kind, text, start, end } = cursor
    const code = kind === PUNCTUATION ? codeAt(text, start) : 0
    const word =
      kind === WORD && !cursor.dotted && end - start < 20 ? text.slice(start, end).toLowerCase() : ''
    if (code === SEMICOLON || kind === END) return finish(cursor, '')
    let name: string | undefined
    if (seeking === 'list') {
      const last = depth === list && (code === COMMA || code === CLOSES || BEHIND.has(word))
      if (!last) add(cursor, code, word)
      else name = finish(cursor, code === COMMA ? 'list' : 'none')
    } else if (seeking !== 'none') seek(cursor, code, word)
    if (code === OPENS) depth++
    if (code === CLOSES) depth--
    altered = false
    cut = []
    return name
  }

  function seek({ rules }: Cursor, code: number, word: string): void {
    if (seeking === '') {
      if (code === OPENS) return
      seeking = word === 'with' || word === 'select' ? 'select' : 'none'
      if (rules.mariadb && RETURNS.has(word)) seeking = 'returning'
      list = word === 'with' ? 0 : depth
    }
    if (depth === list && word === seeking) seeking = 'list'
  }

  function add(cursor: Cursor, code: number, word: string): void {
    const { kind, end } = cursor
    if (item === undefined) {
      if (MODIFIERS.has(word)) return
      item = opened(cursor)
    }
    item.changed ||= altered
    item.cuts.push(...cut)
    item.end = end
    // Behind a dot, and before one, every word is a name.
    item.computed ||= (item.operator && code !== DOT) || isComputed(item, cursor, code)
    item.operator = word === 'select' || BEFORE_VALUE.has(word)
    if (word === 'case') item.cases++
    if (depth === list || (code === CLOSES && depth === list + 1)) {
      if (word === 'as') item.aliased = true
      item.free = isFree(item, cursor, code, word)
    }
    item.kind = code === DOT ? DOT_KIND : code === AT ? AT_KIND : kind
    item.word = word
    item.spaced = kind === WORD && !cursor.dotted
    if (word === 'end' && item.cases > 0) item.cases--
  }

  function finish(cursor: Cursor, then: typeof seeking): string | undefined {
    const named = item && nameOf(item, cursor)
    item = undefined
    seeking = then
    if (then === '') {
      depth = 0
      list = 0
    }
    return named
  }

  function comment({ kind, text, start, end, rules }: Cursor): void {
    if (seeking !== 'list' || item === undefined) return
    altered = true
    const own = text[start + 2] === 'M' && rules.mariadb
    const dropped = kind === COMMENT && (text[start + 2] === '!' || own) && text[start + 1] === '*'
    if (dropped || kind === OPEN || kind === CLOSE) cut.push([start, end])
  }

  function changed(): void {
    if (item !== undefined) item.changed = true
  }
}

const DOT_KIND = -1
const AT_KIND = -2

function opened({ start }: Cursor): Item {
  return {
    start,
    end: start,
    cuts: [],
    changed: false,
    aliased: false,
    free: false,
    computed: false,
    cases: 0,
    operator: false,
    spaced: false,
    kind: END,
    word: '',
  }
}

function isComputed(before: Item, { kind, text, start, end }: Cursor, code: number): boolean {
  if (kind === OPERATOR) return text[start] !== '+' || end - start > 1 || before.kind !== END
  if (code === OPENS) return before.kind === WORD || before.kind === QUOTED || before.kind === NAME
  if (kind === VARIABLE || code === BRACE || code === AT) return true
  return kind === STRING && MOMENTS.has(before.word)
}

/** Whether the expression, if it ended with this token, would certainly have no alias. In doubt it has one. */
function isFree(before: Item, { kind }: Cursor, code: number, word: string): boolean {
  if (kind === NUMBER || kind === VARIABLE || kind === NULL) return true
  if (kind === PUNCTUATION)
    return code === CLOSES || code === BRACE || code === MARK || (code === DOT && before.free)
  if (kind === OPERATOR) return false
  if (before.kind === AT_KIND) return true
  if (before.kind === DOT_KIND) return before.free
  const introduced = before.word.startsWith('_') && introducer(before.word) === 'known'
  if (kind === STRING && (before.kind === STRING || introduced)) return before.free
  if (kind === STRING && MOMENTS.has(before.word)) return true
  if (VALUES.has(word) || (word === 'end' && before.cases > 0)) return true
  const expected = before.kind === END || before.kind === OPERATOR || BEFORE_VALUE.has(before.word)
  return expected && (kind === STRING || kind === WORD || kind === NAME || kind === QUOTED)
}

/** `AS …` as it is put before the token that stands at the cursor; undefined when it keeps its name as it is. */
function nameOf(item: Item, cursor: Cursor): string | undefined {
  if (!item.changed || item.aliased || !item.free || !item.computed) return undefined
  const { text } = cursor
  let name = ''
  let from = item.start
  for (const [cutFrom, cutTo] of item.cuts) {
    name += text.slice(from, cutFrom)
    from = cutTo
  }
  name += text.slice(from, endOf(item, cursor))
  if (Buffer.byteLength(name) > LONGEST) {
    if (/[^\0-\x7f]/.test(name)) return undefined
    name = name.slice(0, LONGEST)
  }
  const quoted = inQuotes(name, cursor.rules)
  if (quoted === undefined) return undefined
  return `AS ${quoted}${cursor.kind === WORD ? ' ' : ''}`
}

/** With IGNORE_SPACE MySQL goes on to the next token behind an unquoted word. */
function endOf({ end, spaced }: Item, { text, kind, rules }: Cursor): number {
  if (rules.mariadb || !rules.ignoreSpace || !spaced || kind === END) return end
  let at = end
  while (isSpace(codeAt(text, at))) at++
  return at
}

/** Letters that a name cannot hold. */
const NO_LETTER = /[\ud800-\udfff]/
const CONTROL = /[\0-\x1f\x7f]/

/** No name in backquotes holds a control character; a string may, and holds no backslash here. */
function inQuotes(name: string, rules: Rules): string | undefined {
  const { letters } = rules
  if (NO_LETTER.test(name) || hasStrangeLetter(name, rules) || (!letters && /[^\0-\x7f]/.test(name)))
    return undefined
  if (!CONTROL.test(name)) return `\`${name.replaceAll('`', '``')}\``
  return /[\0\\]/.test(name) ? undefined : `'${name.replaceAll("'", "''")}'`
}
