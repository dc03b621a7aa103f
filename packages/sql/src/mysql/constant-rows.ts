/** Rows of an INSERT that hold constants alone: beyond one such, the parsers learn nothing from them, and they are most of a dump. */
import { isIssuedMask } from '@gatehouse/core'
import type { Token } from './administration/cursor.js'
import { mayHoldIssued } from './issued-literal.js'

export interface Stretch {
  readonly start: number
  readonly end: number
}

/** It must be seen (R19). `0x…`, `x'…'` and their like hold letters too. */
function looksIssued({ kind, value }: Token): boolean {
  return kind === 'string' ? isIssuedMask(value) : mayHoldIssued(value)
}

const CONSTANTS: ReadonlySet<string> = new Set(['null', 'true', 'false', 'default'])

/** Where such rows stand, each with the comma before it. */
export function constantRows(tokens: readonly Token[]): readonly Stretch[] {
  const first = tokens[0]?.value
  if (first !== 'insert' && first !== 'replace') return []
  const found: Stretch[] = []
  let depth = 0
  let rows = false
  let one = false
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]
    if (token?.kind === 'word' && depth === 0) {
      rows = token.value === 'values' || token.value === 'value'
      one = rows && endOfRow(tokens, at + 1) !== undefined
    }
    if (token?.kind !== 'symbol') continue
    const end = rows && depth === 0 && token.value === ',' ? endOfRow(tokens, at + 1) : undefined
    const last = end === undefined ? undefined : tokens[end]
    if (end !== undefined && last) {
      if (one) found.push({ start: token.start, end: last.end })
      one = true
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
    const literal = token?.kind === 'number' || token?.kind === 'string'
    const constant =
      (literal && !looksIssued(token)) || (token?.kind === 'word' && CONSTANTS.has(token.value))
    const next = tokens[at + 1]
    if (!constant || next?.kind !== 'symbol') return undefined
    if (next.value === ')') return at + 1
    if (next.value !== ',') return undefined
  }
  return undefined
}
