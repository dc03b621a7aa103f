/**
 * Forms of the server's that sqlparser does not know, put so that it does, with the same relations, columns and calls in
 * them (docs/adr/0006).
 */
import type { Token } from './administration/cursor.js'
import { RESERVED_WORDS } from './reserved-words.js'

export interface Edit {
  readonly start: number
  readonly end: number
  readonly put: string
}

/** Units of two parts; all are reserved words. */
const COMPOSITE_UNITS: ReadonlySet<string> = new Set(
  `second_microsecond minute_microsecond minute_second hour_microsecond hour_second hour_minute day_microsecond
  day_second day_minute day_hour year_month`.split(/\s+/),
)
const TRIMS: ReadonlySet<string> = new Set(['both', 'leading', 'trailing'])
const BEFORE_TABLES: ReadonlySet<string> = new Set(['from', 'join', 'straight_join'])

export function formEdits(tokens: readonly Token[]): readonly Edit[] {
  const edits: Edit[] = []
  for (const [at, token] of tokens.entries()) {
    if (isSymbol(token, '->') || isSymbol(token, '->>')) documentPath(tokens, at, edits)
    if (token.kind !== 'word') continue
    if (COMPOSITE_UNITS.has(token.value) && isUnit(tokens, at))
      edits.push({ start: token.start, end: token.end, put: 'second' })
    else if (token.value === 'mod' && isRemainder(tokens, at))
      edits.push({ start: token.start, end: token.end, put: '%' })
    else if (token.value === 'interval' && isIndex(tokens, at))
      edits.push({ start: token.start, end: token.end, put: '`interval`' })
    else if (token.value === 'match') matchAgainst(tokens, at, edits)
    else if (token.value === 'for' && isWord(tokens[at + 1], 'system_time')) systemTime(tokens, at, edits)
    else if (BEFORE_TABLES.has(token.value)) {
      loneTables(tokens, at + 1, edits)
      listedTables(tokens, at + 1, edits)
    } else if (TRIMS.has(token.value) && isWord(tokens[at + 1], 'from') && isWord(tokens[at - 2], 'trim'))
      drop(tokens, at, at + 1, edits)
  }
  return edits
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === 'word' && token.value === word
}

function isSymbol(token: Token | undefined, symbol: string): boolean {
  return token?.kind === 'symbol' && token.value === symbol
}

function drop(tokens: readonly Token[], from: number, to: number, edits: Edit[]): void {
  const [first, last] = [tokens[from], tokens[to]]
  if (first && last) edits.push({ start: first.start, end: last.end, put: '' })
}

function closing(tokens: readonly Token[], from: number): number | undefined {
  let depth = 0
  for (let at = from; at < tokens.length; at++) {
    if (isSymbol(tokens[at], '(')) depth++
    if (isSymbol(tokens[at], ')') && --depth === 0) return at
  }
  return undefined
}

/** `column->'$.path'` binds tighter than anything to the server, and looser than `=` to the parser. */
function documentPath(tokens: readonly Token[], at: number, edits: Edit[]): void {
  let from = at - 1
  while (isSymbol(tokens[from - 1], '.') && tokens[from - 2]) from -= 2
  const [first, last] = [tokens[from], tokens[at + 1]]
  if (!first || (first.kind !== 'word' && first.kind !== 'name') || last?.kind !== 'string') return
  edits.push({ start: first.start, end: first.start, put: '(' })
  edits.push({ start: last.end, end: last.end, put: ')' })
}

/** `match (a) against (expression)` is put as `(match (a) against ('') + (expression))`; brackets around columns may be left out. */
function matchAgainst(tokens: readonly Token[], at: number, edits: Edit[]): void {
  let word = at + 1
  while (word < tokens.length && !isWord(tokens[word], 'against')) word++
  const [match, against, open] = [tokens[at], tokens[word], tokens[word + 1]]
  const end = isSymbol(open, '(') ? closing(tokens, word + 1) : undefined
  const close = end === undefined ? undefined : tokens[end]
  if (!match || !against || !open || !close || end === undefined) return
  const bare = !isSymbol(tokens[at + 1], '(')
  const modified = modifiersAt(tokens, word + 2, end)
  const first = tokens[word + 2]
  const single = modified === word + 3 && (first?.kind === 'string' || isSymbol(first, '?'))
  if (bare) {
    edits.push({ start: match.end, end: match.end, put: '(' })
    edits.push({ start: against.start, end: against.start, put: ') ' })
  }
  if (single) return
  edits.push({ start: match.start, end: match.start, put: '(' })
  edits.push({ start: open.start, end: open.end, put: "('') + (" })
  if (modified < end) drop(tokens, modified, end - 1, edits)
  edits.push({ start: close.end, end: close.end, put: ')' })
}

/** Where IN BOOLEAN MODE and its like begin. */
function modifiersAt(tokens: readonly Token[], from: number, end: number): number {
  const words = tokens
    .slice(from, end)
    .map(({ kind, value }) => (kind === 'word' ? value : ' '))
    .join(' ')
  const found =
    /(?:^| )((?:in boolean mode|in natural language mode)(?: with query expansion)?|with query expansion)$/.exec(
      words,
    )?.[1]
  return found === undefined ? end : end - found.split(' ').length
}

