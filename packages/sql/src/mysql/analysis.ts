/** From a canonical text to its plan: limits, parsers, then every statement in it. Runs in the worker; pure but for the parsers. */
import type { ReviewedRoutine } from '../catalog.js'
import type { Analysed } from '../reading/analysed.js'
import { QUERY_WORDS } from './administration/statement-words.js'
import { tokensOf } from './administration/tokens.js'
import type { MysqlCatalog, MysqlFlavour } from './catalog.js'
import { createMysqlCatalogIndex } from './catalog-index.js'
import { withoutConstantRows } from './constant-rows.js'
import type { MysqlTextLimits } from './limits.js'
import type { MysqlParser } from './parser.js'
import type { MysqlReading } from './plan.js'
import { parseQuery } from './queries.js'
import { type MysqlAsk, readableOf, rulesFor, textMode, unreadableMysql } from './readable.js'
import type { SecondOpinion } from './second-opinion.js'
import { readStatements } from './statements.js'
import { canonicalise, type TextMode } from './text/canonical.js'
import { overLimit } from './text/limits.js'
import { type Rules, rulesOf } from './text/mode.js'
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

export interface MysqlAnalyser {
  analyse(ask: MysqlAsk): Analysed<MysqlReading>
  learn(catalog: MysqlCatalog): void
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
        // A long text has no shape to be shared by.
        shareable:
          ask.kind === 'canonical' && !literals && names.size === 0 && isPlainQuery(statements, rules),
        unknownNames: [...names],
      }
    },
  }
}

/** One query, whose rows go to the client. */
function isPlainQuery(statements: readonly string[], rules: Rules): boolean {
  const [only, ...others] = statements
  const tokens =
    only === undefined || others.length > 0 ? undefined : tokensOf(withoutConstantRows(only, rules), rules)
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
