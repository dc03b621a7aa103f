/** What comes before a text is analysed, on whichever thread: its mode, its canonical form, the plan of what has none. */
import type { Statement } from '@gatehouse/core'
import { tokensOf } from './administration/tokens.js'
import type { MysqlFlavour } from './catalog.js'
import type { MysqlTextLimits } from './limits.js'
import type { MysqlContext, MysqlPlan, MysqlReading, ParameterTypes } from './plan.js'
import { endOfRoutine } from './text/block-end.js'
import { canonicalise, type TextMode } from './text/canonical.js'
import { type Rules, rulesOf } from './text/mode.js'
import { redact } from './text/redact.js'
import type { MysqlVersion } from './versions.js'

/** `raw`: a long text, which is made canonical in the worker so that nobody waits for that. */
export type MysqlAsk =
  | {
      readonly kind: 'canonical'
      readonly text: string
      readonly statements: readonly string[]
      readonly context: MysqlContext
      readonly parameters?: ParameterTypes | undefined
    }
  | {
      readonly kind: 'raw'
      readonly text: string
      readonly multiple: boolean
      readonly context: MysqlContext
      readonly parameters?: ParameterTypes | undefined
    }

export function textMode(
  context: MysqlContext,
  server: { readonly flavour: MysqlFlavour; readonly version: MysqlVersion },
): TextMode | undefined {
  const { sqlMode, charset } = context
  return sqlMode === 'unknown'
    ? undefined
    : { flavour: server.flavour, version: server.version, sqlMode, charset }
}

export interface Readable {
  readonly text: string
  readonly statements: readonly string[]
}

/** The canonical text, or why there is none that could be read. */
export function readableOf(
  text: string,
  mode: TextMode,
  limits: MysqlTextLimits,
  multiple: boolean,
): Readable | { readonly why: string; readonly tooLarge: boolean } {
  const found = canonicalise(text, mode, limits.bytes)
  if (found.kind === 'refused') return { why: found.why, tooLarge: found.tooLarge === true }
  const { statements, compound } = found
  if (!multiple && statements.length > 1) return { why: 'the text holds several statements', tooLarge: false }
  const cut = multiple && compound ? cutBehindRoutines(statements, mode, limits.bytes) : statements
  if (cut === undefined)
    return { why: 'where a block ends cannot be told where several statements may stand', tooLarge: false }
  return { text: found.text, statements: cut }
}

/** The last statement is a routine, and whatever stands behind its body. */
function cutBehindRoutines(
  statements: readonly string[],
  mode: TextMode,
  bytes: number,
): readonly string[] | undefined {
  const done = statements.slice(0, -1)
  for (let rest = statements.at(-1); rest !== undefined; ) {
    const tokens = tokensOf(rest, rulesFor(mode))
    const end = tokens && endOfRoutine(tokens)
    if (tokens === undefined || end === undefined) return undefined
    const semicolon = tokens[end]
    if (semicolon === undefined) return [...done, rest]
    done.push(rest.slice(0, semicolon.start).trim())
    const behind = rest.slice(semicolon.end)
    const found = canonicalise(behind, mode, bytes)
    // Only what was made canonical as a whole is sent.
    if (found.kind === 'refused' || found.text !== behind || done.length > MOST) return undefined
    if (!found.compound) return [...done, ...found.statements]
    done.push(...found.statements.slice(0, -1))
    rest = found.statements.at(-1)
  }
  return done
}

/** Routines in one text: each is walked with all that stands behind it. */
const MOST = 100

export function rulesFor(mode: TextMode): Rules {
  const rules = rulesOf(mode)
  if (typeof rules === 'string') throw new Error(rules)
  return rules
}

const SHOWN = 10_000
/** Characters beyond which nothing walks over a text but a worker. */
export const LONG_TEXT = 65_536

/** Nothing of it goes upstream. */
export function unreadableMysql(
  text: string,
  mode: TextMode | undefined,
  why: string,
  tooLarge = false,
): MysqlReading {
  const statement: Statement = {
    command: 'UNREADABLE',
    actions: [],
    outputs: 'unknown',
    collects: false,
    text: mode ? redact(tooLarge || text.length > LONG_TEXT ? text.slice(0, SHOWN) : text, mode) : '?',
    bytes: Buffer.byteLength(text),
  }
  const plan: MysqlPlan = { kind: 'unreadable', why, statement, ...(tooLarge ? { tooLarge: true } : {}) }
  return { canonical: '', plan }
}
