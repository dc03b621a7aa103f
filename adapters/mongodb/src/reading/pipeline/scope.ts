/** What expressions and filters can see, and the record of what they use. */
import type { FieldUse, KeyJoin } from '@gatehouse/core'
import { type Ledger, placeOf, touch, touchDeep, type UseDetail } from '../ledger.js'
import { Unread } from '../unread.js'
import { either, everything, firstWhy, isCopy, type Lineage, type Place } from './lineage.js'

export interface Scope {
  readonly ledger: Ledger
  /** The database that unqualified collection names belong to. */
  readonly database: string
  readonly root: Lineage
  /** By name without `$$`; CURRENT when it was bound anew. */
  readonly variables: ReadonlyMap<string, Lineage>
  /** In the stored pipeline of a view: what it does with its fields, its owner chose (R16). */
  readonly owned: boolean
  /** Views within views. */
  readonly depth: number
}

export function within(scope: Scope, root: Lineage): Scope {
  return { ...scope, root }
}

export function bind(scope: Scope, variables: Iterable<readonly [string, Lineage]>): Scope {
  return { ...scope, variables: new Map([...scope.variables, ...variables]) }
}

/** Every step of reading that reading more could repeat. */
export function spend(scope: Scope): void {
  scope.ledger.budget -= 1
  if (scope.ledger.budget < 0) throw new Unread('the command has too many parts', undefined, 'GH_TOO_LARGE')
}

/** Records that the command uses these values so. */
export function use(scope: Scope, values: readonly Lineage[], how: FieldUse, detail?: UseDetail): void {
  const places = values.flatMap(everything)
  if (places.length === 0) return
  const { ledger } = scope
  if (scope.owned && how !== 'output' && how !== 'flow') {
    if (places.length > MOST_COMPARED) {
      for (const place of places) touchPlace(ledger, place, 'definition')
      return
    }
    for (const place of places) {
      const others = places.filter((other) => !isSame(place, other))
      const beside = others.map(({ read }) => read.resource.path)
      touchPlace(ledger, place, 'definition', { beside })
    }
    return
  }
  const lookup = how === 'lookup' && !ledger.collated && values.every(isCopy)
  // Names that are data, for one, are no field whose classes could be asked.
  const why = how === 'output' || how === 'flow' ? undefined : firstWhy(values)
  for (const place of places) {
    if (why !== undefined) place.read.unknown ??= why
    if (lookup && place.path.length > 0) touch(ledger, place.read, place.path, 'lookup')
    else touchPlace(ledger, place, how === 'lookup' ? 'filter' : how, detail)
  }
}

/** Of more nobody says what each is compared with. */
const MOST_COMPARED = 200

function isSame(one: Place, other: Place): boolean {
  return (
    one.read.resource.path.join('\0') === other.read.resource.path.join('\0') &&
    one.path.join('\0') === other.path.join('\0')
  )
}

/** Of whole documents nobody can list what is used. */
function touchPlace(ledger: Ledger, { read, path }: Place, how: FieldUse, detail?: UseDetail): void {
  touchDeep(ledger, read, path, how, detail)
  if (path.length > 0) return
  if (how === 'output') touch(ledger, read, [ANYTHING], how)
  else read.unknown ??= 'whole documents are compared, copied or worked with'
}

/** Stands for whatever else documents hold: the name of a field that no permit by names covers. */
export const ANYTHING = '*'

/** An equality of two stored fields of different collections, or a filter where it is more than that. */
export function join(scope: Scope, left: Lineage, right: Lineage): void {
  if (!isCopy(left) || !isCopy(right) || sharesRead(left, right)) {
    use(scope, [left, right], 'filter')
    return
  }
  if (scope.owned) {
    use(scope, [left, right], 'join')
    return
  }
  use(scope, [left], 'join', { join: joinOf(scope, left, right) })
  use(scope, [right], 'join', { join: joinOf(scope, right, left) })
}

/** Both stand in documents of the same collection. */
export function sharesRead(left: Lineage, right: Lineage): boolean {
  return left.places.some(({ read }) => right.places.some((other) => other.read === read))
}

function joinOf({ ledger }: Scope, ours: Lineage, theirs: Lineage): KeyJoin {
  const places = (all: Lineage) => all.places.map(({ read, path }) => placeOf(ledger, read, path))
  return { ours: places(ours), theirs: places(theirs), declared: false, through: [] }
}

/** The variables together with the document: all that an expression whose path is not known may show. */
export function anythingVisible(scope: Scope): Lineage {
  return either([scope.root, ...scope.variables.values()])
}
