/** Patterns that name what does not exist: most often a typing error that leaves data unmasked, or free (R6). */
import { type Document, fieldPatternsIn, type Place, restrictedResourcesIn, touches } from '@gatehouse/core'
import type { CatalogView } from '../engines/engine.js'

export interface Unmatched {
  readonly place: Place
  readonly pattern: string
  /** `policy/rule`, or `Classes`. */
  readonly owner: string
  /** What the database has, written otherwise. */
  readonly meant?: string
}

type Path = readonly string[]

function relationsOf(catalogs: readonly CatalogView[]) {
  return catalogs.flatMap((catalog) =>
    catalog.relations().map(({ database, schema, name, columns }) => ({
      path: schema === undefined ? [database, name] : [database, schema, name],
      columns: columns.map((column) => column.name),
    })),
  )
}

const joined = (path: Path): string => path.join('.')

/** The same letters in another case: names are as the database has them, whatever case its statements may be written in. */
function meantBy(pattern: string, names: Iterable<string>): { readonly meant?: string } {
  const folded = pattern.toLowerCase()
  for (const name of names) if (name.toLowerCase() === folded) return { meant: name }
  return {}
}

/** Whether the pattern's database is among those that are known, in whatever case it is written. */
function knownDatabases(catalogs: readonly CatalogView[]): (pattern: string) => boolean {
  const known = new Set(
    catalogs.flatMap(({ databases }) => databases.map((database) => database.toLowerCase())),
  )
  return (pattern) => known.has((pattern.split('.', 1)[0] ?? '').toLowerCase())
}

/** Patterns without wildcard whose database is among the catalogs and that touch none of its columns. */
export function unmatchedPatterns(
  documents: readonly Document[],
  catalogs: readonly CatalogView[],
): Unmatched[] {
  const isKnown = knownDatabases(catalogs)
  const fields = relationsOf(catalogs).flatMap(({ path, columns }) =>
    columns.map((column) => ({ path, column })),
  )
  const names = () => fields.map(({ path, column }) => joined([...path, column]))
  return fieldPatternsIn(documents)
    .filter(({ pattern }) => pattern.literal && isKnown(pattern.text))
    .filter(({ pattern }) => !fields.some(({ path, column }) => touches(pattern, path, column)))
    .map(({ pattern: { text }, place, owner }) => ({
      place,
      pattern: text,
      owner,
      ...meantBy(text, names()),
    }))
}

/**
 * Resources without wildcard of rules that restrict, in a known database, that are no relation and hold none. What else may
 * bear such a name (a routine, a sequence, what is yet to be made) is not known here: whoever wrote it knows.
 */
export function unmatchedResources(
  documents: readonly Document[],
  catalogs: readonly CatalogView[],
): Unmatched[] {
  const isKnown = knownDatabases(catalogs)
  const names = new Set(
    relationsOf(catalogs).flatMap(({ path }) => path.map((_, end) => joined(path.slice(0, end + 1)))),
  )
  return restrictedResourcesIn(documents)
    .filter(({ pattern }) => pattern.literal && isKnown(pattern.text) && !names.has(pattern.text))
    .map(({ pattern: { text }, place, owner }) => ({ place, pattern: text, owner, ...meantBy(text, names) }))
}
