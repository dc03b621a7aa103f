/** Operators that turn documents into lists and lists into documents. */
import type { Value } from '../../bson/index.js'
import { isArray, isDocument, items, membersOf } from '../values.js'
import { CONSTANT, documentOf, either, everything, type Lineage, unprovable } from './lineage.js'
import { constantName, merged, type Readers } from './operator-arguments.js'
import type { Scope } from './scope.js'

/** Names become values: under `v` anything of the document stands. */
export function readObjectToArray(value: Value, scope: Scope, { read }: Readers): Lineage {
  const input = read(unlisted(value), scope)
  const literal = input.places.length === 0 && input.taint.length === 0 && input.unprovable === undefined
  const values = literal
    ? either([...input.children.values()])
    : unprovable('$objectToArray turns names into values', [input])
  const keys = literal ? CONSTANT : unprovable('$objectToArray turns names into values', [input])
  return documentOf(
    new Map([
      ['k', keys],
      ['v', values],
    ]),
  )
}

export function readArrayToObject(value: Value, scope: Scope, { read }: Readers): Lineage {
  const pairs = constantPairs(unlisted(value))
  if (pairs !== undefined) {
    return documentOf(merged(pairs.map(([name, each]) => [name, read(each, scope)] as const)))
  }
  const input = read(value, scope)
  if (everything(input).length === 0 && input.unprovable === undefined) return CONSTANT
  return unprovable('$arrayToObject takes names from values', [input])
}

/** `[[…]]` is a list of one argument. */
function unlisted(value: Value): Value {
  if (!isArray(value)) return value
  const [first, second] = [...items(value)]
  return first !== undefined && second === undefined ? first : value
}

/** `[[name, value] …]` and `[{k: name, v: value} …]` with names that are constants. */
function constantPairs(value: Value): readonly (readonly [string, Value])[] | undefined {
  if (!isArray(value)) return undefined
  const pairs: (readonly [string, Value])[] = []
  for (const item of items(value)) {
    const members = isDocument(item) ? membersOf(item, '$arrayToObject') : undefined
    const both = isArray(item) ? [...items(item)] : []
    const [key, each] = members ? [members.get('k'), members.get('v')] : both
    const name = key === undefined ? undefined : constantName(key)
    if (name === undefined || each === undefined || both.length > 2 || (members?.size ?? 2) !== 2)
      return undefined
    pairs.push([name, each])
  }
  return pairs
}
