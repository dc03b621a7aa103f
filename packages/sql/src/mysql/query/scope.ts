/** What a name in an expression means: columns without regard to case, and aliases where the server lets them be seen. */
import type { Item } from '../../lineage/scope.js'
import { type Column, either, unprovable, type Value } from '../../lineage/value.js'
import { fold } from '../catalog-index.js'
import type { Scope } from './analysis.js'

/** The name of a column that the server would call by its expression's text. */
export const UNNAMED = ''

function named(columns: readonly Column[], name: string): readonly Value[] {
  const key = fold(name)
  return columns.filter((column) => fold(column.name) === key).map((column) => column.value)
}

/** Columns whose name nobody knows: any other name may be theirs. */
function unnamed(columns: readonly Column[]): readonly Value[] {
  return columns.filter((column) => column.name === UNNAMED).map((column) => column.value)
}

interface Found {
  readonly values: readonly Value[]
  /** Another scope may have it too. */
  readonly maybe?: boolean
  readonly open?: string
}

function inScope(scope: Scope, name: string, within: boolean): Found {
  let values = named(scope.columns, name)
  if (values.length === 0)
    values = scope.items.flatMap((item) => {
      const hidden = item.system?.(name)
      return hidden ? [hidden] : []
    })
  const list = scope.aliases ?? (within ? scope.later : undefined)
  const aliases = list ? named(list(), name) : []
  if (aliases.length > 0 && scope.prefer === 'aliases') return { values: aliases }
  if (values.length > 0 && aliases.length > 0 && scope.prefer === 'both')
    return { values: [...values, ...aliases] }
  if (values.length > 0) return { values, ...(scope.open === undefined ? {} : { open: scope.open }) }
  const guesses = unnamed(scope.columns)
  const open = scope.open === undefined ? {} : { open: scope.open }
  if (guesses.length > 0) return { values: [...guesses, ...aliases], maybe: true, ...open }
  return { values: aliases, ...open }
}

/** A bare name, innermost query first; undefined when nothing of that name is in sight. */
export function findColumn(scope: Scope | undefined, name: string): Value | undefined {
  const guesses: Value[] = []
  let open: string | undefined
  for (let each = scope; each; each = each.outer) {
    const found = inScope(each, name, each !== scope)
    if (found.values.length > 0 && found.maybe !== true) {
      const value = either([...found.values, ...guesses])
      const why = open ?? (guesses.length > 0 ? `it is not certain what \`${name}\` means` : undefined)
      return why === undefined ? value : unprovable(why, [value])
    }
    guesses.push(...found.values)
    open ??= found.open
  }
  if (guesses.length > 0) return unprovable(open ?? `it is not certain what \`${name}\` means`, guesses)
  return open === undefined ? undefined : unprovable(open)
}

/** Every item of this name: the same table of two databases may stand in one FROM. */
export function itemsNamed(scope: Scope, name: string, schema: string | undefined): readonly Item[] {
  const matches = scope.items.filter(
    (item) =>
      item.name !== undefined &&
      fold(item.name) === fold(name) &&
      (schema === undefined || (item.schema !== undefined && fold(item.schema) === fold(schema))),
  )
  const exact = matches.filter((item) => item.name === name)
  return exact.length > 0 ? exact : matches
}

function inItem(item: Item, name: string): readonly Value[] {
  const found = named(item.columns, name)
  if (found.length > 0) return found
  const hidden = item.system?.(name)
  return hidden ? [hidden] : []
}

/**
 * `table.column` or `database.table.column`. Whether `T` is `t` depends on the server and on whose schema it stands in: a table of
 * another case hides none of that very name further out, and neither the other way round.
 */
export function findQualified(
  scope: Scope | undefined,
  table: string,
  name: string,
  schema: string | undefined,
): Value | undefined {
  const unsure = `it is not certain what \`${table}.${name}\` means`
  const others: Value[] = []
  for (let each = scope; each; each = each.outer) {
    const items = itemsNamed(each, table, schema)
    const values = items.flatMap((item) => inItem(item, name))
    const exact = items.some(
      (item) => item.name === table && (schema === undefined || item.schema === schema),
    )
    const open = items.find((item) => item.open !== undefined)?.open
    if (values.length > 0 && open === undefined && !exact) {
      others.push(...values)
      continue
    }
    const why = open ?? (others.length > 0 ? unsure : undefined)
    if (values.length > 0) {
      const all = [...values, ...others]
      return why === undefined ? either(all) : unprovable(why, all)
    }
    const guesses = items.flatMap((item) => unnamed(item.columns))
    if (open !== undefined || guesses.length > 0) return unprovable(open ?? unsure, [...guesses, ...others])
  }
  return others.length > 0 ? either(others) : undefined
}
