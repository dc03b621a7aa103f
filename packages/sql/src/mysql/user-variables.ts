/** User variables: which of them a statement reads, and whether code of the database may set some while it runs. */
import type { Action, Verb } from '@gatehouse/core'
import type { Token } from './administration/cursor.js'
import type { MysqlCatalogIndex } from './catalog-index.js'

/** Names of user variables, in lower case; `unknown`: any. */
export type VariableNames = readonly string[] | 'unknown'

/** Every `@name` in bodies of triggers and routines, whatever is done with it; of a body that does not show nothing is known. */
export function variablesNamed(bodies: Iterable<unknown>): VariableNames {
  const names = new Set<string>()
  for (const body of bodies) {
    if (typeof body !== 'string' || body === '') return 'unknown'
    for (const [, name = ''] of body.matchAll(/(?<!@)@(?!@)([\w.$]*)/g)) {
      // In quotes, or with letters that the server folds in its own way.
      if (name === '' || names.size >= MOST) return 'unknown'
      names.add(name.toLowerCase())
    }
    if (/(?<!@)@(?!@)[\w.$]*[^\0-\x7f]/.test(body)) return 'unknown'
  }
  return [...names].sort()
}

const MOST = 1000

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

/** What triggers of what it writes, and those that fire in turn, may assign; left out: nothing. */
export function assignedByCode(
  actions: readonly Action[],
  { catalog, relation }: MysqlCatalogIndex,
): VariableNames | undefined {
  const { codeVariables } = catalog
  if (codeVariables === undefined || !actions.some(({ verb }) => WRITES.has(verb))) return undefined
  const fires = actions.some(({ resource: { kind, path } }) => {
    const [schema = '', name = ''] = path
    return kind === 'relation' && relation(schema, name)?.triggers === true
  })
  return fires ? codeVariables : undefined
}
