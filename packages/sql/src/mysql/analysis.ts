/** From a canonical text to its plan: limits, parsers, then every statement in it. Runs in the worker; pure but for the parsers. */
import type { Statement } from '@gatehouse/core'
import type { ReviewedRoutine } from '../catalog.js'
import type { Analysed } from '../reading/analysed.js'
import { QUERY_WORDS } from './administration/statement-words.js'
import { tokensOf } from './administration/tokens.js'
import type { MysqlCatalog, MysqlFlavour } from './catalog.js'
import { createMysqlCatalogIndex } from './catalog-index.js'
import type { MysqlTextLimits } from './limits.js'
import type { MysqlParser } from './parser.js'
import type { MysqlContext, MysqlPlan, MysqlReading, ParameterTypes } from './plan.js'
import { parseQuery } from './queries.js'
import type { SecondOpinion } from './second-opinion.js'
import { readStatements } from './statements.js'
import { endOfRoutine } from './text/block-end.js'
import { canonicalise, type TextMode } from './text/canonical.js'
import { overLimit } from './text/limits.js'
import { type Rules, rulesOf } from './text/mode.js'
import { redact } from './text/redact.js'
import type { MysqlVersion } from './versions.js'

export interface MysqlReaderParts {
  readonly parser: MysqlParser
  readonly opinion: SecondOpinion
  readonly flavour: MysqlFlavour
  readonly version: MysqlVersion
  readonly catalog: MysqlCatalog
  readonly reviewed: readonly ReviewedRoutine[]
  readonly accounts: readonly string[]
  readonly limits: MysqlTextLimits
}

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

export interface MysqlAnalyser {
  analyse(ask: MysqlAsk): Analysed<MysqlReading>
  learn(catalog: MysqlCatalog): void
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

export function createMysqlAnalyser(parts: MysqlReaderParts): MysqlAnalyser {
  const accounts = new Set(parts.accounts)
  const plain: TextMode = { flavour: parts.flavour, version: parts.version, sqlMode: [], charset: 'utf8mb4' }
  let index = createMysqlCatalogIndex(parts.catalog, parts.reviewed)
  let broken: unknown

  /** Invariant: after a failure of the parser nothing that it says counts, whoever may have caught it. */
  const parser: MysqlParser = {
    parse(text) {
      try {
        return parts.parser.parse(text)
      } catch (error) {
        broken = error
        throw error
      }
    },
  }

  function canonical(text: string, mode: TextMode): { readonly text: string } | { readonly why: string } {
    const found = canonicalise(text, mode, parts.limits.bytes)
    if (found.kind === 'refused') return { why: found.why }
    const [only, ...others] = found.statements
    if (only === undefined || others.length > 0 || found.compound) return { why: 'it is not one statement' }
    const over = overLimit(only, mode, parts.limits)
    return over ? { why: over.why } : { text: only }
  }

  /** Definitions come from the catalog, as the server writes them: they keep to the same limits. */
  function parseDefinition(text: string): unknown {
    const found = canonical(text, plain)
    if ('why' in found) return undefined
    const parsed = parseQuery(found.text, { parser, opinion: parts.opinion, rules: rulesFor(plain) })
    return 'why' in parsed ? undefined : parsed.tree
  }

  return {
    learn(catalog) {
      index = createMysqlCatalogIndex(catalog, parts.reviewed)
    },
    analyse(ask) {
      const { context } = ask
      const mode = textMode(context, parts)
      const rules = mode && rulesOf(mode)
      if (!mode || !rules || typeof rules === 'string')
        return refused(ask.text, mode, 'its sql_mode is not known')
      const readable = ask.kind === 'raw' ? readableOf(ask.text, mode, parts.limits, ask.multiple) : ask
      if ('why' in readable) return refused(ask.text, mode, readable.why, readable.tooLarge)
      const { text, statements } = readable
      for (const each of statements) {
        const over = overLimit(each, mode, parts.limits)
        if (over) return refused(text, mode, over.why, over.tooLarge)
      }
      let literals = false
      let typed = false
      const names = new Set<string>()
      const read = readStatements(statements, {
        parser,
        opinion: parts.opinion,
        rules,
        mode,
        accounts,
        context,
        canonical: (inner) => canonical(inner, mode),
        analysis: {
          catalog: index,
          account: context.account,
          literalMattered: () => {
            literals = true
          },
          unknownName: (name) => names.add(name),
          ...(ask.parameters === undefined ? {} : { parameterTypes: ask.parameters }),
          typeMattered: () => {
            typed = true
          },
          parse: parseDefinition,
        },
      })
      if (broken !== undefined) throw broken
      if (typeof read === 'string') return refused(text, mode, read)
      return {
        plan: {
          canonical: text,
          plan: { kind: 'read', statements: typed ? read.map((each) => ({ ...each, typed: true })) : read },
        },
        shareable: !literals && names.size === 0 && isPlainQuery(statements, rules),
        unknownNames: [...names],
      }
    },
  }
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

function rulesFor(mode: TextMode): Rules {
  const rules = rulesOf(mode)
  if (typeof rules === 'string') throw new Error(rules)
  return rules
}

/** One query, whose rows go to the client. */
function isPlainQuery(statements: readonly string[], rules: Rules): boolean {
  const [only, ...others] = statements
  const tokens = only === undefined || others.length > 0 ? undefined : tokensOf(only, rules)
  const first = tokens?.[0]?.value
  if (!tokens || first === undefined || !QUERY_WORDS.has(first)) return false
  const writes = first === 'insert' || first === 'replace'
  return writes || !tokens.some((token) => token.kind === 'word' && token.value === 'into')
}

function refused(
  text: string,
  mode: TextMode | undefined,
  why: string,
  tooLarge = false,
): Analysed<MysqlReading> {
  return { plan: unreadableMysql(text, mode, why, tooLarge), shareable: false, unknownNames: [] }
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
