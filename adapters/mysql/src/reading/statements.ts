/** From a text to the statements that are put to the gate: plans taken once, names resolved to what they run. */
import type { Action } from '@gatehouse/core'
import { type MysqlStatement, variablesOfBoth } from '@gatehouse/sql'
import type { Memory, Named } from '../session/memory.js'
import { type RefusedPlan, refusedPlan, UNKNOWN_HANDLER, type Unreadable } from './answers.js'
import type { PlanParts } from './plans.js'
import { renewNamed } from './replanning.js'
import { forbiddenHere } from './settings.js'

export type Effective =
  | { readonly kind: 'statement'; readonly statement: MysqlStatement }
  | { readonly kind: 'refused'; readonly refused: Unreadable }
  | { readonly kind: 'wait'; readonly ready: Promise<void> }

/**
 * Puts in what EXECUTE runs, and refuses what this session cannot carry. `files`: the server may ask for the file that it
 * names; `trust`: what variables may hold by then.
 */
export function effective(
  parts: PlanParts,
  statement: MysqlStatement,
  files = false,
  trust = parts.memory.trust,
): Effective {
  const refused = forbiddenHere(parts, statement, files, trust)
  if (refused !== undefined) return { kind: 'refused', refused: { ...refused, statement } }
  const { refersTo } = statement
  if (refersTo === undefined) return { kind: 'statement', statement }
  const named = parts.memory.named.get(refersTo.name)
  if (named === undefined) return unseen(parts.memory, statement, refersTo.name)
  const renewed = renewNamed(parts, refersTo.name, named)
  if (renewed instanceof Promise) return { kind: 'wait', ready: renewed }
  if (renewed !== undefined) return { kind: 'refused', refused: refusalOf(renewed, named) }
  const inner = effective(parts, named.statement, false, trust)
  if (inner.kind !== 'statement') return inner
  const whole = merge(statement, inner.statement)
  // Its parameters are bound to variables: what it does with them shows here.
  const doubt = forbiddenHere(parts, whole, files, trust)
  if (doubt !== undefined) return { kind: 'refused', refused: { ...doubt, statement: whole } }
  return { kind: 'statement', statement: whole }
}

const refusalOf = (renewed: RefusedPlan | Unreadable, { statement }: Named): Unreadable =>
  'kind' in renewed ? refusedPlan(renewed) : { statement, ...renewed }

/** Code that nobody has read may have prepared what this session did not see. */
function unseen(memory: Memory, statement: MysqlStatement, name: string): Effective {
  if (!memory.strange) {
    const why = `Unknown prepared statement handler (${name.slice(0, 64)}) given to EXECUTE`
    return {
      kind: 'refused',
      refused: { code: 'GH_UNREADABLE', why, native: UNKNOWN_HANDLER, statement },
    }
  }
  const opaque: Action = {
    verb: 'opaque',
    resource: { kind: 'server', path: [memory.gate.session.database], system: false },
    fields: 'unknown',
    unfiltered: true,
    certainty: 'opaque',
    command: statement.command,
    functions: [],
    derived: false,
    why: 'the statement was prepared by code that cannot be read',
  }
  return {
    kind: 'statement',
    statement: { ...statement, actions: [...statement.actions, opaque], outputs: 'unknown', collects: true },
  }
}

const merged = new WeakMap<MysqlStatement, WeakMap<MysqlStatement, MysqlStatement>>()

/** One object per pair, so that a decision on it can be remembered. */
export function merge(outer: MysqlStatement, inner: MysqlStatement): MysqlStatement {
  const known = merged.get(outer)?.get(inner)
  if (known !== undefined) return known
  const uncounted = outer.uncounted ?? inner.uncounted
  const statement: MysqlStatement = {
    ...outer,
    actions: [...outer.actions, ...inner.actions],
    outputs: outer.outputs === 'unknown' ? inner.outputs : outer.outputs,
    effects: [...outer.effects, ...inner.effects],
    collects: inner.collects,
    reserve: inner.reserve,
    ...variablesOfBoth(outer, inner),
    ...(uncounted === undefined ? {} : { uncounted }),
    ...(inner.local === undefined ? {} : { local: inner.local }),
    ...(inner.never === undefined ? {} : { never: inner.never }),
  }
  const inners = merged.get(outer) ?? new WeakMap<MysqlStatement, MysqlStatement>()
  inners.set(inner, statement)
  merged.set(outer, inners)
  return statement
}

export const asAsk = (statement: MysqlStatement) => ({ statement, reserve: statement.reserve })
