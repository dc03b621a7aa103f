/** Plans of one upstream: those at hand in a cache, the others from workers, one catalog at a time. */
import type { Analysed } from './analysed.js'
import { createLane, type Lane } from './lane.js'
import type { ReadingLimits } from './limits.js'
import { createPlanCache, type Generations, type Keeping, type PlanCache, type Shelf } from './plan-cache.js'

export interface ReadingsOptions<Start, Context extends object, Kept> extends Keeping<Context, Kept> {
  /** The worker's compiled file, and what it begins with. */
  readonly script: URL
  readonly start: Start
  readonly limits: ReadingLimits
  readonly workers: number
  /** Reads the catalog again where it changed, calls `learn`, and says whether it did. */
  readonly refresh: (() => Promise<boolean>) | undefined
}

/** A text that no cache holds. */
export interface Cold<Ask, Context, Kept> {
  readonly text: string
  readonly shape: string | undefined
  readonly context: Context
  readonly variant: string
  /** What the worker is told. */
  readonly ask: Ask
  readonly unreadable: (why: string) => Kept
}

export interface Readings<Ask, Context extends object, Catalog, Kept> {
  shelf(context: Context, variant: string): Shelf<Kept>
  find(generations: Generations<Kept>, key: string): Kept | undefined
  /** Analyses in a worker and keeps what came of it. Never rejects. */
  analyse(cold: Cold<Ask, Context, Kept>): Kept | Promise<Kept>
  learn(catalog: Catalog): Promise<void>
  close(): Promise<void>
}

/** Rejects when a worker cannot be started. */
export async function createReadings<
  Start extends { readonly catalog: Catalog },
  Ask,
  Context extends object,
  Catalog,
  Kept,
>(options: ReadingsOptions<Start, Context, Kept>): Promise<Readings<Ask, Context, Catalog, Kept>> {
  const { script, start, limits } = options
  const lanes = Array.from({ length: options.workers }, () =>
    createLane<Start, Ask, Catalog, Analysed<Kept>>(script, start, limits),
  )
  try {
    await Promise.all(lanes.map((lane) => lane.ready))
  } catch (error) {
    await Promise.all(lanes.map((lane) => lane.close()))
    throw error
  }
  return readWith(lanes, options)
}

function readWith<Ask, Context extends object, Catalog, Kept>(
  lanes: readonly Lane<Ask, Catalog, Analysed<Kept>>[],
  options: ReadingsOptions<unknown, Context, Kept>,
): Readings<Ask, Context, Catalog, Kept> {
  const { limits, refresh } = options
  let cache: PlanCache<Context, Kept> = createPlanCache(limits.cache, options)
  let waiting = 0
  let turn = 0
  const asked = new WeakMap<Shelf<Kept>, Map<string, Promise<Kept>>>()

  async function analyse(cold: Cold<Ask, Context, Kept>) {
    const before = cache
    const lane = lanes[turn++ % lanes.length]
    const found = (await lane?.analyse(cold.ask)) ?? 'the reader is closed'
    if (typeof found === 'string') return { plan: cold.unreadable(found), unknown: false }
    // What was read against an older catalog is not kept.
    if (cache === before) {
      const shelf = cache.shelf(cold.context, cold.variant)
      cache.keep(shelf.texts, cold.text, found.plan)
      if (found.shareable && cold.shape !== undefined) cache.keep(shelf.shapes, cold.shape, found.plan)
    }
    return { plan: found.plan, unknown: found.unknownNames.length > 0 }
  }

  async function ask(cold: Cold<Ask, Context, Kept>): Promise<Kept> {
    waiting++
    try {
      const first = await analyse(cold)
      if (!first.unknown || !refresh || !(await refreshed(refresh))) return first.plan
      return (await analyse(cold)).plan
    } finally {
      waiting--
    }
  }

  return {
    shelf: (context, variant) => cache.shelf(context, variant),
    find: (generations, key) => cache.find(generations, key),
    /** The same text in the same context is analysed once, however many ask. */
    analyse(cold) {
      if (waiting >= limits.waiting) return cold.unreadable('too many statements wait to be read')
      const shelf = cache.shelf(cold.context, cold.variant)
      const pending = asked.get(shelf) ?? new Map<string, Promise<Kept>>()
      asked.set(shelf, pending)
      const known = pending.get(cold.text)
      if (known) return known
      const made = ask(cold).finally(() => pending.delete(cold.text))
      pending.set(cold.text, made)
      return made
    },
    async learn(catalog) {
      cache = createPlanCache(limits.cache, options)
      await Promise.all(lanes.map((lane) => lane.learn(catalog)))
    },
    async close() {
      await Promise.all(lanes.map((lane) => lane.close()))
    },
  }
}

async function refreshed(refresh: () => Promise<boolean>): Promise<boolean> {
  try {
    return await refresh()
  } catch {
    return false
  }
}
