/** Rows of an INSERT that hold constants alone: beyond the first, the parsers learn nothing from them, and they are most of a dump. */
import type { Token } from './administration/cursor.js'

export interface Stretch {
  readonly start: number
  readonly end: number
}

const CONSTANTS: ReadonlySet<string> = new Set(['null', 'true', 'false', 'default'])

/** Where such rows stand, each with the comma before it. */
export function constantRows(tokens: readonly Token[]): readonly Stretch[] {
  const first = tokens[0]?.value
  if (first !== 'insert' && first !== 'replace') return []
  const found: Stretch[] = []
  let depth = 0
  let rows = false
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]
    if (token?.kind === 'word' && depth === 0) rows = token.value === 'values' || token.value === 'value'
    if (token?.kind !== 'symbol') continue
    const end = rows && depth === 0 && token.value === ',' ? endOfRow(tokens, at + 1) : undefined
    const last = end === undefined ? undefined : tokens[end]
    if (end !== undefined && last) {
      found.push({ start: token.start, end: last.end })
      at = end
    } else if (token.value === '(') depth++
    else if (token.value === ')') depth--
  }
  return found
}

/** The place of the bracket that closes a row of constants; a parameter is none, for its number counts. */
function endOfRow(tokens: readonly Token[], from: number): number | undefined {
  if (tokens[from]?.value !== '(' || tokens[from]?.kind !== 'symbol') return undefined
  for (let at = from + 1; at < tokens.length; at += 2) {
    if (tokens[at]?.kind === 'symbol' && tokens[at]?.value === '-') at++
    const token = tokens[at]
    const constant =
      token?.kind === 'number' ||
      token?.kind === 'string' ||
      (token?.kind === 'word' && CONSTANTS.has(token.value))
    const next = tokens[at + 1]
    if (!constant || next?.kind !== 'symbol') return undefined
    if (next.value === ')') return at + 1
    if (next.value !== ',') return undefined
  }
  return undefined
}
