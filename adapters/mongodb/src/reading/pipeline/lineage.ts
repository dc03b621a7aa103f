/** Where the values at one place of a document come from; a document is a tree of such places. */
import { checkPath, type Draft } from '../ledger.js'
import { Unread } from '../unread.js'

/** A field of stored documents; an empty path is the document. What stands beneath the one stands beneath the other. */
export interface Place {
  readonly read: Draft
  readonly path: readonly string[]
}

export interface Lineage {
  /** What stands here is what stands in one of these, unchanged. */
  readonly places: readonly Place[]
  /** What stands here was worked out from all that stands in these. */
  readonly taint: readonly Place[]
  /** Names beneath it of which something else is true than `places` and `taint` say. */
  readonly children: ReadonlyMap<string, Lineage>
  /** Constants can stand here as well: which of them is chosen tells how they compare. */
  readonly mixed?: true
  /** A part of what stands in `places`, in another order, or nothing at all: a field that is given it is not as it was. */
  readonly part?: true
  /** How many, and nothing else. */
  readonly counted?: true
  /** Taken away: nothing stands here. What did, a later stage may read all the same: FerretDB runs some of them before (R1). */
  readonly gone?: true
  /** Why its sources cannot all be known. */
  readonly unprovable?: string
  /** Names beneath it are dotted paths from here. */
  readonly dotted?: true
  /** Texts in it are dotted paths from here. */
  readonly named?: true
  /** Of the whole tree: documents that stages put into each other double with every stage. */
  readonly size: number
}

const LARGEST = 10_000
/** Of a place: what stands deeper counts as what stands there. No stored document has more levels. */
const DEEPEST = 100

/** Places and nodes that reading one command may look at; one command is read at a time, from its beginning to its end. */
const MOST_WORK = 100_000
let work = 0

/** Before a command is read. */
export function beginWork(): void {
  work = 0
}

function spendWork(amount: number): void {
  work += amount
  if (work > MOST_WORK) throw tooMuch()
}

function tooMuch(): Unread {
  return new Unread('what its documents are made of is too much to follow', undefined, 'GH_TOO_LARGE')
}

function sized(value: Omit<Lineage, 'size'>): Lineage {
  let size = 1 + value.places.length + value.taint.length
  for (const child of value.children.values()) size += child.size
  spendWork(1 + (value.children.size >> 3))
  if (size > LARGEST) throw tooMuch()
  return { ...value, size }
}

const NO_CHILDREN: ReadonlyMap<string, Lineage> = new Map()

/** Comes from no stored field. */
export const CONSTANT: Lineage = { places: [], taint: [], children: NO_CHILDREN, size: 1 }
export const GONE: Lineage = { ...CONSTANT, gone: true }
export const COUNTED: Lineage = { ...CONSTANT, counted: true }

/** The documents of one collection. */
export function documentsOf(read: Draft): Lineage {
  return { places: [{ read, path: [] }], taint: [], children: NO_CHILDREN, size: 2 }
}

export function unprovable(why: string, parts: readonly Lineage[] = []): Lineage {
  return { ...compute(parts), unprovable: why }
}

export function documentOf(children: ReadonlyMap<string, Lineage>): Lineage {
  return sized({ places: [], taint: [], children })
}

/** What stands under a name. Places in arrays are transparent, and a name of digits may be one. */
export function childOf(parent: Lineage, name: string): Lineage {
  if (parent.dotted && name.includes('.')) return at(parent, name.split('.'))
  const listed = parent.children.get(name)
  const found = listed ?? beneath(parent, name)
  return /^\d{1,9}$/.test(name) ? either([parent, found]) : found
}

function beneath({ places, taint, unprovable: why, gone }: Lineage, name: string): Lineage {
  if (places.length === 0 && taint.length === 0 && why === undefined) return CONSTANT
  return {
    places: places.map((place) =>
      place.path.length < DEEPEST ? { read: place.read, path: [...place.path, name] } : place,
    ),
    taint,
    children: NO_CHILDREN,
    size: 1 + places.length + taint.length,
    ...(gone ? { part: true as const, mixed: true as const } : {}),
    ...(why === undefined ? {} : { unprovable: why }),
  }
}

/** As `childOf`, without taking digits for a place in an array. */
export function exactChild(parent: Lineage, name: string): Lineage {
  return parent.children.get(name) ?? beneath(parent, name)
}

export function at(parent: Lineage, path: readonly string[]): Lineage {
  checkPath(path)
  let found = parent
  for (const name of path) found = childOf(found, name)
  return found
}

/** The same with another value at a path. */
export function put(parent: Lineage, path: readonly string[], value: Lineage): Lineage {
  checkPath(path)
  const [name, ...rest] = path
  if (name === undefined) return value
  const inner = rest.length === 0 ? value : put(exactChild(parent, name), rest, value)
  const children = new Map(parent.children)
  children.set(name, inner)
  const { gone, ...stays } = parent
  return sized({ ...stays, ...(gone ? { part: true } : {}), children })
}

