/**
 * Plans by exact text, then by shape (R5). One store per catalog epoch; inside it one shelf per reading context and
 * declared parameter types. Two generations stand in for an LRU list, so that a hit costs one look-up.
 */
import type { Plan, ReadingContext } from './plan.js'

export interface Shelf {
  readonly texts: Generations
  readonly shapes: Generations
  /** Shelves for texts that declare parameter types. */
  readonly typed: Map<string, Shelf>
}

interface Generations {
  young: Map<string, Plan>
  old: Map<string, Plan>
}

export interface PlanCache {
  shelf(context: ReadingContext, parameterTypes: readonly number[]): Shelf
  find(generations: Generations, key: string): Plan | undefined
  keep(generations: Generations, key: string, plan: Plan): void
  /** Bytes held, by estimate. */
  readonly bytes: () => number
}

const ENTRY = 200

export function createPlanCache(limit: number): PlanCache {
  const shelves = new Map<string, Shelf>()
  let known = new WeakMap<ReadingContext, Shelf>()
  let youngBytes = 0
  let oldBytes = 0

  function contextShelf(context: ReadingContext): Shelf {
    const found = known.get(context)
    if (found) return found
    const { searchPath, overlay, account, settled, temporary } = context
    const key = JSON.stringify([searchPath, overlay, account, settled, temporary])
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
    shelf(context, parameterTypes) {
      const shelf = contextShelf(context)
      if (parameterTypes.length === 0) return shelf
      const key = parameterTypes.join(',')
      const typed = shelf.typed.get(key)
      if (typed) return typed
      grow(ENTRY + key.length * 2)
      const created = emptyShelf()
      shelf.typed.set(key, created)
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

function emptyShelf(): Shelf {
  return { texts: emptyGenerations(), shapes: emptyGenerations(), typed: new Map() }
}

function emptyGenerations(): Generations {
  return { young: new Map(), old: new Map() }
}

/** Ages a shelf by one generation; false when nothing is left on it. */
function turn(shelf: Shelf): boolean {
  let kept = age(shelf.texts)
  kept = age(shelf.shapes) || kept
  for (const [key, typed] of shelf.typed) {
    if (turn(typed)) kept = true
    else shelf.typed.delete(key)
  }
  return kept
}

function age(generations: Generations): boolean {
  generations.old = generations.young
  generations.young = new Map()
  return generations.old.size > 0
}

/** What an entry holds, by estimate: texts at two bytes a character, and a fixed price per object. */
export function weight(key: string, plan: Plan): number {
  const statements = plan.kind === 'read' ? plan.statements : [plan.statement]
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
