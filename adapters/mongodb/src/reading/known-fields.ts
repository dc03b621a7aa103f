/** A collection's known fields by where they stand, made once for each state of the catalog. */
import { type Collection, fieldName, type KnownField } from '../catalog/catalog.js'

interface Known {
  /** By the dotted path that they stand under; '' for all. */
  readonly under: ReadonlyMap<string, readonly KnownField[]>
  /** Names right beneath a path. */
  readonly names: ReadonlyMap<string, readonly string[]>
}

const known = new WeakMap<Collection, Known>()
const NONE: readonly never[] = []

/** Everything beneath a path, without the path itself; an empty path: every field. */
export function fieldsUnder(
  collection: Collection | undefined,
  path: readonly string[],
): readonly KnownField[] {
  if (collection === undefined) return NONE
  return knownOf(collection).under.get(path.join('\0')) ?? NONE
}

/** The names right beneath a path, each once. */
export function namesUnder(collection: Collection | undefined, path: readonly string[]): readonly string[] {
  if (collection === undefined) return NONE
  return knownOf(collection).names.get(path.join('\0')) ?? NONE
}

/** What stands at a path can be a document, in which there may be fields that no sample had. */
export function mayBeDocument(collection: Collection | undefined, path: readonly string[]): boolean {
  const types = collection?.fields.get(fieldName(path))?.types
  return types === undefined || types.includes('object')
}

function knownOf(collection: Collection): Known {
  const made = known.get(collection)
  if (made !== undefined) return made
  const under = new Map<string, KnownField[]>()
  const names = new Map<string, string[]>()
  for (const field of collection.fields.values()) {
    for (let length = 0; length < field.path.length; length++) {
      const key = field.path.slice(0, length).join('\0')
      put(under, key, field)
      const name = field.path[length] ?? ''
      if (names.get(key)?.includes(name) !== true) put(names, key, name)
    }
  }
  const all = { under, names }
  known.set(collection, all)
  return all
}

function put<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [item])
  else list.push(item)
}
