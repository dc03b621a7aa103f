/** Field patterns that name a field which does not exist: most often a typing error that leaves data unmasked (R6). */
import { type Document, fieldPatternsIn, type Place, touches } from '@gatehouse/core'
import type { Catalog } from '@gatehouse/sql'

export interface Unmatched {
  readonly place: Place
  readonly pattern: string
  /** `policy/rule`, or `Classes`. */
  readonly owner: string
}

/** Patterns without wildcard whose database is among the catalogs and that touch none of its columns. */
export function unmatchedPatterns(documents: readonly Document[], catalogs: readonly Catalog[]): Unmatched[] {
  const known = new Set(catalogs.map(({ database }) => database))
  const fields = catalogs.flatMap((catalog) =>
    catalog.relations.flatMap(({ schema, name, columns }) =>
      columns.map((column) => ({ path: [catalog.database, schema, name], column: column.name })),
    ),
  )
  return fieldPatternsIn(documents)
    .filter(({ pattern }) => pattern.literal && known.has(pattern.text.split('.', 1)[0] ?? ''))
    .filter(({ pattern }) => !fields.some(({ path, column }) => touches(pattern, path, column)))
    .map(({ pattern, place, owner }) => ({ place, pattern: pattern.text, owner }))
}
