/** What is known of one expression's value: which fields it comes from, and how. */
import type { Output, Source } from '@gatehouse/core'
import type { Mention } from './mention.js'

/** One field of one mention of a relation. */
export interface Leaf {
  readonly mention: Mention
  readonly column: string
  readonly classes: readonly string[]
  /** Shared by the leaves of one column in one place: the relation's, its partitions' and parents'. */
  readonly cell?: object
  /** A view's own column: what it shows is among the leaves too. */
  readonly shown?: boolean
  /** The text of what stands at a place in a document: an object's text shows its keys to nobody who looks at types. */
  readonly spelled?: boolean
}

export interface Value {
  readonly how: Output['how']
  readonly leaves: ReadonlySet<Leaf>
  /** The leaves that it equals, unchanged. */
  readonly same: ReadonlySet<Leaf>
  readonly unprovable?: string
  /** OID of its type where that is known, as pg_type has it; other dialects name the nearest one. */
  readonly type?: number
  /** The fields of a composite value. */
  readonly row?: readonly Column[]
  /** An integer literal: a position, not a pattern. */
  readonly position?: boolean
  /**
   * How many times the size of what is stored or sent it can have: a value that grows at will raises an error by its
   * size, and so tells of what it was made from. Left out: once.
   */
  readonly weight?: number
  /** It may be of a type that users defined, rows included, or hold such values. */
  readonly foreign?: boolean
  /** One of several values, not all of them copies of the same: a constant, or another column, may stand in its place. */
  readonly mixed?: boolean
  /** A constant that looks like a mask that the gateway issues is part of it (R19). */
  readonly issued?: boolean
  /** It comes from a query that others may read too: a condition on it bounds nothing. */
  readonly shared?: boolean
}

export interface Column {
  readonly name: string
  readonly value: Value
}

/** pg_type's OIDs below this are the server's own (pg_type.dat, FirstNormalObjectId). */
export const FIRST_USER_OID = 16384

const none: ReadonlySet<Leaf> = new Set()

/** Beyond this many times its parts' size a value may be too large for the server (1 GB). */
export const HEAVY = 16

/** The stored value of one column, unchanged and certain, under whatever names it goes. */
export function isPlainCopy(value: Value): boolean {
  return (
    value.how === 'copied' &&
    value.mixed !== true &&
    value.unprovable === undefined &&
    value.row === undefined &&
    value.leaves.size > 0 &&
    value.leaves.size === value.same.size
  )
}

export function weightOf(value: Value): number {
  return value.weight ?? 1
}

/** bool, integers, dates, numbers: of one size, whatever they were made from. */
const SIZED: ReadonlySet<number> = new Set([
  16, 20, 21, 23, 26, 700, 701, 1082, 1083, 1114, 1184, 1186, 1266, 2205, 2950,
])

export const CONSTANT: Value = { how: 'constant', leaves: none, same: none }

export function constantOf(type: number | undefined): Value {
  return { ...CONSTANT, ...typed(type) }
}

export function unprovable(why: string, from: readonly Value[] = []): Value {
  return { ...compute(from), how: 'computed', unprovable: why, foreign: true }
}

export function copied(leaves: readonly Leaf[], type: number | undefined): Value {
  const all = new Set(leaves)
  return { how: 'copied', leaves: all, same: all, ...typed(type) }
}

function typed(type: number | undefined): { type?: number; foreign?: boolean } {
  return type === undefined ? {} : type >= FIRST_USER_OID ? { type, foreign: true } : { type }
}

type Traits = Pick<Value, 'unprovable' | 'foreign' | 'shared' | 'issued'>

function traits(values: readonly Value[]): Traits {
  const why = values.find((value) => value.unprovable !== undefined)?.unprovable
  return {
    ...(why === undefined ? {} : { unprovable: why }),
    ...(values.some((value) => value.foreign) ? { foreign: true } : {}),
    ...(values.some((value) => value.shared) ? { shared: true } : {}),
    ...(values.some((value) => value.issued) ? { issued: true } : {}),
  }
}

/** The value of an expression over these: every field of theirs can show in it. */
export function compute(values: readonly Value[], type?: number): Value {
  const leaves = union(values.map((value) => value.leaves))
  const all = traits(values)
  const how = leaves.size === 0 && all.unprovable === undefined ? 'constant' : 'computed'
  const weight =
    type !== undefined && SIZED.has(type) ? 1 : values.reduce((sum, value) => sum + weightOf(value), 0)
  return { how, leaves, same: none, ...all, ...typed(type), ...(weight > 1 ? { weight } : {}) }
}

/** One of these, unchanged: a set operation's column, or a join column whose sides are equal (`merged`). */
export function either(values: readonly Value[], merged = false): Value {
  const first = values[0]
  if (first === undefined) return CONSTANT
  if (values.length === 1) return first
  const hows = new Set(values.map((value) => value.how).filter((how) => how !== 'constant'))
  const how = hows.size === 0 ? 'constant' : hows.size === 1 ? ([...hows][0] ?? 'computed') : 'computed'
  const known = values.filter((value) => value.type !== undefined && value.type !== 705)
  const type = known.every((value) => value.type === known[0]?.type) ? known[0]?.type : undefined
  return {
    how,
    leaves: union(values.map((value) => value.leaves)),
    same: union(values.map((value) => value.same)),
    weight: Math.max(...values.map(weightOf)),
    ...(merged && !values.some((value) => value.mixed) ? {} : { mixed: true }),
    ...traits(values),
    ...typed(type),
  }
}

/** The same value, so many times as large. */
export function heavier(value: Value, factor: number): Value {
  return value.type !== undefined && SIZED.has(value.type)
    ? value
    : { ...value, weight: weightOf(value) * factor }
}

/** A composite value of these fields. */
export function composite(columns: readonly Column[], type?: number): Value {
  const whole = compute(
    columns.map((column) => column.value),
    type,
  )
  return { ...whole, row: columns, foreign: true }
}

function union(sets: readonly ReadonlySet<Leaf>[]): ReadonlySet<Leaf> {
  if (sets.length === 1 && sets[0]) return sets[0]
  const all = new Set<Leaf>()
  for (const set of sets) for (const leaf of set) all.add(leaf)
  return all
}

const ITSELF = unprovable('it depends on itself')

/** A column whose value is worked out when somebody asks for it. */
export function lazy(name: string, make: () => Value): Column {
  let value: Value | undefined
  return {
    name,
    get value() {
      if (value === undefined) {
        value = ITSELF
        value = make()
      }
      return value
    },
  }
}

export function toOutput(column: Column): Output {
  const { value } = column
  const sources = new Map<string, Source>()
  for (const { mention, column: field, classes } of value.leaves) {
    const resource = mention.resource.path.join('.')
    sources.set(`${resource}\0${field}`, { resource, field, classes })
  }
  return {
    name: column.name,
    how: value.how,
    sources: [...sources.values()],
    ...(value.unprovable === undefined ? {} : { unprovable: value.unprovable }),
  }
}
