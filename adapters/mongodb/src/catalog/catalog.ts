/** What is known of an upstream's databases and collections, as reading statements needs it. */
import type { Value } from '../bson/index.js'

/** One field path that samples, validators or documents of classes tell of; array indexes are left out of paths. */
export interface KnownField {
  /** From the outermost name to the innermost. */
  readonly path: readonly string[]
  /** BSON type names that were met there (`string`, `object` …); empty: not known. */
  readonly types: readonly string[]
  /** Of the path and of everything that it stands under. */
  readonly classes: readonly string[]
}

export interface Collection {
  readonly database: string
  readonly name: string
  readonly kind: 'collection' | 'view' | 'timeseries'
  /** Of a view: the collection or view of the same database that it reads. */
  readonly viewOn?: string
  /** Of a view: its stages, a BSON array. */
  readonly pipeline?: Value
  /** By name as policy writes it: `address`, `address:city`, `address:geo.lat`. */
  readonly fields: ReadonlyMap<string, KnownField>
  /** Paths of each index by its name, dotted as MongoDB writes them. */
  readonly indexes: ReadonlyMap<string, readonly string[]>
  readonly system: boolean
}

export interface Catalog {
  /** Undefined: not known, or not there; its documents are read as open then. */
  collection(database: string, name: string): Collection | undefined
  collections(database: string): readonly Collection[]
  databases(): readonly string[]
  /**
   * Classes of a path and of everything that it stands under, by the Classes document, then by names; for paths and
   * collections that are not known too. `collection`: database and name.
   */
  classesOf(collection: readonly [string, string], path: readonly string[]): readonly string[]
}

/** Stands for whatever keys a map has, where those are data. */
export const ANY_KEY = '*'

/** A path as core's fields name it: the top-level field, and what is inside it after a colon. */
export function fieldName(path: readonly string[]): string {
  const [top = '', ...inside] = path
  return inside.length === 0 ? top : `${top}:${inside.join('.')}`
}
