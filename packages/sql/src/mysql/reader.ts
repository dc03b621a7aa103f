/** Reads MySQL and MariaDB statements: canonical here, plans from the cache at once, others from a worker that parses. */
import type { ReviewedRoutine } from '../catalog.js'
import { weigh } from '../reading/plan-cache.js'
import { createReadings, type Readings } from '../reading/readings.js'
import { type MysqlAsk, textMode, unreadableMysql } from './analysis.js'
import type { MysqlCatalog, MysqlFlavour } from './catalog.js'
import { mayHoldIssued } from './issued-literal.js'
import { DEFAULT_MYSQL_READER_LIMITS, type MysqlReaderLimits } from './limits.js'
import type { MysqlContext, MysqlReader, MysqlReading } from './plan.js'
import { canonicalise, type TextMode } from './text/canonical.js'
import { shapeOf } from './text/shape.js'
import { checkVersion, type MysqlVersion } from './versions.js'
import type { MysqlWorkerStart } from './worker.js'

export interface MysqlReaderOptions {
  readonly flavour: MysqlFlavour
  /** The upstream's version: `/*!NNNNN` compares with it. */
  readonly version: MysqlVersion
  /** The version to read an unknown one as (R7). */
  readonly nearest?: MysqlVersion
  readonly catalog: MysqlCatalog
  /** Reads the catalog again where it changed, calls `learn`, and says whether it did; asked before a name counts as unknown. */
  readonly refresh?: () => Promise<boolean>
  readonly reviewed?: readonly ReviewedRoutine[]
  /** Upstream accounts that the gateway uses (R11). */
  readonly accounts: readonly string[]
  readonly limits?: Partial<MysqlReaderLimits>
  readonly workers?: number
}

// From src/ as from dist/ it is the compiled file that a worker can load.
const SCRIPT = new URL('../../dist/mysql/worker.js', import.meta.url)

/** Rejects with `GH_CONFIGURATION` when the version is not known or the parser is not the pinned one. */
export async function createMysqlReader(options: MysqlReaderOptions): Promise<MysqlReader> {
  const { flavour, version, catalog, accounts, reviewed = [] } = options
  checkVersion(flavour, version, options.nearest)
  const limits = { ...DEFAULT_MYSQL_READER_LIMITS, ...options.limits }
  const { bytes, depth, operators, tokens } = limits
  const readings = await createReadings<MysqlWorkerStart, MysqlAsk, MysqlContext, MysqlCatalog, MysqlReading>(
    {
      script: SCRIPT,
      start: { flavour, version, catalog, accounts, reviewed, limits: { bytes, depth, operators, tokens } },
      limits,
      workers: options.workers ?? 1,
      refresh: options.refresh,
      key: ({ database, sqlMode, charset, overlay, account }) =>
        JSON.stringify([database, sqlMode, charset, overlay, account]),
      weight: (key, { canonical, plan }) =>
        weigh(key, plan.kind === 'read' ? plan.statements : [plan.statement]) + canonical.length * 2,
      refused: ({ plan }) => plan.kind === 'unreadable',
    },
  )
  return readWith(readings, limits, { flavour, version })
}

function readWith(
  readings: Readings<MysqlAsk, MysqlContext, MysqlCatalog, MysqlReading>,
  limits: MysqlReaderLimits,
  server: { readonly flavour: MysqlFlavour; readonly version: MysqlVersion },
): MysqlReader {
  const modes = new WeakMap<MysqlContext, TextMode>()

  function modeOf(context: MysqlContext): TextMode | undefined {
    const known = modes.get(context)
    if (known) return known
    const mode = textMode(context, server)
    if (mode) modes.set(context, mode)
    return mode
  }

  return {
    read(text, context, multiple = false) {
      const variant = multiple ? 'multiple' : ''
      const shelf = readings.shelf(context, variant)
      const exact = readings.find(shelf.texts, text)
      if (exact) return exact
      const mode = modeOf(context)
      if (!mode) return unreadableMysql(text, mode, 'the sql_mode of the session is not known')
      const found = canonicalise(text, mode, limits.bytes)
      if (found.kind === 'refused') return unreadableMysql(text, mode, found.why, found.tooLarge)
      const { text: canonical, statements } = found
      if (!multiple && statements.length > 1)
        return unreadableMysql(text, mode, 'the text holds several statements')
      if (multiple && found.compound)
        return unreadableMysql(
          text,
          mode,
          'where a block ends cannot be told where several statements may stand',
        )
      const shape =
        statements.length === 1 && !mayHoldIssued(canonical) ? shapeOf(canonical, mode) : undefined
      const shaped = shape === undefined ? undefined : readings.find(shelf.shapes, shape)
      // The very same plan: decisions on its statements are remembered by them.
      if (shaped) return { canonical, plan: shaped.plan }
      return readings.analyse({
        text,
        shape,
        context,
        variant,
        ask: { text: canonical, statements, context },
        unreadable: (why) => unreadableMysql(text, mode, why),
      })
    },
    learn: (catalog) => readings.learn(catalog),
    close: () => readings.close(),
  }
}
