/** Field patterns that name a field which does not exist: most often a typing error that leaves data unmasked (R6). */
import { type Document, fieldPatternsIn, type Place, touches } from '@gatehouse/core'
import type { CatalogView } from '../engines/engine.js'

export interface Unmatched {
  readonly place: Place
  readonly pattern: string
  /** `policy/rule`, or `Classes`. */
  readonly owner: string
}

/** Patterns without wildcard whose database is among the catalogs and that touch none of its columns. */
export function unmatchedPatterns(
  documents: readonly Document[],
  catalogs: readonly CatalogView[],
): Unmatched[] {
  const known = new Set(catalogs.flatMap(({ databases }) => databases))
  const fields = catalogs.flatMap((catalog) =>
    catalog.relations().flatMap(({ database, schema, name, columns }) => {
      const path = schema === undefined ? [database, name] : [database, schema, name]
      return columns.map((column) => ({ path, column: column.name }))
    }),
  )
  return fieldPatternsIn(documents)
    .filter(({ pattern }) => pattern.literal && known.has(pattern.text.split('.', 1)[0] ?? ''))
    .filter(({ pattern }) => !fields.some(({ path, column }) => touches(pattern, path, column)))
    .map(({ pattern, place, owner }) => ({ place, pattern: pattern.text, owner }))
}
