/** The mask of every output column: the strictest of all rules over all of its sources (R18). */
import { type Action, resourceName } from '../action.js'
import { type KeyMask, MASK_KINDS, type Mask } from '../decision.js'
import type { Output, Source, Statement } from '../statement.js'
import type { BoundRule } from './bind.js'
import type { Hearing } from './decide.js'
import { keyMasks } from './key-masks.js'
import { bindsField, bindsVerb, masksFor } from './mask-rules.js'

export interface Masks {
  /** One entry per output; empty when none is masked. */
  readonly columns: readonly (Mask | undefined)[]
  /** Rows come back of which nothing is known. */
  readonly all?: Mask
  /** By output; empty when no key is masked. */
  readonly keys: readonly (readonly KeyMask[])[]
}

const NONE: Masks = { columns: [], keys: [] }

export function maskOutputs(hearing: Hearing): Masks {
  const { bound, statement } = hearing
  if (bound.masks.length === 0) return NONE
  if (statement.outputs === 'unknown') {
    const all = strictestOfAll(hearing)
    return all ? { columns: [], keys: [], all } : NONE
  }
  const contexts = contextsOf(statement)
  let masked = false
  const columns = statement.outputs.map((output) => {
    const mask = maskOutput(hearing, contexts, output)
    if (mask) masked = true
    return mask
  })
  const pathsOf = (resource: string) =>
    contexts.get(resource)?.map((action) => action.resource.path) ?? [[resource]]
  return { columns: masked ? columns : [], keys: keyMasks(hearing, pathsOf) }
}

function maskOutput(hearing: Hearing, contexts: Contexts, output: Output): Mask | undefined {
  // Invariant: what cannot be proven is masked as strictly as this viewer can be bound anywhere.
  let mask = output.unprovable === undefined ? undefined : strictestOfAll(hearing)
  if (output.how === 'counted' || output.how === 'constant') return mask
  for (const source of output.sources) mask = stricter(mask, maskSource(hearing, contexts, source))
  return mask
}

/** Conditions are not asked but those that have failed already: any rule could bind. */
function strictestOfAll(hearing: Hearing): Mask | undefined {
  let mask: Mask | undefined
  for (const rule of hearing.bound.masks) {
    if (rule.when === 'failed') hearing.ask(rule, undefined)
    mask = stricter(mask, maskBy(rule, '*'))
    hearing.rules.add(rule.id)
  }
  return mask
}

function maskSource(hearing: Hearing, contexts: Contexts, source: Source): Mask | undefined {
  const known = contexts.get(source.resource)
  let mask: Mask | undefined
  for (const rule of masksFor(hearing.bound, source.classes)) {
    const binds = known ? bindsKnown(hearing, rule, known, source) : bindsUnknown(hearing, rule, source)
    if (!binds) continue
    mask = stricter(mask, maskBy(rule, `${source.resource}.${source.field}`))
    hearing.rules.add(rule.id)
  }
  return mask
}

function bindsKnown(hearing: Hearing, rule: BoundRule, readers: readonly Action[], source: Source): boolean {
  const { exemptions } = hearing.bound
  for (const action of readers) {
    if (!bindsField(rule, exemptions, action.resource.path, source.field, source.classes)) continue
    if (bindsVerb(rule, action) && hearing.ask(rule, action) !== false) return true
  }
  return false
}

/** Of an unknown relation only the joined name is there, and any action may be the one that reads it. */
function bindsUnknown(hearing: Hearing, rule: BoundRule, { resource, field, classes }: Source): boolean {
  const { bound, statement } = hearing
  if (!bindsField(rule, bound.exemptions, [resource], field, classes)) return false
  if (statement.actions.length === 0) return hearing.ask(rule, undefined) !== false
  return statement.actions.some((action) => bindsVerb(rule, action) && hearing.ask(rule, action) !== false)
}

/** The actions on each resource, by its joined name; two paths can join to the same text, and both count. */
type Contexts = ReadonlyMap<string, readonly Action[]>

function contextsOf(statement: Statement): Contexts {
  const contexts = new Map<string, Action[]>()
  for (const action of statement.actions) {
    const name = resourceName(action.resource)
    const list = contexts.get(name)
    if (list) list.push(action)
    else contexts.set(name, [action])
  }
  return contexts
}

function maskBy({ rule, id }: BoundRule, field: string): Mask | undefined {
  return rule.effect === 'mask' ? { with: rule.with, rule: id, field } : undefined
}

function stricter(one: Mask | undefined, other: Mask | undefined): Mask | undefined {
  if (!one || !other) return one ?? other
  return MASK_KINDS.indexOf(other.with) < MASK_KINDS.indexOf(one.with) ? other : one
}
