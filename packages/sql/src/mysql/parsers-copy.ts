/**
 * A query as sqlparser is shown it: words that say nothing of relations, columns or verbs are taken out, and forms that it
 * does not know are put into ones that it does (docs/adr/0006). What the server gets is not touched.
 */
import type { Token } from './administration/cursor.js'
import { type Edit, formEdits } from './parsers-forms.js'
import { RESERVED_WORDS } from './reserved-words.js'

export type ParsersCopy = { readonly text: string } | { readonly refused: string }

const SELECT_OPTIONS: ReadonlySet<string> = new Set(
  `high_priority straight_join sql_small_result sql_big_result sql_buffer_result sql_cache sql_no_cache
  sql_calc_found_rows`.split(/\s+/),
)
/** These are no reserved words: a column may have such a name. */
const AMBIGUOUS: ReadonlySet<string> = new Set(['sql_cache', 'sql_no_cache', 'sql_buffer_result', 'quick'])
const WRITE_OPTIONS: ReadonlySet<string> = new Set(['low_priority', 'high_priority', 'delayed', 'quick'])
const WRITES: ReadonlySet<string> = new Set(['insert', 'replace', 'update', 'delete'])
/** Before TABLE where it stands for a query. */
const BEFORE_TABLE: ReadonlySet<string> = new Set([
  'union',
  'all',
  'distinct',
  'except',
  'intersect',
  'minus',
  '(',
  ')',
])

export function parsersCopy(text: string, tokens: readonly Token[], pipesAsConcat: boolean): ParsersCopy {
  const edits: Edit[] = [...formEdits(tokens)]
  const first = tokens.findIndex((token) => token.value !== '(')
  const verb = wordAt(tokens, first)
  const refused = walk(tokens, edits, pipesAsConcat, first)
  if (refused !== undefined) return { refused }
  const main = tokens.findIndex(
    (token, at) => token.kind === 'word' && WRITES.has(token.value) && atTop(tokens, at),
  )
  const write = verb === 'with' ? wordAt(tokens, main) : verb
  if (write === 'update') joinTargets(tokens, Math.max(main, 0), edits)
  if (write === 'delete') plainTargets(tokens, Math.max(main, 0), edits)
  return { text: applied(text, edits) }
}

function wordAt(tokens: readonly Token[], at: number): string | undefined {
  const token = tokens[at]
  return token?.kind === 'word' || token?.kind === 'symbol' ? token.value : undefined
}

function atTop(tokens: readonly Token[], at: number): boolean {
  let depth = 0
  for (let index = 0; index < at; index++) {
    const symbol = tokens[index]?.kind === 'symbol' ? tokens[index]?.value : undefined
    if (symbol === '(') depth++
    if (symbol === ')') depth--
  }
  return depth === 0
}

/** Edits that depend on nothing but the words around them; a string: why the copy cannot be made. */
function walk(
  tokens: readonly Token[],
  edits: Edit[],
  pipesAsConcat: boolean,
  first: number,
): string | undefined {
  const sees = (at: number, ...words: readonly string[]) =>
    words.every((word, index) => wordAt(tokens, at + index) === word)
  const drop = (at: number, count: number, put = '') => {
    const [from, to] = [tokens[at], tokens[at + count - 1]]
    if (from && to) edits.push({ start: from.start, end: to.end, put })
  }
  const brackets: string[] = []
  for (const [at, token] of tokens.entries()) {
    const { kind, value } = token
    if (kind === 'symbol') {
      if (value === '(') brackets.push(wordAt(tokens, at - 1) ?? '')
      if (value === ')') brackets.pop()
      if (value === '||' && !pipesAsConcat) drop(at, 1, ' or ')
      if (value === '&&') drop(at, 1, ' and ')
      if (value === '!') drop(at, 1, ' not ')
    }
    if (kind !== 'word') continue
    const before = wordAt(tokens, at - 1)
    if (value === 'select' || (WRITES.has(value) && opensStatement(tokens, at))) {
      const options = value === 'select' ? SELECT_OPTIONS : WRITE_OPTIONS
      for (let next = at + 1; ; next++) {
        const option = wordAt(tokens, next) ?? ''
        const skip = option === 'distinct' || option === 'all' || option === 'distinctrow'
        if (value === 'select' && skip) continue
        if (value !== 'select' && value !== 'insert' && option === 'ignore') drop(next, 1)
        else if (!options.has(option) || tokens[next]?.kind !== 'word') break
        else {
          if (AMBIGUOUS.has(option) && endsName(tokens, next + 1, value))
            return `\`${option}\` may be a name or an option here`
          drop(next, 1)
        }
      }
    } else if (
      value === 'table' &&
      (at === first || BEFORE_TABLE.has(before ?? '') || insertsTable(tokens, at))
    ) {
      drop(at, 1, 'select * from')
    } else if (sees(at, 'lock', 'in', 'share', 'mode')) drop(at, 4, 'for share')
    else if (
      value === 'wait' &&
      (before === 'update' || before === 'share') &&
      tokens[at + 1]?.kind === 'number'
    )
      drop(at, 2)
    else if (sees(at, 'with', 'rollup')) drop(at, 2)
    else if (sees(at, 'sounds', 'like')) drop(at, 1)
    else if (sees(at, 'rows', 'examined') && isCount(tokens[at + 2])) drop(at, 3)
    else if ((value === 'next' || value === 'previous') && sees(at + 1, 'value', 'for')) {
      const end = tokens[at + (wordAt(tokens, at + 4) === '.' ? 5 : 3)]
      if (!end) return 'NEXT VALUE FOR stands without a name'
      drop(at, 3, value === 'next' ? 'nextval(' : 'lastval(')
      edits.push({ start: end.end, end: end.end, put: ')' })
    } else if (value === 'using' && brackets.at(-1) === 'char' && sees(at + 2, ')')) drop(at, 2)
    else if (IN_CAST.has(brackets.at(-1) ?? '') && (before === 'char' || before === ')')) {
      if (sees(at, 'character', 'set')) drop(at, 3)
      else if (value === 'charset') drop(at, 2)
    }
  }
  return undefined
}

