/** R19: where the values of a masked field may be moved, and what may be written into one. */
import type { Field, FieldPlace } from '../action.js'
import type { Bound, BoundRule } from './bind.js'
import { bindsField } from './mask-rules.js'
import { mayShape } from './powers.js'

function flowOf({ rule }: BoundRule): 'same-class' | 'forbid' | 'allow' {
  return (rule.effect === 'mask' ? rule.flow : undefined) ?? 'same-class'
}

/** Its values stay masked by the same rule wherever they go, and for everyone whom its classes concern. */
export function mayMove(bound: Bound, rule: BoundRule, { classes, into }: Field): boolean {
  const flow = flowOf(rule)
  if (flow !== 'same-class') return flow === 'allow'
  return (
    into?.every(
      (place) =>
        binds(bound, rule, place) &&
        classes.every((name) => place.classes.includes(name)) &&
        !mayShape(bound, place.resource),
    ) ?? false
  )
}

/** Values that the viewer never saw may move between fields of one class; a value of their own may not be put there. */
export function mayWriteField(bound: Bound, rule: BoundRule, { from, issued }: Field): boolean {
  const flow = flowOf(rule)
  if (flow === 'allow') return issued !== true
  return flow === 'same-class' && (from?.every((place) => binds(bound, rule, place)) ?? false)
}

/** A rule that is still to be asked may answer otherwise when the place is read. */
function binds(bound: Bound, rule: BoundRule, { resource, field, classes }: FieldPlace): boolean {
  return rule.when !== 'ask' && bindsField(rule, bound.exemptions, resource, field, classes)
}
