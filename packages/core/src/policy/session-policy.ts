/** A policy as one session meets it. */
import type { Verb } from '../action.js'
import type { Session } from '../session.js'
import type { Statement } from '../statement.js'
import { bind } from './bind.js'
import type { CompiledDocument } from './compile-document.js'
import { type Judgement, judge, type Moment, type Trace, type UseVerdict } from './decide.js'

export interface SessionPolicy {
  readonly revision: string
  /** Some mask rule can bind this viewer. */
  readonly masked: boolean
  /** Some rule may permit this to somebody like this viewer; whether it does is decided statement by statement. */
  mayPermit(verb: Verb): boolean
  decide(
    statement: Statement,
    moment: Moment,
    trace?: Trace,
    noteUse?: (verdict: UseVerdict) => void,
  ): Judgement
}

export function bindPolicy(
  revision: string,
  documents: readonly CompiledDocument[],
  session: Session,
): SessionPolicy {
  const bound = bind(documents, session)
  return {
    revision,
    masked: bound.masks.length > 0,
    mayPermit: (verb) => bound.silence !== undefined || (bound.byVerb.get(verb)?.permits.length ?? 0) > 0,
    decide: (statement, moment, trace, noteUse) => judge(bound, statement, moment, trace, noteUse),
  }
}