const IN_CAST: ReadonlySet<string> = new Set(['cast', 'convert'])

/** INSERT(…) and REPLACE(…) are functions too, and ON DUPLICATE KEY UPDATE and FOR UPDATE are no statements. */
function opensStatement(tokens: readonly Token[], at: number): boolean {
  const before = wordAt(tokens, at - 1)
  return (at === 0 || before === ')') && wordAt(tokens, at + 1) !== '('
}

/** INSERT INTO t TABLE u. */
function insertsTable(tokens: readonly Token[], at: number): boolean {
  const verb = wordAt(tokens, 0)
  return (verb === 'insert' || verb === 'replace') && atTop(tokens, at)
}

/** Whether what comes next can only follow a name. */
function endsName(tokens: readonly Token[], at: number, verb: string): boolean {
  const token = tokens[at]
  if (token === undefined) return true
  if (verb === 'delete') return token.kind === 'symbol'
  if (token.kind === 'symbol') return !['*', '(', '-', '?', '!', '~'].includes(token.value)
  return (
    token.kind === 'word' &&
    ['from', 'as', 'where', 'union', 'order', 'limit', 'into', 'and', 'or'].includes(token.value)
  )
}

/** UPDATE a, b SET: the parser knows no comma there. */
function joinTargets(tokens: readonly Token[], from: number, edits: Edit[]): void {
  let depth = 0
  for (let at = from; at < tokens.length; at++) {
    const token = tokens[at]
    const word = wordAt(tokens, at)
    if (!token || (token.kind === 'word' && word === 'set' && depth === 0)) return
    if (word === '(') depth++
    if (word === ')') depth--
    if (word === ',' && depth === 0) edits.push({ start: token.start, end: token.end, put: ' cross join ' })
  }
}

/** DELETE a.*, b.* FROM …, DELETE FROM a.* USING …: what to delete from is a name alone. */
function plainTargets(tokens: readonly Token[], from: number, edits: Edit[]): void {
  let at = from + 1
  while (DELETE_OPTIONS.has(wordAt(tokens, at) ?? '')) at++
  const isFirst = wordAt(tokens, at) === 'from'
  if (isFirst) at++
  const stars: Edit[] = []
  // Nothing but a list of targets stands before its end: a star behind RETURNING is an output.
  for (; isTarget(tokens[at]); at++) {
    const [dot, star] = [tokens[at], tokens[at + 1]]
    if (dot && star && isSign(dot, '.') && isSign(star, '*'))
      stars.push({ start: dot.start, end: star.end, put: '' })
  }
  const end = tokens[at]
  if (end?.kind === 'word' && end.value === (isFirst ? 'using' : 'from')) edits.push(...stars)
}

const DELETE_OPTIONS: ReadonlySet<string> = new Set(['low_priority', 'quick', 'ignore'])

/** A number, or a parameter. */
const isCount = (token: Token | undefined): boolean =>
  token !== undefined && (token.kind === 'number' || isSign(token, '?'))

const isSign = ({ kind, value }: Token, sign: string): boolean => kind === 'symbol' && value === sign

function isTarget(token: Token | undefined): boolean {
  if (token === undefined || token.kind === 'name') return token !== undefined
  return token.kind === 'word'
    ? !RESERVED_WORDS.has(token.value)
    : ['.', '*', ','].some((sign) => isSign(token, sign))
}

function applied(text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return text
  let out = ''
  let written = 0
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    out += text.slice(written, edit.start) + edit.put
    written = edit.end
  }
  return out + text.slice(written)
}
