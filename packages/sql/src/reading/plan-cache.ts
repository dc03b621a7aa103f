/**
 * Plans by exact text, then by shape (R5). One store per catalog epoch; inside it one shelf per reading context and
 * whatever else is declared with a text. Two generations stand in for an LRU list, so that a hit costs one look-up.
 */
import type { Statement } from '@gatehouse/core'

export interface Shelf<Kept> {
  readonly texts: Generations<Kept>
  readonly shapes: Generations<Kept>
  /** Shelves for texts with which something else is declared. */
  readonly variants: Map<string, Shelf<Kept>>
}

export interface Generations<Kept> {
  young: Map<string, Kept>
  old: Map<string, Kept>
}

export interface PlanCache<Context extends object, Kept> {
  /** `variant`: what is declared with the text, such as parameter types; empty for nothing. */
  shelf(context: Context, variant: string): Shelf<Kept>
  find(generations: Generations<Kept>, key: string): Kept | undefined
  keep(generations: Generations<Kept>, key: string, plan: Kept): void
  /** Bytes held, by estimate. */
  readonly bytes: () => number
}

/** How a dialect's contexts and plans are kept. */
export interface Keeping<Context extends object, Kept> {
  /** All of the context that a plan depends on. */
  readonly key: (context: Context) => string
  /** Bytes that an entry holds, by estimate. */
  readonly weight: (key: string, plan: Kept) => number
  /** It says no more than that the text was not read. */
  readonly refused: (plan: Kept) => boolean
}

const ENTRY = 200

export function createPlanCache<Context extends object, Kept>(
  limit: number,
  { key: keyOf, weight }: Omit<Keeping<Context, Kept>, 'refused'>,
): PlanCache<Context, Kept> {
  const shelves = new Map<string, Shelf<Kept>>()
  let known = new WeakMap<Context, Shelf<Kept>>()
  let youngBytes = 0
  let oldBytes = 0

  function contextShelf(context: Context): Shelf<Kept> {
    const found = known.get(context)
    if (found) return found
    const key = keyOf(context)
    let shelf = shelves.get(key)
    if (!shelf) {
      grow(ENTRY + key.length * 2)
      shelf = emptyShelf()
      shelves.set(key, shelf)
    }
    known.set(context, shelf)
    return shelf
  }

  function grow(bytes: number): void {
    youngBytes += bytes
    if (youngBytes <= limit / 2) return
    oldBytes = youngBytes
    youngBytes = 0
    for (const [key, shelf] of shelves) if (!turn(shelf)) shelves.delete(key)
    known = new WeakMap()
  }

  return {
    shelf(context, variant) {
      const shelf = contextShelf(context)
      if (variant === '') return shelf
      const found = shelf.variants.get(variant)
      if (found) return found
      grow(ENTRY + variant.length * 2)
      const created = emptyShelf<Kept>()
      shelf.variants.set(variant, created)
      return created
    },
    find(generations, key) {
      const young = generations.young.get(key)
      if (young) return young
      const old = generations.old.get(key)
      if (old) {
        generations.young.set(key, old)
        grow(weight(key, old))
      }
      return old
    },
    keep(generations, key, plan) {
      const bytes = weight(key, plan)
      if (bytes > limit / 4) return
      generations.young.set(key, plan)
      grow(bytes)
    },
    bytes: () => youngBytes + oldBytes,
  }
}

function emptyShelf<Kept>(): Shelf<Kept> {
  return { texts: emptyGenerations(), shapes: emptyGenerations(), variants: new Map() }
}

function emptyGenerations<Kept>(): Generations<Kept> {
  return { young: new Map(), old: new Map() }
}

/** Ages a shelf by one generation; false when nothing is left on it. */
function turn<Kept>(shelf: Shelf<Kept>): boolean {
  let kept = age(shelf.texts)
  kept = age(shelf.shapes) || kept
  for (const [key, variant] of shelf.variants) {
    if (turn(variant)) kept = true
    else shelf.variants.delete(key)
  }
  return kept
}

function age<Kept>(generations: Generations<Kept>): boolean {
  generations.old = generations.young
  generations.young = new Map()
  return generations.old.size > 0
}

/** What an entry holds, by estimate: texts at two bytes a character, and a fixed price per object. */
export function weigh(key: string, statements: readonly Statement[]): number {
  let bytes = ENTRY + key.length * 2
  for (const statement of statements) {
    bytes += ENTRY + statement.text.length * 2
    for (const action of statement.actions) {
      bytes += ENTRY + (action.fields === 'unknown' ? 0 : action.fields.length * ENTRY)
    }
    if (statement.outputs !== 'unknown') bytes += statement.outputs.length * ENTRY
  }
  return bytes
}
