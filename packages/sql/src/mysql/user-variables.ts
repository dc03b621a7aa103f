/** User variables: which of them a statement reads, and whether code of the database may set some while it runs. */
import type { Action, Verb } from '@gatehouse/core'
import type { Token } from './administration/cursor.js'
import type { MysqlCatalogIndex } from './catalog-index.js'

/** Of a body of a trigger or a routine: it has `@name`, and not only `@@setting`; or it does not show. */
export function mayNameVariables(body: unknown): boolean {
  return typeof body !== 'string' || body === '' || /(?:^|[^@])@(?!@)/.test(body)
}

const WRITES: ReadonlySet<Verb> = new Set<Verb>(['insert', 'update', 'delete', 'copy-in'])

/**
 * Names that its result or what it does depends on. Left out: what it only assigns, what only shows (whose value is unprovable
 * there), and what CALL hands to code that a rule trusts.
 */
export function variablesRead(tokens: readonly Token[]): readonly string[] {
  const first = tokens[0]?.value
  if (first === 'call' || onlyShows(tokens)) return []
  const names = new Set<string>()
  let depth = 0
  let into = false
  for (const [at, { kind, value }] of tokens.entries()) {
    if (kind === 'symbol' && value === '(') depth++
    if (kind === 'symbol' && value === ')') depth--
    const stays: boolean = into && (kind === 'variable' || (kind === 'symbol' && value === ','))
    into = stays || (kind === 'word' && value === 'into')
    if (kind !== 'variable' || stays || isSymbol(tokens[at + 1], ':=')) continue
    const assigned = (first === 'set' || first === 'get') && depth === 0 && isSymbol(tokens[at + 1], '=')
    if (assigned && (first === 'get' || opensItem(tokens[at - 1]))) continue
    names.add(value)
  }
  return [...names]
}

const isSymbol = (token: Token | undefined, symbol: string): boolean =>
  token?.kind === 'symbol' && token.value === symbol

/** `set @a = 1, @b = 2`. */
const opensItem = (before: Token | undefined): boolean =>
  isSymbol(before, ',') || (before?.kind === 'word' && before.value === 'set')

/** `select @a, @b as b`: nothing but variables by themselves. */
function onlyShows(tokens: readonly Token[]): boolean {
  if (tokens[0]?.value !== 'select' || tokens[0].kind !== 'word') return false
  for (let at = 1; ; at++) {
    if (tokens[at]?.kind !== 'variable') return false
    if (tokens[at + 1]?.kind === 'word' && tokens[at + 1]?.value === 'as') at += 2
    at++
    if (tokens[at] === undefined) return true
    if (!isSymbol(tokens[at], ',')) return false
  }
}

/** Triggers of what it writes, and those that fire in turn. */
export function mayRunCode(actions: readonly Action[], { catalog, relation }: MysqlCatalogIndex): boolean {
  if (catalog.setsVariables !== true || !actions.some(({ verb }) => WRITES.has(verb))) return false
  return actions.some(({ resource: { kind, path } }) => {
    const [schema = '', name = ''] = path
    return kind === 'relation' && relation(schema, name)?.triggers === true
  })
}
