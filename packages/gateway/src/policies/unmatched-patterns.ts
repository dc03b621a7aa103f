/** Patterns that name what does not exist: most often a typing error that leaves data unmasked, or free (R6). */
import {
  type Document,
  fieldPatternsIn,
  type Place,
  type Placed,
  restrictedResourcesIn,
  touches,
} from '@gatehouse/core'
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

/** With the same letters in another case: names are as the database has them, whatever case its statements may be written in. */
function withMeant(
  unmatched: readonly Placed<{ readonly text: string }>[],
  has: () => Iterable<string>,
): Unmatched[] {
  if (unmatched.length === 0) return []
  const names = [...has()]
  return unmatched.map(({ pattern: { text }, place, owner }) => {
    const meant = names.find((name) => name.toLowerCase() === text.toLowerCase())
    return { place, pattern: text, owner, ...(meant === undefined ? {} : { meant }) }
  })
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
  const unmatched = fieldPatternsIn(documents)
    .filter(({ pattern }) => pattern.literal && isKnown(pattern.text))
    .filter(({ pattern }) => !fields.some(({ path, column }) => touches(pattern, path, column)))
  return withMeant(unmatched, () => fields.map(({ path, column }) => joined([...path, column])))
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
  const unmatched = restrictedResourcesIn(documents).filter(
    ({ pattern }) => pattern.literal && isKnown(pattern.text) && !names.has(pattern.text),
  )
  return withMeant(unmatched, () => names)
}
