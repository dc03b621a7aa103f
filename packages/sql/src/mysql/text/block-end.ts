/** Whether a routine's text ends with its body's block, however the server may cut it into statements. */
import type { Token } from '../administration/cursor.js'

/** What may stand between a procedure's parameters and its body. */
const CHARACTERISTICS: ReadonlySet<string> = new Set(
  'language sql not deterministic contains no reads modifies data security definer invoker comment'.split(
    ' ',
  ),
)
/** And of a function, beside these: types of few words. */
const TYPES: ReadonlySet<string> = new Set(
  (
    'returns tinyint smallint mediumint int integer bigint decimal numeric float double date time datetime timestamp year char ' +
    'varchar binary varbinary tinytext text mediumtext longtext tinyblob blob mediumblob longblob json bit bool boolean unsigned'
  ).split(' '),
)
/** Behind these no name can stand: BEGIN is the word. */
const BEFORE_BEGIN: ReadonlySet<string> = new Set([
  ';',
  'begin',
  'loop',
  'repeat',
  'sqlexception',
  'sqlwarning',
])
/** All are reserved, so that END before them closes no block, and is no name. */
const CLOSED_BY_NAME: ReadonlySet<string> = new Set(['if', 'loop', 'while', 'repeat'])

/**
 * Invariant: of a CREATE PROCEDURE, FUNCTION or TRIGGER with a block, true only if the block cannot end before the last
 * token. BEGIN counts as one more block only where it can be nothing else, and CASE (a reserved word) always; each END
 * counts as the end of one. So at every token the server is at least as deep in the block as it is counted here.
 */
export function endsWithItsBlock(tokens: readonly Token[]): boolean {
  const start = bodyOf(tokens)
  if (start === undefined) return false
  let depth = 1
  for (let at = start + 1; at < tokens.length; at += 1) {
    const word = wordAt(tokens, at)
    if (word === 'begin' && BEFORE_BEGIN.has(valueAt(tokens, at - 1)) && valueAt(tokens, at + 1) !== ':')
      depth += 1
    else if (word === 'case' && valueAt(tokens, at - 1) !== '.') depth += 1
    else if (word === 'end') {
      const next = wordAt(tokens, at + 1)
      if (next !== undefined && CLOSED_BY_NAME.has(next)) continue
      depth -= 1
      if (next === 'case') at += 1
      if (depth === 0) return at === tokens.length - 1
    }
  }
  return false
}

/** Where the BEGIN of the body stands: behind a head in which no statement can hide. */
function bodyOf(tokens: readonly Token[]): number | undefined {
  if (wordAt(tokens, 0) !== 'create') return undefined
  const kind = tokens.findIndex(({ kind: each, value }) => each === 'word' && KINDS.has(value))
  if (kind < 0 || tokens.slice(0, kind).some(({ value }) => value === ';')) return undefined
  const allowed = wordAt(tokens, kind)
  let at = pastName(tokens, kind + 1)
  if (allowed === 'trigger') return bodyOfTrigger(tokens, at)
  at = pastBrackets(tokens, at)
  for (; at < tokens.length; at += 1) {
    const token = tokens[at]
    if (wordAt(tokens, at) === 'begin') return at
    if (token?.kind === 'string') continue
    if (token?.kind === 'symbol' && token.value === '(' && TYPES.has(wordAt(tokens, at - 1) ?? '')) {
      at = pastBrackets(tokens, at) - 1
      continue
    }
    const word = wordAt(tokens, at) ?? ''
    if (!CHARACTERISTICS.has(word) && !(allowed === 'function' && TYPES.has(word))) return undefined
  }
  return undefined
}

const KINDS: ReadonlySet<string> = new Set(['procedure', 'function', 'trigger'])

function bodyOfTrigger(tokens: readonly Token[], start: number): number | undefined {
  const time = wordAt(tokens, start)
  const event = wordAt(tokens, start + 1) ?? ''
  if (time !== 'before' && time !== 'after') return undefined
  if (!['insert', 'update', 'delete'].includes(event) || wordAt(tokens, start + 2) !== 'on') return undefined
  const at = pastName(tokens, start + 3)
  const words = ['for', 'each', 'row', 'begin']
  return words.every((word, index) => wordAt(tokens, at + index) === word) ? at + 3 : undefined
}

/** Past `a` or `a.b`, behind IF NOT EXISTS. */
function pastName(tokens: readonly Token[], start: number): number {
  const exists = ['if', 'not', 'exists'].every((word, index) => wordAt(tokens, start + index) === word)
  const at = exists ? start + 3 : start
  return valueAt(tokens, at + 1) === '.' ? at + 3 : at + 1
}

/** Past the bracket that closes the one that stands here; where none does, the place itself. */
function pastBrackets(tokens: readonly Token[], start: number): number {
  if (valueAt(tokens, start) !== '(') return start
  let depth = 0
  for (let at = start; at < tokens.length; at += 1) {
    const value = valueAt(tokens, at)
    if (value === ';') return tokens.length
    if (value === '(') depth += 1
    if (value === ')') depth -= 1
    if (depth === 0) return at + 1
  }
  return tokens.length
}

/** Of an unquoted word, in lower case. */
function wordAt(tokens: readonly Token[], at: number): string | undefined {
  const token = tokens[at]
  return token?.kind === 'word' ? token.value : undefined
}

/** Of a word or a symbol: what is quoted is neither. */
function valueAt(tokens: readonly Token[], at: number): string {
  const token = tokens[at]
  return token?.kind === 'word' || token?.kind === 'symbol' ? token.value : ''
}
