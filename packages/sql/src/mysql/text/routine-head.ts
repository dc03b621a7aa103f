/** Where the body of a routine, trigger or event begins: behind a head in which no statement can hide. */
import type { Token } from '../administration/cursor.js'
import { behindExpression, valueAt, wordAt } from './routine-words.js'

/** What may stand between a routine's parameters and its body. */
const CHARACTERISTICS: ReadonlySet<string> = new Set(
  'language sql not deterministic contains no reads modifies data security definer invoker comment'.split(
    ' ',
  ),
)
/** Behind the type that a function returns. */
const ATTRIBUTES: ReadonlySet<string> = new Set(
  'unsigned signed zerofill precision varying ascii unicode byte'.split(' '),
)
/** Statements that a body may be, or begin with. */
const STATEMENTS: ReadonlySet<string> = new Set(
  (
    'begin if case loop while repeat for select insert replace update delete with values set call do return signal ' +
    'resignal truncate'
  ).split(' '),
)
const KINDS: ReadonlySet<string> = new Set(['procedure', 'function', 'trigger', 'event'])

/** The place of the body's first token, or of its label; undefined when that is not certain. */
export function bodyOf(tokens: readonly Token[]): number | undefined {
  if (wordAt(tokens, 0) !== 'create') return undefined
  const kind = tokens.findIndex(({ kind: each, value }) => each === 'word' && KINDS.has(value))
  if (kind < 0 || tokens.slice(0, kind).some(({ value }) => value === ';')) return undefined
  const start = pastName(tokens, kind + 1)
  const what = wordAt(tokens, kind)
  const body =
    what === 'trigger'
      ? behindTrigger(tokens, start)
      : what === 'event'
        ? behindEvent(tokens, start)
        : behindCharacteristics(tokens, start, what === 'function')
  return body !== undefined && isStatement(tokens, body) ? body : undefined
}

function isStatement(tokens: readonly Token[], at: number): boolean {
  const kind = tokens[at]?.kind
  if (valueAt(tokens, at + 1) === ':') return kind === 'word' || kind === 'name'
  return STATEMENTS.has(wordAt(tokens, at) ?? '')
}

function behindCharacteristics(
  tokens: readonly Token[],
  start: number,
  isFunction: boolean,
): number | undefined {
  let at = pastBrackets(tokens, start)
  for (; at < tokens.length; at += 1) {
    const token = tokens[at]
    const word = wordAt(tokens, at) ?? ''
    if (isFunction && word === 'returns') at = behindType(tokens, at + 1) - 1
    else if (token?.kind !== 'string' && !(CHARACTERISTICS.has(word) && valueAt(tokens, at + 1) !== ':'))
      return at
  }
  return undefined
}

/** `varchar(80) character set utf8mb4 collate utf8mb4_bin` */
function behindType(tokens: readonly Token[], start: number): number {
  let at = pastBrackets(tokens, start + 1)
  for (;;) {
    const word = wordAt(tokens, at) ?? ''
    if (ATTRIBUTES.has(word) && valueAt(tokens, at + 1) !== ':') at = pastBrackets(tokens, at + 1)
    else if (word === 'charset' || word === 'collate') at += 2
    else if (word === 'character' && wordAt(tokens, at + 1) === 'set') at += 3
    else return at
  }
}

function behindTrigger(tokens: readonly Token[], start: number): number | undefined {
  const time = wordAt(tokens, start)
  const event = wordAt(tokens, start + 1) ?? ''
  if (time !== 'before' && time !== 'after') return undefined
  if (!['insert', 'update', 'delete'].includes(event) || wordAt(tokens, start + 2) !== 'on') return undefined
  const at = pastName(tokens, start + 3)
  if (!['for', 'each', 'row'].every((word, index) => wordAt(tokens, at + index) === word)) return undefined
  const next = wordAt(tokens, at + 3)
  const ordered = (next === 'follows' || next === 'precedes') && valueAt(tokens, at + 4) !== ':'
  return ordered ? pastName(tokens, at + 4) : at + 3
}

function behindEvent(tokens: readonly Token[], start: number): number | undefined {
  if (wordAt(tokens, start) !== 'on' || wordAt(tokens, start + 1) !== 'schedule') return undefined
  return behindExpression(tokens, start + 2, 'do')
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
