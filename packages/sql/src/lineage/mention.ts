/** The ledger of one statement's analysis: which relations it mentions, and every use of their fields. */
import type { Action, Field, FieldUse, Resource, Verb } from '@gatehouse/core'
import { addUse, type FieldUses, mergeUses, startUses, toField, type UseDetail } from './uses.js'
import { HEAVY, type Leaf, type Value, weightOf } from './value.js'

/** One relation in one place of the statement. */
export interface Mention {
  readonly verb: Verb
  readonly resource: Resource
  readonly command: string
  readonly derived: boolean
  readonly fields: Map<string, FieldUses>
  /** Set when a conjunct bounds it (R21). */
  bounded: boolean
  /** Why less or more may happen than it says. */
  atMost?: string
  /** Paths of views through which its rows can be written, worked out when asked. */
  through?: () => readonly (readonly string[])[]
  /** No action as long as no field is used: a target that is only written. */
  optional?: boolean
}

export interface Ledger {
  readonly mentions: Mention[]
  /** Actions on anything but a relation's rows, by what they say. */
  readonly others: Map<string, Action>
  readonly functions: Set<string>
  collects: boolean
  /** Why the server's count of changed rows is not all that it changes (R21). */
  uncounted?: string
  /** How often something was met that can raise or vary in cost, whether or not it reads a field. */
  raising: number
  /** DEFAULT stands where a value does. */
  defaults?: boolean
  /** Query blocks that may still be read: what a small text can unfold into is bounded. */
  budget: number
}

export const BUDGET = 4000

export function createLedger(): Ledger {
  return {
    mentions: [],
    others: new Map(),
    functions: new Set(),
    collects: false,
    raising: 0,
    budget: BUDGET,
  }
}

export function mention(
  ledger: Ledger,
  given: Pick<Mention, 'verb' | 'resource' | 'command' | 'derived'> & { bounded?: boolean },
): Mention {
  const made: Mention = { bounded: false, ...given, fields: new Map() }
  ledger.mentions.push(made)
  return made
}

export function touch(
  found: Mention,
  field: string,
  classes: readonly string[],
  use: FieldUse,
  detail?: UseDetail,
): void {
  let known = found.fields.get(field)
  if (!known) {
    known = startUses(classes)
    found.fields.set(field, known)
  }
  addUse(known, use, detail)
}

/** Where uses are made: see Env of each dialect. */
export interface Using {
  readonly ledger: Ledger
  /** A stored result: what it was made from is not used again when it is read. */
  readonly stored: boolean
  /** The definition of something stored: what it does with its fields, its owner chose (R16). */
  readonly owned?: boolean
  /** Within one output of such a definition: what steered its value shows in it. */
  readonly steering?: Value[] | undefined
}

/** Records that the statement uses these values so; a lookup of what is not the field itself is a filter. */
export function use(env: Using, values: readonly Value[], how: FieldUse, detail?: UseDetail): void {
  if (how === 'argument' && values.length > 0) env.ledger.raising += 1
  if (env.stored) {
    env.steering?.push(...values)
    return
  }
  if (env.owned && how !== 'output' && how !== 'flow') {
    define(env, values)
    return
  }
  for (const value of values)
    for (const leaf of value.leaves)
      touch(
        leaf.mention,
        leaf.column,
        leaf.classes,
        how === 'lookup' && !value.same.has(leaf) ? 'filter' : how,
        detail,
      )
}

/** What a definition looks at together may be compared. The server's own relations hold what sessions put there. */
function define(env: Using, values: readonly Value[]): void {
  env.steering?.push(...values)
  const leaves = values.flatMap((value) => [...value.leaves])
  const steered = values.some((value) => value.unprovable !== undefined)
  for (const leaf of leaves) {
    const others = leaves.filter((other) => !isSame(leaf, other))
    const open = steered || others.some((other) => other.mention.resource.system)
    const beside = new Map(
      others.map(({ mention: { resource, through } }) => [
        resource.path.join('\0'),
        [resource.path, ...(through?.() ?? [])],
      ]),
    )
    touch(
      leaf.mention,
      leaf.column,
      leaf.classes,
      'definition',
      open ? undefined : { beside: [...beside.values()].flat() },
    )
  }
}

/** A column cannot be compared with itself, and what a view shows stands behind it too. */
function isSame(one: Leaf, other: Leaf): boolean {
  if (other.shown || one === other || (one.cell !== undefined && one.cell === other.cell)) return true
  return (
    one.column === other.column &&
    one.mention.resource.path.join('\0') === other.mention.resource.path.join('\0')
  )
}

/** A total expression that can grow at will tells of its parts by the error that its size raises (R16). */
export function weigh(env: Using, result: Value, values: readonly Value[]): Value {
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
    const fields = new Map<string, FieldUses>()
    for (const found of group)
      for (const [name, uses] of found.fields) {
        const known = fields.get(name) ?? startUses(uses.classes)
        mergeUses(known, uses)
        fields.set(name, known)
      }
    const atMost = group.find((found) => found.atMost !== undefined)?.atMost
    actions.push({
      verb: first.verb,
      resource: first.resource,
      fields: [...fields].map(([name, uses]) => toField(name, uses)),
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
