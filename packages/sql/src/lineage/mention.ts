/** The ledger of one statement's analysis: which relations it mentions, and every use of their fields. */
import type { Action, Field, FieldUse, Resource, Verb } from '@gatehouse/core'
import { HEAVY, type Value, weightOf } from './value.js'

/** One relation in one place of the statement. */
export interface Mention {
  readonly verb: Verb
  readonly resource: Resource
  readonly command: string
  readonly derived: boolean
  readonly fields: Map<string, { readonly classes: readonly string[]; readonly uses: Set<FieldUse> }>
  /** Set when a conjunct bounds it (R21). */
  bounded: boolean
  /** Why less or more may happen than it says. */
  atMost?: string
  /** No action as long as no field is used: a target that is only written. */
  optional?: boolean
}

export interface Ledger {
  readonly mentions: Mention[]
  /** Actions on anything but a relation's rows, by what they say. */
  readonly others: Map<string, Action>
  readonly functions: Set<string>
  collects: boolean
  /** Query blocks that may still be read: what a small text can unfold into is bounded. */
  budget: number
}

export const BUDGET = 4000

export function createLedger(): Ledger {
  return { mentions: [], others: new Map(), functions: new Set(), collects: false, budget: BUDGET }
}

export function mention(
  ledger: Ledger,
  given: Pick<Mention, 'verb' | 'resource' | 'command' | 'derived'> & { bounded?: boolean },
): Mention {
  const made: Mention = { bounded: false, ...given, fields: new Map() }
  ledger.mentions.push(made)
  return made
}

export function touch(found: Mention, field: string, classes: readonly string[], use: FieldUse): void {
  const known = found.fields.get(field)
  if (known) known.uses.add(use)
  else found.fields.set(field, { classes, uses: new Set([use]) })
}

/**
 * Records that the statement uses these values so; a lookup of what is not the field itself is a filter. What a stored
 * result was made from is not used again when the result is read.
 */
export function use(env: { ledger: Ledger; stored: boolean }, values: readonly Value[], how: FieldUse): void {
  if (env.stored) return
  for (const value of values)
    for (const leaf of value.leaves)
      touch(
        leaf.mention,
        leaf.column,
        leaf.classes,
        how === 'lookup' && !value.same.has(leaf) ? 'filter' : how,
      )
}

/** A total expression that can grow at will tells of its parts by the error that its size raises (R16). */
export function weigh(
  env: { ledger: Ledger; stored: boolean },
  result: Value,
  values: readonly Value[],
): Value {
  if (weightOf(result) > HEAVY) use(env, values, 'argument')
  return result
}

export interface Other {
  readonly verb: Verb
  readonly resource: Resource
  readonly certainty: Action['certainty']
  readonly command: string
  readonly derived?: boolean
  readonly unfiltered?: boolean
  readonly fields?: readonly Field[] | 'unknown'
  readonly why?: string
}

export function addOther(ledger: Ledger, other: Other): void {
  const key = `${other.verb}\0${other.resource.kind}\0${other.resource.path.join('\0')}\0${other.certainty}`
  const known = ledger.others.get(key)
  // What is done here is not permitted by what a view or a routine does on its own.
  if (known && (other.derived === true || !known.derived)) return
  ledger.others.set(key, {
    verb: other.verb,
    resource: other.resource,
    fields: other.fields ?? (other.certainty === 'opaque' ? 'unknown' : []),
    unfiltered: other.unfiltered ?? other.certainty === 'opaque',
    certainty: other.certainty,
    command: other.command,
    functions: [],
    derived: other.derived ?? false,
    ...(other.why === undefined ? {} : { why: other.why }),
  })
}

/** The ledger as a statement's actions: one per verb and relation, whatever the number of mentions. */
export function toActions(ledger: Ledger): readonly Action[] {
  const functions = [...ledger.functions].sort()
  const groups = new Map<string, Mention[]>()
  for (const found of ledger.mentions) {
    const key = `${found.verb}\0${found.derived}\0${found.resource.path.join('\0')}`
    groups.set(key, [...(groups.get(key) ?? []), found])
  }
  const actions: Action[] = []
  for (const group of groups.values()) {
    const [first] = group
    if (first === undefined || group.every((found) => found.optional && found.fields.size === 0)) continue
    const fields = new Map<string, { classes: readonly string[]; uses: Set<FieldUse> }>()
    for (const found of group)
      for (const [name, { classes, uses }] of found.fields) {
        const known = fields.get(name) ?? { classes, uses: new Set() }
        for (const each of uses) known.uses.add(each)
        fields.set(name, known)
      }
    const atMost = group.find((found) => found.atMost !== undefined)?.atMost
    actions.push({
      verb: first.verb,
      resource: first.resource,
      fields: [...fields].map(([name, { classes, uses }]) => ({ name, uses: [...uses].sort(), classes })),
      unfiltered: group.some((found) => !found.bounded && !(found.optional && found.fields.size === 0)),
      certainty: atMost === undefined ? 'exact' : 'at-most',
      command: first.command,
      functions,
      derived: first.derived,
      ...(atMost === undefined ? {} : { why: atMost }),
    })
  }
  for (const other of ledger.others.values()) actions.push({ ...other, functions })
  return actions
}
