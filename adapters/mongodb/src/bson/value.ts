/** Values of a document as places in its bytes; nothing is decoded that nobody asks for. */
import { bsonFault, int32At, nulAt, strictTextAt, textAt } from './bytes.js'
import { documentEnd, valueEnd } from './extent.js'
import { TYPE } from './types.js'

/** `source[start … end)` are the bytes of the value alone; a document's begin with its length and end with its NUL. */
export interface Value {
  readonly type: number
  readonly source: Uint8Array
  readonly start: number
  readonly end: number
}

/** One of several that stand behind one another. */
export interface ListedDocument extends Value {
  /** Of the form of the one before it (`Form`). */
  readonly again?: boolean
}

export interface Element {
  /** Other bytes are another name, ill-formed UTF-8 too (`textAt`). */
  readonly name: string
  readonly value: Value
  /** Of the type byte. */
  readonly start: number
}

/** Throws `GH_WIRE` unless the bytes begin and end as a document; `validateDocument` looks inside. */
export function documentValue(source: Uint8Array, start = 0, end: number = source.length): Value {
  if (start < 0 || end > source.length || documentEnd(source, start, end) !== end)
    throw bsonFault('bytes after the end of a document')
  return { type: TYPE.DOCUMENT, source, start, end }
}

/** Of a document or an array, in order and with duplicates. Throws `GH_WIRE` for another type, and for what is no BSON. */
export function elements(document: Value): IterableIterator<Element> {
  if (!isNested(document)) throw bsonFault('a value that has no elements')
  return new Elements(document)
}

/** No generator: every command and every reply is walked a few times, and resuming one costs more than reading an element. */
class Elements implements IterableIterator<Element> {
  private readonly source: Uint8Array
  private readonly last: number
  private at: number

  constructor({ source, start, end }: Value) {
    this.source = source
    this.last = end - 1
    this.at = start + 4
  }

  [Symbol.iterator](): this {
    return this
  }

  next(): IteratorResult<Element, undefined> {
    const { source, last, at: start } = this
    if (start >= last) return DONE
    const type = source[start] as number
    const nul = nulAt(source, start + 1, last)
    const end = valueEnd(type, source, nul + 1, last)
    this.at = end
    const value = { type, source, start: nul + 1, end }
    return { done: false, value: { name: textAt(source, start + 1, nul), value, start } }
  }
}

const DONE = { done: true, value: undefined } as const

/** The first element of this name. */
export function findValue(document: Value, name: string): Value | undefined {
  if (!isNested(document)) throw bsonFault('a value that has no elements')
  const { source } = document
  const last = document.end - 1
  let at = document.start + 4
  while (at < last) {
    const type = source[at] as number
    const nul = nulAt(source, at + 1, last)
    const end = valueEnd(type, source, nul + 1, last)
    if (isNamed(source, at + 1, nul, name)) return { type, source, start: nul + 1, end }
    at = end
  }
  return undefined
}

/** Whether these bytes are shown as this name; most others are told apart by their first letter. */
function isNamed(source: Uint8Array, start: number, end: number, name: string): boolean {
  const first = source[start] as number
  if (first < 0x80 && first !== name.charCodeAt(0)) return start === end && name === ''
  if (end - start < name.length) return false
  return textAt(source, start, end) === name
}

export function isNested(value: Value): boolean {
  return value.type === TYPE.DOCUMENT || value.type === TYPE.ARRAY
}

/** Of int32, int64, double and Decimal128. */
export function isNumber({ type }: Value): boolean {
  return type === TYPE.INT32 || type === TYPE.DOUBLE || type === TYPE.INT64 || type === TYPE.DECIMAL128
}

/** Throws `GH_WIRE` for another type, and for ill-formed UTF-8: what two readers could take for two texts is none. */
export function readString(value: Value): string {
  demand(value, TYPE.STRING, 'a string')
  const text = strictTextAt(value.source, value.start + 4, value.end - 1)
  if (text === undefined) throw bsonFault('a string in ill-formed UTF-8')
  return text
}

/** Of a namespace or a path: the server ends such a string at its first NUL, others do not. Throws `GH_WIRE`. */
export function readName(value: Value): string {
  const name = readString(value)
  if (name.includes('\0')) throw bsonFault('a NUL inside a name')
  return name
}

export function readBoolean(value: Value): boolean {
  demand(value, TYPE.BOOLEAN, 'a boolean')
  return value.source[value.start] === 1
}

export function readInt32(value: Value): number {
  demand(value, TYPE.INT32, 'an int32')
  return int32At(value.source, value.start)
}

export function readInt64(value: Value): bigint {
  demand(value, TYPE.INT64, 'an int64')
  return view(value).getBigInt64(0, true)
}

/** Milliseconds since 1970, UTC. */
export function readDate(value: Value): bigint {
  demand(value, TYPE.DATE, 'a date')
  return view(value).getBigInt64(0, true)
}

export function readDouble(value: Value): number {
  demand(value, TYPE.DOUBLE, 'a double')
  return view(value).getFloat64(0, true)
}

/** An int64 beyond 2^53 as a bigint. Throws `GH_WIRE` for what is neither int32, int64 nor double. */
export function readNumber(value: Value): number | bigint {
  if (value.type === TYPE.INT32) return readInt32(value)
  if (value.type === TYPE.DOUBLE) return readDouble(value)
  const wide = readInt64(value)
  const narrow = Number(wide)
  return Number.isSafeInteger(narrow) ? narrow : wide
}

export interface Binary {
  readonly subtype: number
  /** A view; of the old subtype 2 without its second length. */
  readonly bytes: Uint8Array
}

export function readBinary(value: Value): Binary {
  demand(value, TYPE.BINARY, 'binary data')
  const subtype = value.source[value.start + 4] as number
  return { subtype, bytes: value.source.subarray(value.start + (subtype === 2 ? 9 : 5), value.end) }
}

/** The bytes of the value, a view. */
export function bytesOf(value: Value): Uint8Array {
  return value.source.subarray(value.start, value.end)
}

function view({ source, start, end }: Value): DataView {
  return new DataView(source.buffer, source.byteOffset + start, end - start)
}

function demand(value: Value, type: number, what: string): void {
  if (value.type !== type) throw bsonFault(`a value of type ${value.type} where ${what} must stand`)
}
