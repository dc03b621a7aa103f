/** Which mask rules bind one field for one viewer, and what lifts them. */
import type { Action } from '../action.js'
import type { BoundRule } from './bind.js'
import { coversClasses } from './data-class.js'
import { covers } from './field-pattern.js'
import { fitsField } from './match.js'
import { names, reaches } from './name-pattern.js'

export interface FieldPlace {
  readonly path: readonly string[]
  readonly name: string
  readonly classes: readonly string[]
}

/** A mask on reading binds every way in which a value comes back or is used. */
export function bindsVerb({ verbs }: BoundRule, action: Action | undefined): boolean {
  return !verbs || verbs.has('read') || action === undefined || verbs.has(action.verb)
}

export function bindsField(rule: BoundRule, exemptions: readonly BoundRule[], field: FieldPlace): boolean {
  if (rule.resources && !rule.resources.some((pattern) => reaches(pattern, field.path))) return false
  if (!fitsField(rule, field.path, field.name, field.classes)) return false
  return !rule.exemptable || !exemptions.some((permit) => lifts(permit, field))
}

/** A permit that names the field's classes is meant for who may see them (docs/adr/0002). */
function lifts(permit: BoundRule, { path, name, classes }: FieldPlace): boolean {
  if (!permit.classes || !coversClasses(permit.classes, classes)) return false
  if (permit.verbs && !permit.verbs.has('read')) return false
  if (permit.resources && !permit.resources.some((pattern) => names(pattern, path))) return false
  return !permit.fields || permit.fields.some((pattern) => covers(pattern, path, name))
}
