/** Which mask rules bind one field for one viewer, and what lifts them. */
import type { Action } from '../action.js'
import type { Bound, BoundRule } from './bind.js'
import { coversClasses } from './data-class.js'
import { covers } from './field-pattern.js'
import { fitsField } from './match.js'
import { someNames, someReaches } from './pattern-set.js'

/** A mask on reading binds every way in which a value comes back or is used. */
export function bindsVerb({ verbs }: BoundRule, action: Action): boolean {
  return !verbs || verbs.has('read') || verbs.has(action.verb)
}

/** The mask rules that are worth asking about a field of these classes. */
export function masksFor(bound: Bound, classes: readonly string[]): readonly BoundRule[] {
  let found: BoundRule[] | undefined
  for (const name of classes) {
    for (const rule of bound.byClass.get(name) ?? []) {
      found ??= [...bound.classless]
      if (!found.includes(rule)) found.push(rule)
    }
  }
  return found ?? bound.classless
}

export function bindsField(
  rule: BoundRule,
  exemptions: readonly BoundRule[],
  path: readonly string[],
  name: string,
  classes: readonly string[],
): boolean {
  if (rule.resources && !someReaches(rule.resources, path)) return false
  if (!fitsField(rule, path, name, classes)) return false
  return !rule.exemptable || !exemptions.some((permit) => lifts(permit, path, name, classes))
}

/** A permit that names the field's classes is meant for who may see them (docs/adr/0002). */
function lifts(
  permit: BoundRule,
  path: readonly string[],
  name: string,
  classes: readonly string[],
): boolean {
  if (!permit.classes || !coversClasses(permit.classes, classes)) return false
  if (permit.verbs && !permit.verbs.has('read')) return false
  if (permit.resources && !someNames(permit.resources, path)) return false
  return !permit.fields || permit.fields.all.some((pattern) => covers(pattern, path, name))
}
