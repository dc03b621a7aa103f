/** What a session defines and no catalog shows: relations as the statements' own trees describe them (R2). */
import type { CatalogColumn, CatalogRelation } from '../../catalog.js'

/** A field whose values were stored into a session's column. */
export interface StoredSource {
  readonly path: readonly string[]
  readonly field: string
  readonly classes: readonly string[]
}

/** What is known of the values in a column beyond its definition. */
export interface StoredValues {
  readonly sources?: readonly StoredSource[]
  /** Something else than plain copies was stored. */
  readonly computed?: true
  /** Why the sources cannot all be known. */
  readonly unprovable?: string
}

export interface SessionColumn extends CatalogColumn, StoredValues {
  /** The tree of a generated column's expression; `generated` is the key by which it is found. */
  readonly expression?: unknown
}

/** What a view was bound to when it was made: names may change their meaning, its relations do not. */
export interface Underlying {
  readonly oid: number
  readonly columns: string
}

export interface SessionRelation extends CatalogRelation {
  readonly columns: readonly SessionColumn[]
  /** It was dropped, or went elsewhere; its catalog entry counts no more. */
  readonly gone?: true
  /** ON COMMIT DROP. */
  readonly dropped?: 'at-commit'
  /** The query of a view, its relations bound by OID. */
  readonly query?: unknown
  /** The search_path by which its functions and types were found. */
  readonly path?: readonly string[] | 'unknown'
  readonly bases?: readonly Underlying[]
  /** What else shows its rows: once nothing is known of it, nothing is known of these. */
  readonly parentNames?: readonly string[]
  /** Attribute number of the column that is added next. */
  readonly next: number
  /** The table that a sequence belongs to. */
  readonly belongsTo?: number
}

/** Beyond any OID: no server gives these. */
export const FIRST_SESSION_OID = 2 ** 32

/** Type of a column whose type is not known: one that users may have defined. */
export const UNKNOWN_TYPE = 2 ** 32 - 1

export const TEMPORARY = 'pg_temp'

export function isOfSession(relation: CatalogRelation): relation is SessionRelation {
  return relation.oid >= FIRST_SESSION_OID
}

export function columnsDigest({ columns }: CatalogRelation): string {
  return columns.map(({ number, name }) => `${number}:${name}`).join(',')
}

/** More sources than these are as good as unknown. */
const MOST_SOURCES = 64

/** What a column holds once these values came in besides those that it held. */
export function grown<Column extends StoredValues>(
  column: Column & { readonly classes: readonly string[] },
  more: StoredValues & { readonly classes: readonly string[] },
): Column {
  const sources = new Map<string, StoredSource>()
  for (const source of [...(column.sources ?? []), ...(more.sources ?? [])])
    sources.set([...source.path, source.field, ...source.classes].join('\0'), source)
  const unprovable =
    column.unprovable ??
    more.unprovable ??
    (sources.size > MOST_SOURCES ? 'too many fields were stored into it' : undefined)
  return {
    ...column,
    classes: [...new Set([...column.classes, ...more.classes])],
    ...(sources.size === 0 ? {} : { sources: [...sources.values()].slice(0, MOST_SOURCES) }),
    ...(column.computed === true || more.computed === true ? { computed: true as const } : {}),
    ...(unprovable === undefined ? {} : { unprovable }),
  }
}
