/** A decision with everything that led to it, for people. */
import { type Action, resourceName } from '../action.js'
import type { Decision } from '../decision.js'
import type { Statement } from '../statement.js'
import type { Moment, Trace, UseVerdict } from './decide.js'
import type { SessionPolicy } from './session-policy.js'

/** A rule whose plain keys fit, and what its conditions made of it. */
export interface RuleVerdict {
  /** `policy/rule`. */
  readonly rule: string
  readonly effect: string
  /** `off`: a condition switched it off. `unknown`: it needs what is not known; it binds, or does not permit. */
  readonly verdict: 'applies' | 'off' | 'unknown' | 'failed'
  /** `verb resource` of each action that it spoke on; empty: on the statement. */
  readonly actions: readonly string[]
  readonly if?: string
  readonly unless?: string
}

export interface Explanation {
  readonly policyRevision: string
  readonly actions: readonly Action[]
  readonly rules: readonly RuleVerdict[]
  readonly decision: Decision
  /** Each use of a field that this viewer sees masked, by each rule that masks it. */
  readonly uses: readonly UseVerdict[]
  /** Output columns that come back masked, by name. */
  readonly masks: readonly {
    readonly output: string
    readonly with: string
    readonly rule: string
    readonly field: string
  }[]
}

const VERDICTS = { true: 'applies', false: 'off', unknown: 'unknown', failed: 'failed' } as const

export function explain(policy: SessionPolicy, statement: Statement, moment: Moment): Explanation {
  const verdicts = new Map<string, RuleVerdict & { actions: string[] }>()
  const uses: UseVerdict[] = []
  const hear: Trace = ({ id, rule }, truth, action) => {
    const verdict = VERDICTS[`${truth}`]
    const key = `${id} ${verdict}`
    const entry = verdicts.get(key) ?? {
      rule: id,
      effect: rule.effect,
      verdict,
      actions: [],
      ...(rule.if !== undefined && { if: rule.if }),
      ...(rule.unless !== undefined && { unless: rule.unless }),
    }
    verdicts.set(key, entry)
    const deed = action && `${action.verb} ${resourceName(action.resource)}`
    if (deed !== undefined && !entry.actions.includes(deed)) entry.actions.push(deed)
  }
  const { decision } = policy.decide(statement, moment, hear, (verdict) => uses.push(verdict))
  return {
    policyRevision: policy.revision,
    actions: statement.actions,
    rules: [...verdicts.values()],
    decision,
    uses,
    masks: masksOf(decision, statement),
  }
}

export function masksOf(decision: Decision, statement: Statement): Explanation['masks'] {
  if (decision.effect !== 'permit') return []
  const { masks, maskAll } = decision
  const outputs = statement.outputs === 'unknown' ? [] : statement.outputs
  const named = masks.flatMap((mask, i) =>
    mask ? [{ ...mask, output: outputs[i]?.name ?? `${i + 1}` }] : [],
  )
  return maskAll ? [...named, { ...maskAll, output: '*' }] : named
}
