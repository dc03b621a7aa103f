/** One session's rules × one statement → the decision. Pure: the moment is handed in. */
import type { Action, FieldUse } from '../action.js'
import type { Decision, Prohibition } from '../decision.js'
import type { Claimed } from '../session.js'
import type { Statement } from '../statement.js'
import { type Bound, type BoundRule, whether } from './bind.js'
import type { Truth } from './condition.js'
import { actionFacts, claimedFacts, type Facts, isOpaque, statementFacts } from './condition-facts.js'
import { beyondCounting, type Limits, limit } from './limits.js'
import { maskOutputs } from './mask-outputs.js'
import { fitsDefault, fitsPermit, fitsRestriction } from './match.js'
import { mayShape } from './powers.js'
import { findProbe, type Probe } from './probing.js'
import * as verdict from './verdict.js'

/** What may differ between two runs of the same statement. */
export interface Moment {
  readonly claimed: Claimed
  /** Milliseconds since the epoch. */
  readonly now: number
}

export interface Judgement {
  readonly decision: Decision
  /** The same statement will be answered the same in this session while the policy stands (R5). */
  readonly memoisable: boolean
}

/** Hears each rule whose plain keys fit, and what came of its conditions; for people. */
export type Trace = (rule: BoundRule, truth: Truth, action: Action | undefined) => void

/** One use of a field that comes back masked, and what its rule made of it; for people. */
export interface UseVerdict {
  /** `policy/rule`. */
  readonly rule: string
  /** `resource.field`. */
  readonly field: string
  readonly use: FieldUse | 'unknown'
  readonly allowed: boolean
}

/** Gathers what the rules say while one statement is judged. */
export interface Hearing {
  readonly bound: Bound
  readonly statement: Statement
  readonly rules: Set<string>
  /** Asks a rule whose plain keys fit; keeps book of failures and of what may change. */
  ask(rule: BoundRule, action: Action | undefined): Truth
  /** Asks without keeping book: what may change is not known, and neither is what fails. */
  weigh(rule: BoundRule, action: Action | undefined): Truth
  noteUse?: ((verdict: UseVerdict) => void) | undefined
}

interface Finding {
  readonly rule: BoundRule
  readonly action: Action | undefined
}

export function judge(
  bound: Bound,
  statement: Statement,
  moment: Moment,
  trace?: Trace,
  noteUse?: (verdict: UseVerdict) => void,
): Judgement {
  if (statement.never !== undefined) {
    return { decision: verdict.never(statement.never), memoisable: true }
  }
  let memoisable = true
  let failed: Finding | undefined
  const factsOf = factsFor(bound, statement, moment)
  const hearing: Hearing = {
    bound,
    statement,
    rules: new Set(),
    ask(rule, action) {
      if (rule.volatile) memoisable = false
      const truth = rule.when === 'ask' ? whether(rule, factsOf(action)) : rule.when
      if (truth === 'failed') failed ??= { rule, action }
      trace?.(rule, truth, action)
      return truth
    },
    weigh: (rule, action) => (rule.volatile ? 'unknown' : whether(rule, factsOf(action))),
    noteUse,
  }
  const said = hearActions(hearing)
  const probe = findProbe(hearing)
  const masks = maskOutputs(hearing)
  const decision = ((): Decision => {
    if (failed) return verdict.failed(failed.rule, failed.action)
    const refused = refusal(said, probe, statement)
    if (refused) return refused
    if (said.held) return verdict.held(said.held.rule, said.held.action, [...hearing.rules])
    return {
      effect: 'permit',
      rules: [...hearing.rules],
      masks: masks.columns,
      ...(masks.all && { maskAll: masks.all }),
      ...(masks.keys.length > 0 && { keys: masks.keys }),
      ...(said.rows && { rows: said.rows }),
      ...(said.bytes && { bytes: said.bytes }),
      ...(said.affected && { affected: said.affected }),
    }
  })()
  return { decision, memoisable }
}

function refusal(said: Said, probe: Probe | undefined, statement: Statement): Prohibition | undefined {
  if (said.forbidden) return verdict.forbidden(said.forbidden.rule, said.forbidden.action)
  if (said.lacking) return verdict.lacking(said.lacking)
  if (probe) return verdict.probed(probe)
  return beyondCounting(said, statement)
}

/** Facts of an action are made once, and only for rules that ask; each key is written out because a spread is slow. */
function factsFor(bound: Bound, statement: Statement, moment: Moment): (action: Action | undefined) => Facts {
  const { identity, session } = bound.facts
  let claimed: object | undefined
  let last: Facts | undefined
  let of: Action | undefined
  return (action) => {
    if (last !== undefined && of === action) return last
    claimed ??= claimedFacts(moment.claimed)
    const now = new Date(moment.now)
    last = {
      identity,
      session,
      statement: statementFacts(statement),
      claimed,
      now,
      action: actionFacts(action),
    }
    of = action
    return last
  }
}

interface Said extends Limits {
  forbidden?: Finding
  held?: Finding
  lacking?: Action
}

function hearActions(hearing: Hearing): Said {
  const said: Said = {}
  const { bound, statement } = hearing
  for (const action of statement.actions) {
    const opaque = isOpaque(action)
    const rules = bound.byVerb.get(action.verb)
    for (const rule of (opaque ? undefined : rules?.restrictions) ?? bound.restrictions) {
      if (fitsRestriction(rule, action)) restrict(said, hearing, rule, action)
    }
    if (action.derived && !writesByOwnView(hearing, action)) continue
    let permitted = false
    for (const rule of rules?.permits ?? []) {
      if (!fitsPermit(rule, action) || hearing.ask(rule, action) !== true) continue
      permitted = true
      hearing.rules.add(rule.id)
    }
    if (permitted) continue
    if (bound.silence !== undefined && fitsDefault(action)) hearing.rules.add(`${bound.silence}/default`)
    else said.lacking ??= action
  }
  if (statement.actions.length === 0) hearNoAction(said, hearing)
  return said
}

/** Whoever can make the view that a write goes through could reach any relation by it: the base needs permission too (R4). */
function writesByOwnView({ bound, statement }: Hearing, { verb }: Action): boolean {
  if (verb !== 'insert' && verb !== 'update' && verb !== 'delete') return false
  return statement.actions.some(
    (other) => !other.derived && other.verb === verb && mayShape(bound, other.resource.path),
  )
}

/** `SELECT 1` does nothing to anything: only rules that name nothing bind it. */
function hearNoAction(said: Said, hearing: Hearing): void {
  for (const rule of hearing.bound.restrictions) {
    const limits = rule.rule.effect === 'limit'
    if (rule.resources || rule.fields || rule.classes) continue
    if (rule.verbs && !(limits && rule.verbs.has('read'))) continue
    const asksAction = rule.if?.reads.has('action') || rule.unless?.reads.has('action')
    if (limits || !asksAction) restrict(said, hearing, rule, undefined)
  }
}

function restrict(said: Said, hearing: Hearing, bound: BoundRule, action: Action | undefined): void {
  const truth = hearing.ask(bound, action)
  if (truth === false || truth === 'failed') return
  const { rule, id } = bound
  if (rule.effect === 'forbid') said.forbidden ??= { rule: bound, action }
  if (rule.effect === 'hold') {
    hearing.rules.add(id)
    said.held ??= { rule: bound, action }
  }
  if (rule.effect === 'limit' && limit(said, rule, id, action)) hearing.rules.add(id)
}
