/** Reads Postgres statements: plans from the cache at once, others from a worker that runs the server's own grammar. */
import { mayHoldIssuedMask } from '@gatehouse/core'
import type { Catalog, ReviewedRoutine } from '../catalog.js'
import { DEFAULT_READING_LIMITS, type ReadingLimits } from '../reading/limits.js'
import { weigh } from '../reading/plan-cache.js'
import { createReadings, type Readings } from '../reading/readings.js'
import { grammarOf } from './grammar.js'
import type { Plan, PostgresReader, ReadingContext } from './plan.js'
import { DEFAULT_TEXT_LIMITS, looksAhead, type TextLimits } from './text/limits.js'
import { shapeOf } from './text/shape.js'
import { unreadable } from './unreadable.js'
import type { Ask, WorkerStart } from './worker.js'

export interface ReaderLimits extends TextLimits, ReadingLimits {}

export const DEFAULT_READER_LIMITS: ReaderLimits = { ...DEFAULT_TEXT_LIMITS, ...DEFAULT_READING_LIMITS }

/** Characters of the longest text whose shape is looked for: all other sessions wait meanwhile. */
const SHAPED = 65_536

// From src/ as from dist/ it is the compiled file that a worker can load.
const SCRIPT = new URL('../../dist/postgres/worker.js', import.meta.url)

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
  const { accounts, catalog, reviewed = [] } = options
  const { bytes, depth, operators } = limits
  const grammar = grammarOf(options.major, options.nearest)
  const start = { grammar, catalog, reviewed, accounts, limits: { bytes, depth, operators } }
  const readings = await createReadings<WorkerStart, Ask, ReadingContext, Catalog, Plan>({
    script: SCRIPT,
    start,
    limits,
    workers: options.workers ?? 1,
    refresh: options.refresh,
    key: ({ searchPath, likely, overlay, account, settled, temporary, definitions }) =>
      JSON.stringify([searchPath, likely, overlay, account, settled, temporary, definitions]),
    weight: (key, plan) => weigh(key, plan.kind === 'read' ? plan.statements : [plan.statement]),
    refused: (plan) => plan.kind === 'unreadable',
  })
  return readWith(readings, limits)
}

function readWith(
  readings: Readings<Ask, ReadingContext, Catalog, Plan>,
  limits: ReaderLimits,
): PostgresReader {
  return {
    read(text, parameterTypes, context) {
      if (text.length > limits.bytes) {
        return unreadable(text, `the statement is longer than ${limits.bytes} bytes`, { tooLarge: true }).plan
      }
      const variant = parameterTypes.length === 0 ? '' : parameterTypes.join(',')
      const shelf = readings.shelf(context, variant)
      const exact = readings.find(shelf.texts, text)
      if (exact) return exact
      // A shape knows nothing of comments, nor of a constant that looks like a mask (R19).
      const shape =
        text.length > SHAPED || looksAhead(text) || mayHoldIssuedMask(text) ? undefined : shapeOf(text)
      const shaped = shape === undefined ? undefined : readings.find(shelf.shapes, shape)
      // The very same plan: decisions on its statements are remembered by them.
      if (shaped) return shaped
      return readings.analyse({
        text,
        shape,
        context,
        variant,
        ask: { text, parameterTypes, context },
        unreadable: (why) => unreadable(text, why).plan,
      })
    },
    learn: (catalog) => readings.learn(catalog),
    close: () => readings.close(),
  }
}
