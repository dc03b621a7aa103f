/** What a viewer who sees a field masked may still do with it (R16, R17, R19). */
import { type Action, type FieldUse, resourceName } from '../action.js'
import type { BoundRule } from './bind.js'
import { isOpaque } from './condition-facts.js'
import { isGuessable } from './data-class.js'
import type { Hearing } from './decide.js'
import { bindsField, bindsVerb, masksFor } from './mask-rules.js'
import { mayHoldFields } from './match.js'
import { someReaches } from './pattern-set.js'

export interface Probe {
  readonly code: 'GH_PROBING' | 'GH_FLOW'
  readonly rule: BoundRule
  /** `resource.field`; the resource alone when its fields are unknown. */
  readonly field: string
  readonly use: FieldUse | 'unknown'
  readonly why?: string
}

export function findProbe(hearing: Hearing): Probe | undefined {
  const { masks } = hearing.bound
  if (masks.length === 0) return undefined
  let found: Probe | undefined
  for (const action of hearing.statement.actions) {
    const probe =
      isOpaque(action) || action.fields === 'unknown'
        ? probeUnknown(hearing, action)
        : probeFields(hearing, action)
    found ??= probe
  }
  return found
}

function probeFields(hearing: Hearing, action: Action): Probe | undefined {
  if (action.fields === 'unknown') return undefined
  const { exemptions } = hearing.bound
  const { path } = action.resource
  let found: Probe | undefined
  for (const field of action.fields) {
    if (field.uses.every((use) => use === 'output')) continue
    for (const rule of masksFor(hearing.bound, field.classes)) {
      if (!bindsVerb(rule, action) || !bindsField(rule, exemptions, path, field.name, field.classes)) continue
      if (hearing.ask(rule, action) === false) continue
      const use = field.uses.find((each) => !allows(rule, each, field.classes))
      if (use === undefined) continue
      const code = use === 'written' || use === 'flow' ? 'GH_FLOW' : 'GH_PROBING'
      found ??= { code, rule, field: `${resourceName(action.resource)}.${field.name}`, use }
    }
  }
  return found
}

/** Each rule is asked by itself, so the strictest of them decides. */
function allows({ rule }: BoundRule, use: FieldUse, classes: readonly string[]): boolean {
  if (rule.effect !== 'mask' || use === 'output') return true
  if (use === 'written' || use === 'flow') return false
  const probing = rule.probing ?? (isGuessable(classes) ? 'forbid' : 'lookup')
  return probing === 'allow' || (probing === 'lookup' && use === 'lookup')
}

/** Fields that are not known may be used in any way. */
function probeUnknown(hearing: Hearing, action: Action): Probe | undefined {
  const opaque = isOpaque(action)
  let found: Probe | undefined
  for (const rule of hearing.bound.masks) {
    if (!opaque) {
      if (!bindsVerb(rule, action) || !mayHoldFields(rule, action.resource)) continue
      if (rule.resources && !someReaches(rule.resources, action.resource.path)) continue
    }
    if (hearing.ask(rule, action) === false) continue
    const why = action.why === undefined ? {} : { why: action.why }
    found ??= { code: 'GH_PROBING', rule, field: resourceName(action.resource), use: 'unknown', ...why }
  }
  return found
}
