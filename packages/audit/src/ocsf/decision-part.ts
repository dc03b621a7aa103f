/** What one decision fixes in its records: effect, rules, masks and limits, never cut (R26). */
import type { Decision, Mask, Permission, Statement } from '@gatehouse/core'
import { flat, jsonText, quote, quoteAll, whole } from './json-text.js'

export interface DecisionPart {
  /** `severity_id` and `action_id` of both records. */
  readonly severity: string
  readonly disposition: number
  /** `status_id` and `status` of the decision record. */
  readonly status: string
  /** Ends the message. */
  readonly summary: string
  /** `policy` up to its version. */
  readonly policy: string
  /** In the vendor object. */
  readonly middle: string
}

function maskOf(mask: Mask, place: string): string {
  return `{${place}"with":"${mask.with}","field":${quote(mask.field)},"rule":${quote(mask.rule)}}`
}

function masksOf({ masks }: Permission, statement: Statement): string[] {
  const written: string[] = []
  masks.forEach((mask, index) => {
    if (mask === undefined) return
    const output = statement.outputs === 'unknown' ? undefined : statement.outputs[index]
    const name = output === undefined ? '' : `"output":${quote(output.name)},`
    written.push(maskOf(mask, `"index":${index},${name}`))
  })
  return written
}

function opening(decision: Decision): Pick<DecisionPart, 'policy'> & { readonly rules: string } {
  return {
    policy: `{"name":${quote(decision.rules[0] ?? 'default')},"is_applied":true,"version":`,
    rules: `,"decision":{"effect":"${decision.effect}","rules":${quoteAll(decision.rules)}`,
  }
}

function judged(severity: number, action: number): string {
  return `"severity_id":${severity},"action_id":${action},`
}

function limitOf(kind: string, limit: Permission['rows']): string {
  return limit === undefined ? '' : `,"${kind}":{"limit":${whole(limit.limit)},"rule":${quote(limit.rule)}}`
}

function permission(decision: Permission, statement: Statement, sensitive: boolean): DecisionPart {
  const { policy, rules } = opening(decision)
  const masks = masksOf(decision, statement)
  const all = decision.maskAll === undefined ? '' : `,"mask_all":${maskOf(decision.maskAll, '')}`
  const rows = (['rows', 'bytes', 'affected'] as const).map((kind) => limitOf(kind, decision[kind])).join('')
  const masked = masks.length > 0 || all !== ''
  const columns = all === '' ? `, ${masks.length} columns masked` : ', every column masked'
  return {
    severity: judged(masked || sensitive ? 2 : 1, masked ? 4 : 1),
    disposition: 1,
    status: '"status_id":99,"status":"Pending"',
    summary: masked ? `permitted${columns}` : 'permitted',
    policy,
    middle: flat(`${rules},"masks":[${masks.join(',')}]${all}${rows}}`),
  }
}

export function decisionPart(decision: Decision, statement: Statement, sensitive: boolean): DecisionPart {
  if (decision.effect === 'permit') return permission(decision, statement, sensitive)
  const { policy, rules } = opening(decision)
  if (decision.effect === 'hold') {
    return {
      severity: judged(3, 2),
      disposition: 14,
      status: '"status_id":99,"status":"Held"',
      summary: 'held for approval',
      policy,
      middle: flat(
        `${rules},"approvers":${quoteAll(decision.approvers)},"message":${quote(decision.message)}}`,
      ),
    }
  }
  const hint = decision.hint === undefined ? '' : `,"hint":${quote(decision.hint)}`
  return {
    severity: judged(3, 2),
    disposition: 2,
    status: '"status_id":2,"status":"Failure"',
    summary: `forbidden (${jsonText(decision.code)})`,
    policy,
    middle: flat(`${rules},"code":"${decision.code}","message":${quote(decision.message)}${hint}}`),
  }
}
