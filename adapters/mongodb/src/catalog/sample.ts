/** Which field paths stored documents have, by samples of them; array indexes are left out of paths. */
import { TYPE } from '../bson/types.js'
import { elements, type Value } from '../bson/value.js'
import { nameClasses } from './name-classes.js'

export interface SampledField {
  readonly path: readonly string[]
  /** BSON type names as `$type` knows them, in the order in which they were met. */
  readonly types: readonly string[]
  /** For those who look at a catalog from outside; whoever reads by one judges anew. */
  readonly classes?: readonly string[]
}

/** The aliases of the manual's page on BSON types. */
const TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [TYPE.DOUBLE, 'double'],
  [TYPE.STRING, 'string'],
  [TYPE.DOCUMENT, 'object'],
  [TYPE.ARRAY, 'array'],
  [TYPE.BINARY, 'binData'],
  [TYPE.OBJECT_ID, 'objectId'],
  [TYPE.BOOLEAN, 'bool'],
  [TYPE.DATE, 'date'],
  [TYPE.NULL, 'null'],
  [TYPE.REGEX, 'regex'],
  [TYPE.INT32, 'int'],
  [TYPE.TIMESTAMP, 'timestamp'],
  [TYPE.INT64, 'long'],
  [TYPE.DECIMAL128, 'decimal'],
])

/** Deeper ones, and more of them, are judged when they are met. */
const DEEPEST = 12
const MOST_FIELDS = 1000

export function sampleFields(documents: Iterable<Value>): SampledField[] {
  const found = new Map<string, { readonly path: readonly string[]; readonly types: Set<string> }>()
  const note = (path: readonly string[], type: string): boolean => {
    const key = path.join('\0')
    const known = found.get(key)
    if (known !== undefined) known.types.add(type)
    else if (found.size < MOST_FIELDS) found.set(key, { path, types: new Set([type]) })
    else return false
    return true
  }
  const look = (document: Value, above: readonly string[], isArray: boolean): void => {
    for (const { name, value } of elements(document)) {
      // A key that is data is no field: it is judged where it is met.
      if (!isArray && nameClasses(name).length > 0) continue
      const path = isArray ? above : [...above, name]
      if (!note(path, TYPE_NAMES.get(value.type) ?? 'other')) continue
      const holds = value.type === TYPE.DOCUMENT || value.type === TYPE.ARRAY
      if (holds && path.length < DEEPEST) look(value, path, value.type === TYPE.ARRAY)
    }
  }
  for (const document of documents) look(document, [], false)
  return [...found.values()].map(({ path, types }) => ({ path, types: [...types] }))
}

/** What samples of two times tell together. */
export function joinSamples(before: readonly SampledField[], now: readonly SampledField[]): SampledField[] {
  const joined = new Map(before.map((field) => [field.path.join('\0'), field]))
  for (const { path, types } of now) {
    const key = path.join('\0')
    const known = joined.get(key)
    if (known === undefined && joined.size >= MOST_FIELDS) continue
    joined.set(key, { path, types: [...new Set([...(known?.types ?? []), ...types])] })
  }
  return [...joined.values()]
}