/** Behind INTERVAL and its expression, or first in EXTRACT. */
function isUnit(tokens: readonly Token[], at: number): boolean {
  if (isSymbol(tokens[at - 1], '(')) return isWord(tokens[at - 2], 'extract')
  let depth = 0
  for (let before = at - 1; before >= 0 && depth >= 0; before--) {
    const token = tokens[before]
    if (isSymbol(token, ')')) depth++
    if (isSymbol(token, '(')) depth--
    if (depth === 0 && isWord(token, 'interval')) return true
    if (depth === 0 && (isSymbol(token, ',') || isWord(token, 'select'))) return false
  }
  return false
}

/** `a mod b`, which is no call: a value stands before it. */
function isRemainder(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1]
  if (before?.kind === 'symbol') return before.value === ')' || before.value === '?'
  return before !== undefined && (before.kind !== 'word' || !RESERVED_WORDS.has(before.value))
}

/** `interval(a, b)` finds a place among its arguments; with one it is an interval of time. */
function isIndex(tokens: readonly Token[], at: number): boolean {
  return isSymbol(tokens[at + 1], '(') && commasIn(tokens, at + 1).length > 0
}

/** The commas of the brackets that open here, not of those within. */
function commasIn(tokens: readonly Token[], from: number): readonly Token[] {
  const end = closing(tokens, from) ?? from
  let depth = 0
  return tokens.slice(from, end).filter((token) => {
    if (isSymbol(token, '(')) depth++
    if (isSymbol(token, ')')) depth--
    return depth === 1 && isSymbol(token, ',')
  })
}

/** `join (a, b)` is `join (a cross join b)`. */
function listedTables(tokens: readonly Token[], from: number, edits: Edit[]): void {
  if (!isSymbol(tokens[from], '(') || !isName(tokens[from + 1])) return
  for (const { start, end } of commasIn(tokens, from)) edits.push({ start, end, put: ' cross join ' })
}

/** `from (t), u, ((db.t as a))`, `join (t)`: a table alone in brackets. */
function loneTables(tokens: readonly Token[], from: number, edits: Edit[]): void {
  for (let start = from; ; ) {
    let at = start
    while (isSymbol(tokens[at], '(')) at++
    const last = endOfTable(tokens, at)
    if (last === undefined) return
    let end = last
    while (end < last + at - start && isSymbol(tokens[end + 1], ')')) end++
    const closed = end - last
    if (closed > 0) {
      drop(tokens, at - closed, at - 1, edits)
      drop(tokens, last + 1, end, edits)
    }
    if (closed < at - start || !isSymbol(tokens[end + 1], ',')) return
    start = end + 2
  }
}

function isName(token: Token | undefined): boolean {
  return token?.kind === 'name' || (token?.kind === 'word' && !RESERVED_WORDS.has(token.value))
}

/** The last token of a name with its alias. */
function endOfTable(tokens: readonly Token[], from: number): number | undefined {
  if (!isName(tokens[from])) return undefined
  let at = from
  while (isSymbol(tokens[at + 1], '.') && isName(tokens[at + 2])) at += 2
  if (isWord(tokens[at + 1], 'as')) return isName(tokens[at + 2]) ? at + 2 : undefined
  return isName(tokens[at + 1]) ? at + 1 : at
}

/** FOR SYSTEM_TIME at plain moments (MariaDB): rows of the past are of the same columns. */
function systemTime(tokens: readonly Token[], at: number, edits: Edit[]): void {
  const next = at + 2
  const end = isWord(tokens[next], 'all')
    ? next + 1
    : isWord(tokens[next], 'as') && isWord(tokens[next + 1], 'of')
      ? moment(tokens, next + 2)
      : between(tokens, next)
  if (end !== undefined) drop(tokens, at, end - 1, edits)
}

/** BETWEEN … AND …, FROM … TO …: the place behind it. */
function between(tokens: readonly Token[], at: number): number | undefined {
  const word = isWord(tokens[at], 'between') ? 'and' : isWord(tokens[at], 'from') ? 'to' : undefined
  const middle = word === undefined ? undefined : moment(tokens, at + 1)
  return middle !== undefined && word !== undefined && isWord(tokens[middle], word)
    ? moment(tokens, middle + 1)
    : undefined
}

const MOMENTS: ReadonlySet<string> = new Set(['now', 'current_timestamp', 'localtimestamp', 'localtime'])

/** The place behind a literal, a variable or the present, perhaps with an interval taken from it. */
function moment(tokens: readonly Token[], from: number): number | undefined {
  let at = from
  if (isWord(tokens[at], 'timestamp') || isWord(tokens[at], 'transaction')) at++
  const token = tokens[at]
  if (token?.kind === 'word' && MOMENTS.has(token.value)) {
    at++
    if (isSymbol(tokens[at], '(')) {
      if (!isSymbol(tokens[at + 1], ')')) return undefined
      at += 2
    }
  } else if (token?.kind === 'string' || token?.kind === 'number' || token?.kind === 'variable') at++
  else return undefined
  if (!isSymbol(tokens[at], '-') && !isSymbol(tokens[at], '+')) return at
  const amount = tokens[at + 2]
  const plain = isWord(tokens[at + 1], 'interval') && (amount?.kind === 'number' || amount?.kind === 'string')
  return plain && tokens[at + 3]?.kind === 'word' ? at + 4 : undefined
}
