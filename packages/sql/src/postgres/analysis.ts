/** From a text to its plan: limits, grammar, then every statement in it. Runs in the worker; pure but for the parser. */
import type { Catalog, ReviewedRoutine } from '../catalog.js'
import { weigh } from '../reading/plan-cache.js'
import { type CatalogIndex, createCatalogIndex } from './catalog-index.js'
import type { Parser } from './grammar.js'
import type { ReadingContext } from './plan.js'
import { readStatements } from './statements.js'
import { overLimit, type TextLimits } from './text/limits.js'
import { isTree, unwrap } from './tree.js'
import { type Analysed, unreadable } from './unreadable.js'
import { QUERY_STATEMENTS } from './utility/statement-types.js'

export interface Reader {
  analyse(text: string, parameterTypes: readonly number[], context: ReadingContext): Analysed
  learn(catalog: Catalog): void
}

export interface ReaderParts {
  readonly parser: Parser
  readonly catalog: Catalog
  readonly reviewed: readonly ReviewedRoutine[]
  readonly accounts: readonly string[]
  readonly limits: TextLimits
}

export function createReader(parts: ReaderParts): Reader {
  const { parser, limits } = parts
  const accounts = new Set(parts.accounts)
  let catalog = indexed(parts.catalog)
  let broken: unknown

  /** Invariant: after a failure of the parser nothing that it says counts, whoever may have caught it. */
  function parse(text: string): ReturnType<Parser['parse']> {
    try {
      return parser.parse(text)
    } catch (error) {
      broken = error
      throw error
    }
  }

  /** Bodies and definitions come from the catalog or from a statement: they keep to the same limits. */
  function parseInside(text: string): readonly unknown[] | undefined {
    if (overLimit(text, limits)) return undefined
    const parsed = parse(text)
    return 'fault' in parsed ? undefined : parsed.stmts
  }

  function indexed(from: Catalog): CatalogIndex {
    const parseWhole = (text: string) => {
      const stmts = parseInside(text)
      if (!stmts) throw new SyntaxError('the definition cannot be read')
      return { stmts }
    }
    return createCatalogIndex(from, { parse: parseWhole, reviewed: parts.reviewed })
  }

  return {
    learn(next) {
      catalog = indexed(next)
    },
    analyse(text, parameterTypes, context) {
      const over = overLimit(text, limits)
      if (over) return unreadable(text, over.why, over.tooLarge ? { tooLarge: true } : {})
      const parsed = parse(text)
      if ('fault' in parsed) {
        const { message, position } = parsed.fault
        return unreadable(text, withoutConstants(message), { syntax: { position, message } })
      }
      let literals = false
      const names = new Set<string>()
      const statements = readStatements(parsed.stmts, text, {
        analysis: {
          catalog,
          account: context.account,
          literalMattered: () => {
            literals = true
          },
          unknownName: (name) => names.add(name),
        },
        accounts,
        context,
        parameterTypes,
        parse: parseInside,
      })
      if (broken !== undefined) throw broken
      // Whoever takes the answer serves all other sessions too.
      if (weigh('', statements) > MOST_SAID)
        return unreadable(text, 'the text says more than can be kept', { tooLarge: true })
      const [only, ...others] = parsed.stmts
      const type = isTree(only) ? unwrap(only.stmt)?.type : undefined
      const query = others.length === 0 && type !== undefined && QUERY_STATEMENTS.has(type)
      return {
        plan: { kind: 'read', statements },
        shareable: query && !literals && names.size === 0,
        unknownNames: [...names],
      }
    },
  }
}

/** Bytes of a plan, by the cache's estimate: some ten thousand things. */
const MOST_SAID = 2 * 1024 * 1024

/** The grammar quotes the text near its error; only words are kept for others than the sender. */
function withoutConstants(message: string): string {
  const near = /^(.*) at or near "(.*)"$/s.exec(message)
  if (!near) return message.includes('"') ? 'syntax error' : message
  const [, what = 'syntax error', quoted = ''] = near
  return /^[A-Za-z_]{1,63}$|^[^\w\s'"$]{1,8}$/.test(quoted) ? message : what
}
