/** Plans of one upstream: those at hand in a cache, the others from workers, one catalog at a time. */
import type { Analysed } from './analysed.js'
import { createLane, type Lane } from './lane.js'
import type { ReadingLimits } from './limits.js'
import { packCatalog } from './packed-catalog.js'
import { createPlanCache, type Generations, type Keeping, type PlanCache, type Shelf } from './plan-cache.js'
import { createQueue } from './queue.js'
import { createRefusals } from './refusals.js'

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
  Catalog extends object,
  Kept,
>(options: ReadingsOptions<Start, Context, Kept>): Promise<Readings<Ask, Context, Catalog, Kept>> {
  const { script, limits } = options
  const start = { ...options.start, catalog: await packCatalog(options.start.catalog) }
  const lane = () => createLane<Ask, Analysed<Kept>>(script, start, limits)
  const lanes: Lanes<Ask, Kept> = { short: Array.from({ length: options.workers }, lane), long: lane() }
  try {
    await Promise.all(lanes.short.map((each) => each.start()))
  } catch (error) {
    await Promise.all(lanes.short.map((each) => each.close()))
    throw error
  }
  return readWith(lanes, options)
}

/** The part of the cache's bytes that refused texts may take besides. */
const REFUSED = 16

interface Lanes<Ask, Kept> {
  readonly short: readonly Lane<Ask, Analysed<Kept>>[]
  readonly long: Lane<Ask, Analysed<Kept>>
}

function readWith<Ask, Context extends object, Catalog extends object, Kept>(
  lanes: Lanes<Ask, Kept>,
  options: ReadingsOptions<unknown, Context, Kept>,
): Readings<Ask, Context, Catalog, Kept> {
  const { limits, refresh } = options
  let cache: PlanCache<Context, Kept> = createPlanCache(limits.cache, options)
  let refusals = createRefusals<Kept>(limits.cache / REFUSED)
  let waiting = 0
  const all = [...lanes.short, lanes.long]
  const queue = createQueue(lanes.short, lanes.long)
  const asked = new WeakMap<Shelf<Kept>, Map<string, Promise<Kept>>>()

  async function analyse(cold: Cold<Ask, Context, Kept>) {
    const before = cache
    const found = await queue.analyse(cold.ask, cold.text.length)
    if (typeof found === 'string') return { plan: cold.unreadable(found), unknown: false }
    // What was read against an older catalog is not kept.
    const unknown = found.unknownNames.length > 0
    if (cache === before) {
      const shelf = cache.shelf(cold.context, cold.variant)
      if (unknown || options.refused(found.plan))
        refusals.keep(shelf, cold.text, found.plan, options.weight(cold.text, found.plan))
      else cache.keep(shelf.texts, cold.text, found.plan)
      if (found.shareable && cold.shape !== undefined) cache.keep(shelf.shapes, cold.shape, found.plan)
    }
    return { plan: found.plan, unknown }
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
      const shelf = cache.shelf(cold.context, cold.variant)
      const refused = refusals.find(shelf, cold.text)
      if (refused) return refused
      const pending = asked.get(shelf) ?? new Map<string, Promise<Kept>>()
      asked.set(shelf, pending)
      const known = pending.get(cold.text)
      if (known) return known
      if (waiting >= limits.waiting) return cold.unreadable('too many statements wait to be read')
      const made = ask(cold).finally(() => pending.delete(cold.text))
      pending.set(cold.text, made)
      return made
    },
    async learn(catalog) {
      cache = createPlanCache(limits.cache, options)
      refusals = createRefusals(limits.cache / REFUSED)
      const packing = packCatalog(catalog)
      await Promise.all(all.map((lane) => lane.learn(packing)))
    },
    async close() {
      await Promise.all(all.map((lane) => lane.close()))
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
