/** Which field paths stored documents have, by samples of them; array indexes are left out of paths. */
import { TYPE } from '../bson/types.js'
import { elements, type Value } from '../bson/value.js'
import { nameClasses } from './name-classes.js'

export interface SampledField {
  readonly path: readonly string[]
  /** BSON type names as `$type` knows them, in the order in which they were met. */
  readonly types: readonly string[]
  /** What its own keys are data of; left out: none that was met. */
  readonly keys?: readonly string[]
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
  const found = new Map<string, Met>()
  const note = (path: readonly string[], type: string): boolean => {
    const key = path.join('\0')
    const known = found.get(key)
    if (known !== undefined) known.types.add(type)
    else if (found.size < MOST_FIELDS) found.set(key, { path, types: new Set([type]), keys: new Set() })
    else return false
    return true
  }
  const look = (document: Value, above: readonly string[], isArray: boolean): void => {
    for (const { name, value } of elements(document)) {
      const data = isArray ? [] : nameClasses(name)
      // A key that is data is no field, and judged where it is met; whoever compares its document compares it, too.
      for (const each of data) found.get(above.join('\0'))?.keys.add(each)
      if (data.length > 0) continue
      const path = isArray ? above : [...above, name]
      if (!note(path, TYPE_NAMES.get(value.type) ?? 'other')) continue
      const holds = value.type === TYPE.DOCUMENT || value.type === TYPE.ARRAY
      if (holds && path.length < DEEPEST) look(value, path, value.type === TYPE.ARRAY)
    }
  }
  for (const document of documents) look(document, [], false)
  return [...found.values()].map(({ path, types, keys }) => fieldOf(path, [...types], [...keys]))
}

interface Met {
  readonly path: readonly string[]
  readonly types: Set<string>
  readonly keys: Set<string>
}

function fieldOf(path: readonly string[], types: readonly string[], keys: readonly string[]): SampledField {
  return keys.length === 0 ? { path, types } : { path, types, keys: [...keys].sort() }
}

/** What samples of two times tell together. */
export function joinSamples(before: readonly SampledField[], now: readonly SampledField[]): SampledField[] {
  const joined = new Map(before.map((field) => [field.path.join('\0'), field]))
  for (const { path, types, keys = [] } of now) {
    const key = path.join('\0')
    const known = joined.get(key)
    if (known === undefined && joined.size >= MOST_FIELDS) continue
    const bothTypes = [...new Set([...(known?.types ?? []), ...types])]
    joined.set(key, fieldOf(path, bothTypes, [...new Set([...(known?.keys ?? []), ...keys])]))
  }
  return [...joined.values()]
}
