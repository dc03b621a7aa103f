/** From a query's text to what it does: parsed, held against other witnesses, then read against the catalog. */
import { action, resource } from '../reading/actions.js'
import { tokensOf } from './administration/tokens.js'
import { cutInto, type Into } from './into.js'
import { mentionsOf } from './mentions.js'
import type { MysqlParser } from './parser.js'
import { parsersCopy } from './parsers-copy.js'
import type { MysqlEffect } from './plan.js'
import { type MysqlAnalysis, type QueryReading, type ReadOptions, readQuery } from './query/index.js'
import type { SecondOpinion } from './second-opinion.js'
import type { Rules } from './text/mode.js'
import { testify } from './witness.js'

export interface QueryParts {
  readonly parser: MysqlParser
  readonly opinion: SecondOpinion
  readonly rules: Rules
}

/** The tree of the one query in a canonical text, or why it is none that can be relied on. */
export function parseQuery(
  text: string,
  parts: QueryParts,
): { readonly tree: unknown } | { readonly why: string } {
  const tokens = tokensOf(text, parts.rules)
  if (!tokens) return { why: 'the statement is not understood' }
  const copy = parsersCopy(text, tokens, parts.rules.pipesAsConcat)
  if ('refused' in copy) return { why: copy.refused }
  const parsed = parts.parser.parse(copy.text)
  if ('fault' in parsed) return { why: 'the statement is not understood' }
  const [tree, ...others] = parsed.statements
  if (tree === undefined || others.length > 0) return { why: 'it is not one statement' }
  const shown = tokensOf(copy.text, parts.rules)
  if (!shown) return { why: 'the statement is not understood' }
  const why = testify(tree, shown) ?? parts.opinion.objection(copy.text, tree)
  return why === undefined ? { tree } : { why }
}

export interface QueryFound extends QueryReading {
  readonly into: Into | undefined
  /** Of a statement that writes: every relation that it names, in lower case. */
  readonly writes?: readonly string[]
}

export function readQueryText(
  text: string,
  parts: QueryParts,
  analysis: MysqlAnalysis,
  options: ReadOptions = {},
): QueryFound {
  const tokens = tokensOf(text, parts.rules)
  const cut = tokens ? cutInto(text, tokens) : { refused: 'the statement is not understood' }
  if ('refused' in cut) return unread(cut.refused, analysis)
  const parsed = parseQuery(cut.text, parts)
  if ('why' in parsed) return unread(parsed.why, analysis)
  const stored = options.stored === true || cut.into !== undefined
  const { verb, names } = mentionsOf(parsed.tree)
  return {
    ...readQuery(parsed.tree, analysis, { ...options, stored }),
    into: cut.into,
    ...(verb === 'select' ? {} : { writes: [...names] }),
  }
}

function unread(why: string, analysis: MysqlAnalysis): QueryFound {
  const server = resource('server', [analysis.database ?? analysis.catalog.catalog.flavour])
  const opaque = action('opaque', server, 'STATEMENT', { fields: 'unknown', certainty: 'opaque', why })
  return { actions: [opaque], outputs: 'unknown', collects: true, variables: [], into: undefined }
}

export function variablesOf(found: QueryFound): readonly MysqlEffect[] {
  const names = [...found.variables, ...(found.into?.kind === 'variables' ? found.into.names : [])]
  return names.length === 0 ? [] : [{ kind: 'variables', names }]
}
