/** A policy as one session meets it. */
import type { Verb } from '../action.js'
import type { Session } from '../session.js'
import type { Statement } from '../statement.js'
import { type Bound, type BoundRule, bind } from './bind.js'
import type { CompiledDocument } from './compile-document.js'
import { type Judgement, judge, type Moment, type Trace, type UseVerdict } from './decide.js'

export interface SessionPolicy {
  readonly revision: string
  /** Some mask rule can bind this viewer. */
  readonly masked: boolean
  /** Some rule that is no mask can refuse this viewer a read for one of its fields. */
  readonly withholds: boolean
  /** What this viewer is permitted, or how, depends on what it is. */
  readonly discerns: boolean
  /** Some rule may permit this to somebody like this viewer; whether it does is decided statement by statement. */
  mayPermit(verb: Verb): boolean
  decide(
    statement: Statement,
    moment: Moment,
    trace?: Trace,
    noteUse?: (verdict: UseVerdict) => void,
  ): Judgement
}

function withholdsFields(bound: BoundRule): boolean {
  return bound.rule.effect !== 'limit' && asksFields(bound)
}

/** By its keys, or by a condition that may ask of which fields and classes an action is. */
function asksFields({ fields, classes, if: wanted, unless, when }: BoundRule): boolean {
  const asks = when === 'ask' && [wanted, unless].some((condition) => condition?.reads.has('action') === true)
  return fields !== undefined || classes !== undefined || asks
}

/** Not where everything is permitted, whatever it is. */
function discerns({ masks, restrictions, silence, byVerb }: Bound): boolean {
  if (masks.length > 0 || restrictions.length > 0) return true
  return silence === undefined && [...byVerb.values()].some(({ permits }) => !permits.some(isWhole))
}

const isWhole = (bound: BoundRule) =>
  bound.resources === undefined && !asksFields(bound) && bound.when === true

export function bindPolicy(
  revision: string,
  documents: readonly CompiledDocument[],
  session: Session,
): SessionPolicy {
  const bound = bind(documents, session)
  return {
    revision,
    masked: bound.masks.length > 0,
    withholds: bound.byVerb.get('read')?.restrictions.some(withholdsFields) === true,
    discerns: discerns(bound),
    mayPermit: (verb) => bound.silence !== undefined || (bound.byVerb.get(verb)?.permits.length ?? 0) > 0,
    decide: (statement, moment, trace, noteUse) => judge(bound, statement, moment, trace, noteUse),
  }
}
