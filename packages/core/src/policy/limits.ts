/** What limit rules leave of a statement, and what they refuse because it cannot be counted (R21). */
import type { Action, Verb } from '../action.js'
import type { Limit, Prohibition } from '../decision.js'
import type { Statement } from '../statement.js'
import { isOpaque } from './condition-facts.js'
import type { Rule } from './document-schema.js'
import * as verdict from './verdict.js'

/** The lowest of each kind that binds the statement. */
export interface Limits {
  rows?: Limit
  bytes?: Limit
  affected?: Limit
  /** Bound by a limit on changed rows, and without a count of them. */
  uncountable?: { readonly rule: string; readonly action: Action }
}

const CHANGES: ReadonlySet<Verb> = new Set<Verb>(['insert', 'update', 'delete', 'copy-in'])
/** They change rows, or lose them, and no server says how many. */
const COUNTLESS: ReadonlySet<Verb> = new Set<Verb>(['truncate', 'drop', 'alter', 'import'])
const HOLDS_ROWS: ReadonlySet<string> = new Set(['relation', 'schema', 'database', 'path', 'command'])

const UNITS: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }

/** `10MiB` in bytes. */
export function bytesOf(size: string | number): number {
  if (typeof size === 'number') return size
  const [, digits = '', unit = ''] = /^(\d+)([A-Za-z]+)$/.exec(size) ?? []
  return Number(digits) * (UNITS[unit] ?? 1)
}

/** Takes one limit rule in that fits the action; false when it says nothing to it. */
export function limit(
  limits: Limits,
  rule: Extract<Rule, { effect: 'limit' }>,
  id: string,
  action: Action | undefined,
): boolean {
  let binds = false
  const lower = (kind: 'rows' | 'bytes' | 'affected', to: number): void => {
    binds = true
    const known = limits[kind]
    if (known === undefined || to < known.limit) limits[kind] = { limit: to, rule: id }
  }
  if (rule.rows !== undefined) lower('rows', rule.rows)
  if (rule.bytes !== undefined) lower('bytes', bytesOf(rule.bytes))
  if (rule.affected === undefined || action === undefined) return binds
  if (isCountless(action)) {
    limits.uncountable ??= { rule: id, action }
    binds = true
  } else if (CHANGES.has(action.verb)) lower('affected', rule.affected)
  return binds
}

/** Unknown code, what has no count, and what sets off more than is counted. */
function isCountless(action: Action): boolean {
  if (isOpaque(action)) return true
  if (COUNTLESS.has(action.verb)) return HOLDS_ROWS.has(action.resource.kind)
  if (!CHANGES.has(action.verb)) return false
  return action.resource.kind === 'routine' || action.certainty !== 'exact'
}

export function beyondCounting(limits: Limits, statement: Statement): Prohibition | undefined {
  const { rows, bytes, affected, uncountable } = limits
  if (rows && statement.collects) return verdict.collected(rows)
  if (bytes && statement.streams) return verdict.copied(bytes)
  if (uncountable) return verdict.uncounted(uncountable.rule, uncountable.action, uncountable.action.why)
  if (affected && statement.uncounted !== undefined)
    return verdict.uncounted(affected.rule, undefined, statement.uncounted)
  return undefined
}
