/** Where a routine's text ends, of a text that may hold more: what stands behind it would run unread. */
import type { Token } from '../administration/cursor.js'
import { bodyOf } from './routine-head.js'
import { behindExpression, valueAt, wordAt } from './routine-words.js'

/** One compound statement that is open. */
interface Block {
  readonly kind: string
  readonly labelled: boolean
}

/** What opens one, and the word before its statements. */
const OPENERS: ReadonlyMap<string, string | undefined> = new Map([
  ['begin', undefined],
  ['loop', undefined],
  ['repeat', undefined],
  ['if', 'then'],
  ['case', 'then'],
  ['while', 'do'],
  ['for', 'do'],
])

/**
 * Of CREATE PROCEDURE, FUNCTION, TRIGGER or EVENT: how many of the tokens are its own; behind them stands `;` or nothing. Undefined
 * when that is not certain. Invariant: a block counts as open only where the server has opened it, and as closed wherever it
 * may have: so what counts as the routine's own is never more than the server takes it for.
 */
export function endOfRoutine(tokens: readonly Token[]): number | undefined {
  const open: Block[] = []
  let at = bodyOf(tokens)
  while (at !== undefined && at < tokens.length) {
    const inner = open.at(-1)
    const word = wordAt(tokens, at)
    const closing = inner && (word === 'end' || (word === 'until' && inner.kind === 'repeat'))
    if (closing && valueAt(tokens, at + 1) !== ':') {
      const closed = word === 'end' ? at : lastOf(behindExpression(tokens, at + 1, 'end'))
      const end = closed === undefined ? undefined : behindEnd(tokens, closed, inner)
      open.pop()
      if (end === undefined || (end < tokens.length && valueAt(tokens, end) !== ';')) return undefined
      if (open.length === 0) return end
      at = end + 1
    } else if (inner && isBranch(word, inner) && valueAt(tokens, at + 1) !== ':')
      at = word === 'else' ? at + 1 : behindExpression(tokens, at + 1, 'then')
    else {
      const next = openStatement(tokens, at, open)
      if (next === undefined || next.kind === 'inside') at = next?.at
      else if (open.length === 0) return next.at
      else at = next.at + 1
    }
  }
  return undefined
}

const lastOf = (behind: number | undefined) => (behind === undefined ? undefined : behind - 1)

function isBranch(word: string | undefined, { kind }: Block): boolean {
  if (kind === 'if') return word === 'elseif' || word === 'else'
  return kind === 'case' && (word === 'when' || word === 'else')
}

/** Past END, its word and its label. */
function behindEnd(tokens: readonly Token[], at: number, { kind, labelled }: Block): number | undefined {
  if (kind !== 'begin' && wordAt(tokens, at + 1) !== kind) return undefined
  const end = kind === 'begin' ? at + 1 : at + 2
  const named = tokens[end]?.kind === 'word' || tokens[end]?.kind === 'name'
  return labelled && named ? end + 1 : end
}

type Place =
  /** Another statement begins here, within this one. */
  | { readonly kind: 'inside'; readonly at: number }
  /** A statement without others in it ends here. */
  | { readonly kind: 'over'; readonly at: number }

function openStatement(tokens: readonly Token[], start: number, open: Block[]): Place | undefined {
  const labelled = valueAt(tokens, start + 1) === ':'
  if (labelled && !isLabel(tokens[start])) return undefined
  const at = labelled ? start + 2 : start
  const word = wordAt(tokens, at) ?? ''
  if (OPENERS.has(word) && valueAt(tokens, at + 1) !== ':') {
    const last = OPENERS.get(word)
    const behind = word === 'case' ? pastSubject(tokens, at + 1) : at + 1
    const inside =
      behind === undefined || last === undefined ? behind : behindExpression(tokens, behind, last)
    open.push({ kind: word, labelled })
    return inside === undefined ? undefined : { kind: 'inside', at: inside }
  }
  if (labelled) return undefined
  const handled = word === 'declare' ? pastConditions(tokens, at + 1) : undefined
  if (handled !== undefined) return { kind: 'inside', at: handled }
  let end = at
  while (end < tokens.length && valueAt(tokens, end) !== ';') end += 1
  return end === tokens.length && open.length > 0 ? undefined : { kind: 'over', at: end }
}

/** Some servers take these for labels, and some for what they are. */
function isLabel(token: Token | undefined): boolean {
  return (
    token?.kind === 'name' || (token?.kind === 'word' && token.value !== 'begin' && token.value !== 'end')
  )
}

/** Past the first WHEN of a CASE statement. */
function pastSubject(tokens: readonly Token[], at: number): number | undefined {
  return wordAt(tokens, at) === 'when' ? at + 1 : behindExpression(tokens, at, 'when')
}

/** Past `{CONTINUE | EXIT | UNDO} HANDLER FOR condition, …`; undefined when it declares something else. */
function pastConditions(tokens: readonly Token[], start: number): number | undefined {
  if (!['continue', 'exit', 'undo'].includes(wordAt(tokens, start) ?? '')) return undefined
  if (wordAt(tokens, start + 1) !== 'handler' || wordAt(tokens, start + 2) !== 'for') return undefined
  for (let at = start + 3; at < tokens.length; at += 1) {
    const word = wordAt(tokens, at)
    if (word === 'not') at += 1
    if (word === 'sqlstate') at += wordAt(tokens, at + 1) === 'value' ? 2 : 1
    if (valueAt(tokens, at + 1) !== ',') return at + 1
    at += 1
  }
  return undefined
}
