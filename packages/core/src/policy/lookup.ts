/** R17: one equality with a constant, joins along keys, and what a view's owner wrote. */
import type { Field, FieldPlace, FieldUse, KeyJoin } from '../action.js'
import type { Bound, BoundRule } from './bind.js'
import { isGuessable } from './data-class.js'
import { covers, type FieldPattern } from './field-pattern.js'
import { mayWrite } from './powers.js'

function probingOf({ rule }: BoundRule, classes: readonly string[]): 'lookup' | 'forbid' | 'allow' {
  const said = rule.effect === 'mask' ? rule.probing : undefined
  return said ?? (isGuessable(classes) ? 'forbid' : 'lookup')
}

export function mayProbe(rule: BoundRule, field: Field, use: FieldUse): boolean {
  const probing = probingOf(rule, field.classes)
  return probing === 'allow' || (probing === 'lookup' && use === 'lookup')
}

/** Invariant: no column that the viewer can fill with guesses is joined with a masked one, whatever is declared. */
export function mayJoin(bound: Bound, rule: BoundRule, { classes, joins }: Field): boolean {
  const probing = probingOf(rule, classes)
  if (probing === 'allow') return true
  if (joins === undefined) return false
  return joins.every(
    (join) =>
      ((probing === 'lookup' && join.declared) || isListed(rule, join)) &&
      !join.theirs.some(({ resource }) => mayWrite(bound, resource)) &&
      !join.through.some((path) => mayWrite(bound, path)),
  )
}

function isListed({ joinable = [] }: BoundRule, { ours, theirs }: KeyJoin): boolean {
  return joinable.some(
    ([one, other]) =>
      (isAmong(one, ours) && isAmong(other, theirs)) || (isAmong(other, ours) && isAmong(one, theirs)),
  )
}

function isAmong(pattern: FieldPattern, places: readonly FieldPlace[]): boolean {
  return places.some(({ resource, field }) => covers(pattern, resource, field))
}

/** The viewer can write what a stored definition compares the field with, and so ask it questions. */
export function steers(bound: Bound, { beside }: Field): boolean {
  return beside === undefined || beside.some((path) => mayWrite(bound, path))
}
