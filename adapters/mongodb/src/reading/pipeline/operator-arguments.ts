/** Named arguments of operators, and names that must be constants. */
import type { Value } from '../../bson/index.js'
import { badValue } from '../unread.js'
import { isDocument, isString, membersOf, onlyElement, wantDocument, wantString } from '../values.js'
import { either, type Lineage } from './lineage.js'
import type { Scope } from './scope.js'

/** Handed in, because expressions hold expressions. */
export interface Readers {
  readonly read: (value: Value, scope: Scope) => Lineage
  readonly runCode: (name: string, parts: ReadonlyMap<string, Value>, scope: Scope) => Lineage
}

export type OwnReading = (value: Value, scope: Scope, readers: Readers) => Lineage

export function named(value: Value, name: string, allowed: readonly string[]): ReadonlyMap<string, Value> {
  const members = membersOf(wantDocument(value, name), name)
  for (const part of members.keys())
    if (!allowed.includes(part)) throw badValue(`unrecognized parameter to ${name}: ${part}`)
  return members
}

export function part(members: ReadonlyMap<string, Value>, name: string, of: string): Value {
  const found = members.get(name)
  if (found === undefined) throw badValue(`missing '${name}' parameter to ${of}`)
  return found
}

/** A name that stands twice is one of both. */
export function merged(variables: readonly (readonly [string, Lineage])[]): Map<string, Lineage> {
  const all = new Map<string, Lineage>()
  for (const [name, value] of variables) {
    const known = all.get(name)
    all.set(name, known === undefined ? value : either([known, value]))
  }
  return all
}

export function constantName(value: Value): string | undefined {
  if (isString(value)) {
    const text = wantString(value, 'field')
    return text.startsWith('$') ? undefined : text
  }
  const only = isDocument(value) ? onlyElement(value) : undefined
  if (only === undefined || (only.name !== '$literal' && only.name !== '$const')) return undefined
  return isString(only.value) ? wantString(only.value, 'field') : undefined
}
