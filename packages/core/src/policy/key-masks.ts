/** Which rules mask keys inside the documents of an output column (R6): classes are met there that no column has. */
import type { Action } from '../action.js'
import type { KeyMask } from '../decision.js'
import type { Output } from '../statement.js'
import type { BoundRule } from './bind.js'
import { coversAll } from './data-class.js'
import type { Hearing } from './decide.js'
import { covers } from './field-pattern.js'
import { bindsVerb } from './mask-rules.js'
import { someNames, someReaches, someTouches } from './pattern-set.js'

/** One list per output; none at all when no rule names classes. */
export function keyMasks(
  hearing: Hearing,
  pathsOf: (resource: string) => readonly (readonly string[])[],
): readonly (readonly KeyMask[])[] {
  const { bound, statement } = hearing
  if (statement.outputs === 'unknown' || statement.outputs.length === 0) return []
  const rules = bound.masks.filter((rule) => rule.classes !== undefined && mayBind(hearing, rule))
  if (rules.length === 0) return []
  const sharing = new Map<string, readonly KeyMask[]>()
  return statement.outputs.map((output) => {
    const places = output.sources.flatMap(({ resource, field }) =>
      pathsOf(resource).map((path) => ({ path, field })),
    )
    const list = rules
      .filter((rule) => bindsPlace(rule, output, places))
      .map((rule) => keyMask(rule, bound.exemptions, places))
      // Where a key cannot be told any more, only who is cleared for everything sees the document as it is.
      .filter(({ cleared }) => !cleared?.some((list) => coversAll(new Set(list))))
    const said = JSON.stringify(list)
    const known = sharing.get(said)
    if (known !== undefined) return known
    sharing.set(said, list)
    return list
  })
}

/** Asked aside: a rule that binds no column of the statement has not spoken. What may change counts as binding. */
function mayBind(hearing: Hearing, rule: BoundRule): boolean {
  const { actions } = hearing.statement
  if (actions.length === 0) return true
  const weigh = (action: Action): boolean => rule.when !== 'ask' || hearing.weigh(rule, action) !== false
  return actions.some((action) => bindsVerb(rule, action) && weigh(action))
}

interface Place {
  readonly path: readonly string[]
  readonly field: string
}

function bindsPlace(rule: BoundRule, output: Output, places: readonly Place[]): boolean {
  const { resources, fields } = rule
  // Where nothing is known of the sources, any place may be one.
  if ((!resources && !fields) || output.unprovable !== undefined) return true
  return places.some(
    ({ path, field }) =>
      (!resources || someReaches(resources, path)) && (!fields || someTouches(fields, path, field)),
  )
}

function keyMask(
  { rule, id, classes, exemptable }: BoundRule,
  exemptions: readonly BoundRule[],
  places: readonly Place[],
): KeyMask {
  if (rule.effect !== 'mask') throw new TypeError('a mask rule without a mask')
  const cleared = exemptable ? exemptions.filter((permit) => lifts(permit, places)) : []
  return {
    with: rule.with,
    rule: id,
    classes: [...(classes ?? [])],
    ...(cleared.length > 0 && { cleared: cleared.map((permit) => [...(permit.classes ?? [])]) }),
  }
}

/** A permit that names classes clears them wherever it reaches (docs/adr/0002): here, for everything that the output holds. */
function lifts({ verbs, resources, fields }: BoundRule, places: readonly Place[]): boolean {
  if (verbs && !verbs.has('read')) return false
  if (!resources && !fields) return true
  return (
    places.length > 0 &&
    places.every(
      ({ path, field }) =>
        (!resources || someNames(resources, path)) &&
        (!fields || fields.all.some((pattern) => covers(pattern, path, field))),
    )
  )
}
