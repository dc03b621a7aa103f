/** What a viewer who sees a field masked may still do with it (R16, R17, R19). */
import { type Action, type Field, type FieldUse, resourceName } from '../action.js'
import type { BoundRule } from './bind.js'
import { isOpaque } from './condition-facts.js'
import type { Hearing } from './decide.js'
import { mayMove, mayWriteField } from './flow.js'
import { mayJoin, mayProbe, steers } from './lookup.js'
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
        : probeFields(hearing, action, action.fields)
    found ??= probe
  }
  return found
}

function probeFields(hearing: Hearing, action: Action, fields: readonly Field[]): Probe | undefined {
  const { exemptions } = hearing.bound
  const { path } = action.resource
  let found: Probe | undefined
  for (const field of fields) {
    if (field.uses.every((use) => use === 'output')) continue
    for (const rule of masksFor(hearing.bound, field.classes)) {
      if (!bindsVerb(rule, action) || !bindsField(rule, exemptions, path, field.name, field.classes)) continue
      if (hearing.ask(rule, action) === false) continue
      const probe = probeUses(hearing, rule, action, field)
      found ??= probe
    }
  }
  return found
}

/** Each rule is asked by itself, so the strictest of them decides. */
function probeUses(hearing: Hearing, rule: BoundRule, action: Action, field: Field): Probe | undefined {
  let found: Probe | undefined
  for (const use of field.uses) {
    if (use === 'output') continue
    const allowed = allows(hearing, rule, field, use)
    const name = `${resourceName(action.resource)}.${field.name}`
    hearing.noteUse?.({ rule: rule.id, field: name, use, allowed })
    if (allowed) continue
    const code = use === 'written' || use === 'flow' ? 'GH_FLOW' : 'GH_PROBING'
    const why = field.issued && use === 'written' ? { why: 'a value in it is a mask, not data' } : {}
    found ??= { code, rule, field: name, use, ...why }
  }
  return found
}

function allows({ bound }: Hearing, rule: BoundRule, field: Field, use: FieldUse): boolean {
  if (rule.rule.effect !== 'mask') return true
  switch (use) {
    case 'output':
      return true
    case 'written':
      return mayWriteField(bound, rule, field)
    case 'flow':
      return mayMove(bound, rule, field)
    case 'join':
      return mayJoin(bound, rule, field)
    case 'definition':
      return !steers(bound, field) || mayProbe(rule, field, use)
    default:
      return mayProbe(rule, field, use)
  }
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
    const field = resourceName(action.resource)
    hearing.noteUse?.({ rule: rule.id, field, use: 'unknown', allowed: false })
    found ??= { code: 'GH_PROBING', rule, field, use: 'unknown', ...why }
  }
  return found
}
