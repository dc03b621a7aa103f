/** Reads MySQL and MariaDB statements: canonical here unless they are long, plans from the cache at once, others from a worker that parses. */
import type { ReviewedRoutine } from '../catalog.js'
import { weigh } from '../reading/plan-cache.js'
import { createReadings, type Readings } from '../reading/readings.js'
import type { MysqlCatalog, MysqlFlavour } from './catalog.js'
import { mayHoldIssued, mayHoldPlainly } from './issued-literal.js'
import { DEFAULT_MYSQL_READER_LIMITS, type MysqlReaderLimits } from './limits.js'
import type { MysqlContext, MysqlReader, MysqlReading, ParameterTypes } from './plan.js'
import { LONG_TEXT, type MysqlAsk, readableOf, textMode, unreadableMysql } from './readable.js'
import type { TextMode } from './text/canonical.js'
import { rulesOf } from './text/mode.js'
import { quickShape } from './text/quick-shape.js'
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

  /** The shape of one statement that is its own canonical form, where that shows at once. */
  function plainShape(text: string, mode: TextMode): string | undefined {
    const rules = text.length > limits.bytes ? undefined : rulesOf(mode)
    if (rules === undefined || typeof rules === 'string') return undefined
    const shape = quickShape(text, rules)
    return shape === undefined || mayHoldPlainly(text) ? undefined : shape
  }

  function shapeIn(canonical: string, mode: TextMode): string | undefined {
    const plain = plainShape(canonical, mode)
    if (plain !== undefined) return plain
    return mayHoldIssued(canonical) ? undefined : shapeOf(canonical, mode)
  }

  return {
    read(text, context, multiple = false, parameters = undefined) {
      const variant = variantOf(multiple, parameters)
      const shelf = readings.shelf(context, variant)
      const exact = readings.find(shelf.texts, text)
      if (exact) return exact
      const mode = modeOf(context)
      if (!mode) return unreadableMysql(text, mode, 'the sql_mode of the session is not known')
      const plain = plainShape(text, mode)
      const same = plain === undefined ? undefined : readings.find(shelf.shapes, plain)
      if (same) return { canonical: text, plan: same.plan }
      const unreadable = (why: string): MysqlReading => unreadableMysql(text, mode, why)
      if (text.length > LONG_TEXT && text.length <= limits.bytes)
        return readings.analyse({
          text,
          shape: undefined,
          context,
          variant,
          ask: { kind: 'raw', text, multiple, context, parameters },
          unreadable,
        })
      const found = readableOf(text, mode, limits, multiple)
      if ('why' in found) return unreadableMysql(text, mode, found.why, found.tooLarge)
      const { text: canonical, statements } = found
      const shape = plain ?? (statements.length === 1 ? shapeIn(canonical, mode) : undefined)
      const shaped = shape === undefined ? undefined : readings.find(shelf.shapes, shape)
      // The very same plan: decisions on its statements are remembered by them.
      if (shaped) return { canonical, plan: shaped.plan }
      return readings.analyse({
        text,
        shape,
        context,
        variant,
        ask: { kind: 'canonical', text: canonical, statements, context, parameters },
        unreadable,
      })
    },
    learn: (catalog) => readings.learn(catalog),
    close: () => readings.close(),
  }
}

/** What besides the text and its context a plan depends on. */
function variantOf(multiple: boolean, parameters: ParameterTypes | undefined): string {
  const types =
    parameters === undefined || parameters === 'open' ? (parameters ?? '') : `?${parameters.join()}`
  return multiple ? `multiple ${types}` : types
}