/** The same, taken away. */
export function removed(value: Lineage): Lineage {
  return { ...value, gone: true }
}

/** Of what was taken away what may still be read of it. */
export function withoutGone(value: Lineage): Lineage {
  if (value.gone !== true || isConstant(value)) return value
  const { gone: _, ...stays } = value
  return { ...stays, part: true, mixed: true }
}

/** One of them stands there. */
export function either(all: readonly Lineage[]): Lineage {
  const several = all.filter((each) => !isConstant(each)).map(withoutGone)
  const [first] = several
  const areGone = all.length > 0 && all.every((each) => each.gone)
  if (first === undefined) return areGone ? GONE : CONSTANT
  if (areGone) return removed(either(several))
  const mixed =
    several.some((each) => each.mixed || each.counted !== first?.counted) ||
    all.some((each) => isConstant(each) && !each.gone)
  const part = all.some((each) => each.part || each.gone)
  const of = { ...(mixed ? { mixed: true as const } : {}), ...(part ? { part: true as const } : {}) }
  if (several.length === 1) return mixed || part ? { ...first, ...of } : first
  const names = new Set(several.flatMap((each) => [...each.children.keys()]))
  const children = new Map<string, Lineage>()
  for (const name of names) children.set(name, either(several.map((each) => exactChild(each, name))))
  const why = several.find((each) => each.unprovable !== undefined)?.unprovable
  return sized({
    places: distinct(several.flatMap((each) => each.places)),
    taint: distinct(several.flatMap((each) => each.taint)),
    children,
    ...(several.every((each) => each.counted) ? { counted: true as const } : {}),
    ...(several.some((each) => each.dotted) ? { dotted: true as const } : {}),
    ...(several.every((each) => each.named) ? { named: true as const } : {}),
    ...of,
    ...(why === undefined ? {} : { unprovable: why }),
  })
}

/** What an operator takes out of a value, or puts in another order. */
export function partOf(value: Lineage): Lineage {
  return value.places.length === 0 || value.part ? value : { ...value, part: true }
}

/** Something worked out from all of them. */
export function compute(all: readonly Lineage[]): Lineage {
  const taint = distinct(all.flatMap(everything))
  const why = firstWhy(all)
  if (taint.length === 0 && why === undefined) return CONSTANT
  return sized({
    places: [],
    taint,
    children: NO_CHILDREN,
    ...(why === undefined ? {} : { unprovable: why }),
  })
}

/** The value, and what steered it: conditions show in what they choose. */
export function steered(value: Lineage, by: readonly Lineage[]): Lineage {
  const control = compute(by)
  if (isConstant(control)) return value
  const why = value.unprovable ?? control.unprovable
  return sized({
    ...value,
    taint: distinct([...value.taint, ...control.taint]),
    children: new Map([...value.children].map(([name, child]) => [name, steered(child, by)])),
    ...(why === undefined ? {} : { unprovable: why }),
  })
}

/** Every stored field that it holds something of. */
export function everything(value: Lineage): readonly Place[] {
  spendWork(1 + value.children.size)
  if (value.children.size === 0) {
    return value.taint.length === 0 ? value.places : [...value.places, ...value.taint]
  }
  return [...value.places, ...value.taint, ...[...value.children.values()].flatMap(everything)]
}

export function firstWhy(all: readonly Lineage[]): string | undefined {
  for (const each of all) {
    const why = each.unprovable ?? firstWhy([...each.children.values()])
    if (why !== undefined) return why
  }
  return undefined
}

export function isConstant(value: Lineage): boolean {
  return (
    value.places.length === 0 &&
    value.taint.length === 0 &&
    value.children.size === 0 &&
    value.counted !== true &&
    value.unprovable === undefined
  )
}

/** It is one stored field and nothing was done to it. */
export function isCopy({ places, taint, children, unprovable: why }: Lineage): boolean {
  return places.length > 0 && taint.length === 0 && children.size === 0 && why === undefined
}

function distinct(places: readonly Place[]): readonly Place[] {
  if (places.length < 2) return places
  spendWork(places.length)
  const seen = new Map<Draft, Map<string, Place>>()
  for (const place of places) {
    const of = seen.get(place.read) ?? new Map<string, Place>()
    of.set(place.path.join('\0'), place)
    seen.set(place.read, of)
  }
  return [...seen.values()].flatMap((of) => [...of.values()])
}

/** What it is made of, as text: equal when another pass over a loop found nothing new. */
export function digest(value: Lineage): string {
  const show = ({ read, path }: Place): string => `${read.resource.path.join('.')}:${path.join('.')}`
  const children = [...value.children].map(([name, child]) => `${name}=${digest(child)}`).sort()
  const places = value.places.map(show).sort().join(',')
  const mixed = value.mixed === true ? '+' : ''
  return `${places}|${value.taint.map(show).sort().join(',')}|${value.unprovable ?? ''}${mixed}{${children.join(';')}}`
}
