/** Field patterns that name a field which does not exist: most often a typing error that leaves data unmasked (R6). */
import { type Document, fieldPatternsIn, type Place, touches } from '@gatehouse/core'
import { type AnyCatalog, databasesOf, relationsOf } from '../catalogs.js'

export interface Unmatched {
  readonly place: Place
  readonly pattern: string
  /** `policy/rule`, or `Classes`. */
  readonly owner: string
}

/** Patterns without wildcard whose database is among the catalogs and that touch none of its columns. */
export function unmatchedPatterns(
  documents: readonly Document[],
  catalogs: readonly AnyCatalog[],
): Unmatched[] {
  const known = new Set(catalogs.flatMap(databasesOf))
  const fields = catalogs.flatMap((catalog) => fieldsOf(catalog))
  return fieldPatternsIn(documents)
    .filter(({ pattern }) => pattern.literal && known.has(pattern.text.split('.', 1)[0] ?? ''))
    .filter(({ pattern }) => !fields.some(({ path, column }) => touches(pattern, path, column)))
    .map(({ pattern, place, owner }) => ({ place, pattern: pattern.text, owner }))
}

function fieldsOf(catalog: AnyCatalog): { readonly path: readonly string[]; readonly column: string }[] {
  if (catalog.engine === 'mongodb')
    return relationsOf(catalog).flatMap(({ database, name, columns }) =>
      columns.map((column) => ({ path: [database, name], column: column.name })),
    )
  const first = catalog.engine === 'postgres' ? [catalog.database] : []
  return catalog.relations.flatMap(({ schema, name, columns }) =>
    columns.map((column) => ({ path: [...first, schema, name], column: column.name })),
  )
}
