/** Values of a command as reading needs them: which kind, and what a server accepts in their place. */
import {
  type Element,
  elements,
  isNumber,
  readBoolean,
  readName,
  readNumber,
  TYPE,
  type Value,
} from '../bson/index.js'
import { FAILED_TO_PARSE, Unread, wrongType } from './unread.js'

/** A document without elements. */
export const EMPTY: Value = {
  type: TYPE.DOCUMENT,
  source: Uint8Array.of(5, 0, 0, 0, 0),
  start: 0,
  end: 5,
}

export function isDocument({ type }: Value): boolean {
  return type === TYPE.DOCUMENT
}

export function isArray({ type }: Value): boolean {
  return type === TYPE.ARRAY
}

export function isString({ type }: Value): boolean {
  return type === TYPE.STRING
}

/** One value and not a pattern over many. */
export function isScalar({ type }: Value): boolean {
  return (
    type !== TYPE.DOCUMENT &&
    type !== TYPE.ARRAY &&
    type !== TYPE.REGEX &&
    type !== TYPE.CODE_WITH_SCOPE &&
    type !== TYPE.MIN_KEY &&
    type !== TYPE.MAX_KEY
  )
}

export function isNull({ type }: Value): boolean {
  return type === TYPE.NULL || type === TYPE.UNDEFINED
}

export function isExtreme({ type }: Value): boolean {
  return type === TYPE.MIN_KEY || type === TYPE.MAX_KEY
}

/** As the server takes numbers and booleans for flags; undefined for another type. */
export function truth(value: Value): boolean | undefined {
  if (value.type === TYPE.BOOLEAN) return readBoolean(value)
  if (value.type === TYPE.DECIMAL128) return !isZeroDecimal(value)
  return isNumber(value) ? Number(readNumber(value)) !== 0 : undefined
}

/** A coefficient of zero, and neither infinite nor no number. */
function isZeroDecimal({ source, start, end }: Value): boolean {
  if (((source[end - 1] ?? 0) & 0x78) === 0x78) return false
  for (let at = start; at < start + 14; at++) if (source[at] !== 0) return false
  return ((source[start + 14] ?? 0) & 1) === 0
}

/** Of int32, int64 and double; undefined for another type. */
export function numberOf(value: Value | undefined): number | undefined {
  if (value === undefined || value.type === TYPE.DECIMAL128 || !isNumber(value)) return undefined
  return Number(readNumber(value))
}

/** Of a limit: 0 sets none. */
export function amountOf(value: Value): 'none' | 'one' | 'many' {
  const count = numberOf(value)
  return count === 0 ? 'none' : Math.abs(count ?? 0) === 1 ? 'one' : 'many'
}

export function wantDocument(value: Value, name: string): Value {
  if (!isDocument(value)) throw wrongType(name, "type 'object'")
  return value
}

export function wantArray(value: Value, name: string): Value {
  if (!isArray(value)) throw wrongType(name, "type 'array'")
  return value
}

export function wantString(value: Value, name: string): string {
  if (!isString(value)) throw wrongType(name, "type 'string'")
  return readName(value)
}

export function wantBoolean(value: Value, name: string): boolean {
  const said = truth(value)
  if (said === undefined) throw wrongType(name, "types '[bool, long, int, decimal, double]'")
  return said
}

/** The elements by name; one that stands twice would be read otherwise by another reader. */
export function membersOf(document: Value, where: string): ReadonlyMap<string, Value> {
  const members = new Map<string, Value>()
  for (const { name, value } of elements(document)) {
    if (members.has(name))
      throw new Unread(`BSON field '${where}.${name}' is a duplicate field`, FAILED_TO_PARSE)
    members.set(name, value)
  }
  return members
}

export function* items(array: Value): Generator<Value, void, undefined> {
  for (const { value } of elements(array)) yield value
}

/** The one element of a document that has one. */
export function onlyElement(document: Value): Element | undefined {
  let found: Element | undefined
  for (const element of elements(document)) {
    if (found !== undefined) return undefined
    found = element
  }
  return found
}

export function firstName(document: Value): string | undefined {
  for (const { name } of elements(document)) return name
  return undefined
}

/** A dotted path's names. */
export function pathOf(name: string, what = 'FieldPath'): readonly string[] {
  const path = name.split('.')
  if (path.some((part) => part === ''))
    throw new Unread(`${what} '${name}' has an empty part`, FAILED_TO_PARSE)
  return path
}
