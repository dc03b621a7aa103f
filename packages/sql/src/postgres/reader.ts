/** Reads Postgres statements: plans from the cache at once, others from a worker that runs the server's own grammar. */
import type { Catalog, ReviewedRoutine } from '../catalog.js'
import { unreadable } from './analysis.js'
import { grammarOf } from './grammar.js'
import { createLane, type Lane } from './lane.js'
import type { Plan, PostgresReader, ReadingContext } from './plan.js'
import { createPlanCache, type PlanCache, type Shelf } from './plan-cache.js'
import { DEFAULT_TEXT_LIMITS, looksAhead, type TextLimits } from './text/limits.js'
import { shapeOf } from './text/shape.js'

export interface ReaderLimits extends TextLimits {
  /** The longest that reading one text may take, in milliseconds. */
  readonly milliseconds: number
  /** Bytes of plans kept, by estimate. */
  readonly cache: number
  /** Texts that may wait for a worker; more are refused. */
  readonly waiting: number
  /** Heap of one worker, in MiB. */
  readonly memoryMiB: number
}

export const DEFAULT_READER_LIMITS: ReaderLimits = {
  ...DEFAULT_TEXT_LIMITS,
  milliseconds: 5000,
  cache: 64 * 1024 * 1024,
  waiting: 1000,
  memoryMiB: 1024,
}

export interface PostgresReaderOptions {
  /** The upstream's major version; 15 to 18 have a grammar (R7). */
  readonly major: number
  /** The grammar to use for a version that has none of its own. */
  readonly nearest?: number
  readonly catalog: Catalog
  /** Reads the catalog again where it changed, calls `learn`, and says whether it did; asked before a name counts as unknown. */
  readonly refresh?: () => Promise<boolean>
  readonly reviewed?: readonly ReviewedRoutine[]
  /** Upstream accounts that the gateway uses (R11). */
  readonly accounts: readonly string[]
  readonly limits?: Partial<ReaderLimits>
  readonly workers?: number
}

/** Rejects with `GH_CONFIGURATION` when there is no grammar for the version or its parser is not the pinned one. */
export async function createPostgresReader(options: PostgresReaderOptions): Promise<PostgresReader> {
  const limits = { ...DEFAULT_READER_LIMITS, ...options.limits }
  const { accounts, reviewed = [] } = options
  const grammar = grammarOf(options.major, options.nearest)
  const start = { grammar, catalog: options.catalog, reviewed, accounts, limits: textLimits(limits) }
  const lanes = Array.from({ length: options.workers ?? 1 }, () => createLane(start, limits))
  try {
    await Promise.all(lanes.map((lane) => lane.ready))
  } catch (error) {
    await Promise.all(lanes.map((lane) => lane.close()))
    throw error
  }
  return readWith(lanes, limits, options.refresh)
}

function textLimits({ bytes, depth, operators }: ReaderLimits): TextLimits {
  return { bytes, depth, operators }
}

function readWith(
  lanes: readonly Lane[],
  limits: ReaderLimits,
  refresh: (() => Promise<boolean>) | undefined,
): PostgresReader {
  let cache: PlanCache = createPlanCache(limits.cache)
  let waiting = 0
  let turn = 0
  const asked = new WeakMap<Shelf, Map<string, Promise<Plan>>>()

  async function analyse(
    text: string,
    types: readonly number[],
    context: ReadingContext,
    shape: string | undefined,
  ) {
    const before = cache
    const lane = lanes[turn++ % lanes.length]
    const found = (await lane?.analyse(text, types, context)) ?? 'the reader is closed'
    if (typeof found === 'string') return { plan: unreadable(text, found).plan, unknown: false }
    // What was read against an older catalog is not kept.
    if (cache === before) {
      const shelf = cache.shelf(context, types)
      cache.keep(shelf.texts, text, found.plan)
      if (found.shareable && shape !== undefined) cache.keep(shelf.shapes, shape, found.plan)
    }
    return { plan: found.plan, unknown: found.unknownNames.length > 0 }
  }

  async function ask(
    text: string,
    types: readonly number[],
    context: ReadingContext,
    shape: string | undefined,
  ) {
    waiting++
    try {
      const first = await analyse(text, types, context, shape)
      if (!first.unknown || !refresh || !(await refreshed(refresh))) return first.plan
      return (await analyse(text, types, context, shape)).plan
    } finally {
      waiting--
    }
  }

  /** The same text in the same context is analysed once, however many ask. */
  function share(shelf: Shelf, text: string, make: () => Promise<Plan>): Promise<Plan> {
    const pending = asked.get(shelf) ?? new Map<string, Promise<Plan>>()
    asked.set(shelf, pending)
    const known = pending.get(text)
    if (known) return known
    const made = make().finally(() => pending.delete(text))
    pending.set(text, made)
    return made
  }

  return {
    read(text, parameterTypes, context) {
      if (text.length > limits.bytes) {
        return unreadable(text, `the statement is longer than ${limits.bytes} bytes`, { tooLarge: true }).plan
      }
      const shelf = cache.shelf(context, parameterTypes)
      const exact = cache.find(shelf.texts, text)
      if (exact) return exact
      // A shape knows nothing of comments.
      const shape = looksAhead(text) ? undefined : shapeOf(text)
      const shaped = shape === undefined ? undefined : cache.find(shelf.shapes, shape)
      // The very same plan: decisions on its statements are remembered by them.
      if (shaped) return shaped
      if (waiting >= limits.waiting) return unreadable(text, 'too many statements wait to be read').plan
      return share(shelf, text, () => ask(text, parameterTypes, context, shape))
    },
    async learn(catalog) {
      cache = createPlanCache(limits.cache)
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
