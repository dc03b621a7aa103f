/** The lists of documents in a reply: counted, measured and cut by lengths alone (mongodb.md §6, R21). */
import {
  type DocumentWriter,
  elements,
  findValue,
  int64At,
  isNumber,
  nulAt,
  readBoolean,
  readNumber,
  TYPE,
  type Value,
  valueEnd,
} from '../bson/index.js'
import { hasForm } from './envelope-forms.js'

export interface Batch {
  readonly count: number
  /** Of the values, without the array's own places. */
  readonly bytes: number
}

/** Of an array. Throws `GH_WIRE` for what is none. */
export function measure({ source, start, end }: Value): Batch {
  const last = end - 1
  let count = 0
  let bytes = 0
  let at = start + 4
  while (at < last) {
    const value = nulAt(source, at + 1, last) + 1
    const next = valueEnd(source[at] as number, source, value, last)
    count += 1
    bytes += next - value
    at = next
  }
  return { count, bytes }
}

/** The first `count` of the array under this name. */
export function writeFirst(
  writer: DocumentWriter,
  name: string,
  { source, start, end }: Value,
  count: number,
): void {
  const last = end - 1
  let at = start + 4
  for (let index = 0; index < count && at < last; index++) {
    const value = nulAt(source, at + 1, last) + 1
    at = valueEnd(source[at] as number, source, value, last)
  }
  writer.beginArray(name)
  writer.elements(source, start + 4, at)
  writer.end()
}

/** The value at a path of documents. */
export function valueAt(root: Value, path: readonly string[]): Value | undefined {
  let value: Value | undefined = root
  for (const name of path) {
    if (value?.type !== TYPE.DOCUMENT) return undefined
    value = findValue(value, name)
  }
  return value
}

/** A field of a reply's `cursor` that may pass beside its documents. */
const CURSOR_FIELDS: readonly string[] = [
  ...['id', 'ns', 'firstBatch', 'nextBatch', 'partialResultsReturned', 'postBatchResumeToken'],
  ...['atClusterTime', 'invalidated', 'wasStatementExecuted'],
]
/** A bit for each, so that those that were seen are one number. */
const CURSOR_BITS: ReadonlyMap<string, number> = new Map(CURSOR_FIELDS.map((name, at) => [name, 1 << at]))

export interface CursorReply {
  readonly value: Value
  /** 0: there is no more. */
  readonly id: bigint
  /** Where the eight bytes of the id stand; −1: it has none. */
  readonly idAt: number
  /** `database.collection`, a string. */
  readonly namespace: Value | undefined
  readonly batch: { readonly name: string; readonly value: Value } | undefined
  readonly batchName: string
  /** A field that is not passed on stands in it. */
  readonly strange: boolean
}

/** `batchName`: under which its documents must stand. Of names that stand twice the first counts. */
export function readCursor(value: Value, batchName: 'firstBatch' | 'nextBatch'): CursorReply {
  let id = 0n
  let idAt = -1
  let namespace: Value | undefined
  let batch: CursorReply['batch']
  let strange = false
  let seen = 0
  for (const { name, value: inner } of elements(value)) {
    const bit = CURSOR_BITS.get(name) ?? 0
    if ((seen & bit) !== 0 || !passesCursor(name, inner, batchName)) {
      strange = true
      continue
    }
    seen |= bit
    if (name === 'id') {
      idAt = inner.start
      id = int64At(inner.source, idAt)
    } else if (name === 'ns') namespace = inner
    else if (name === batchName) batch = { name, value: inner }
  }
  return { value, id, idAt, namespace, batch, batchName, strange }
}

function passesCursor(name: string, value: Value, batchName: string): boolean {
  if (name === batchName) return value.type === TYPE.ARRAY
  if (name === 'firstBatch' || name === 'nextBatch' || !CURSOR_BITS.has(name)) return false
  if (name === 'id') return value.type === TYPE.INT64
  if (name === 'ns') return value.type === TYPE.STRING
  return hasForm(name, value)
}

/** As the server wrote it; empty: it is not said. */
export function namespaceOf({ namespace }: CursorReply): string {
  if (namespace === undefined) return ''
  const { source, start, end } = namespace
  return Buffer.from(source.buffer, source.byteOffset + start + 4, end - start - 5).toString()
}

export interface CursorChange {
  readonly id: bigint
  /** Documents that stay; undefined: all. */
  readonly keep: number | undefined
}

export function writeCursor(
  writer: DocumentWriter,
  name: string,
  cursor: CursorReply,
  change: CursorChange,
): void {
  writer.begin(name)
  const seen = new Set<string>()
  for (const element of elements(cursor.value)) {
    const { value } = element
    if (!passesCursor(element.name, value, cursor.batchName) || seen.has(element.name)) continue
    seen.add(element.name)
    if (element.name === 'id') writer.int64('id', change.id)
    else if (element.name === cursor.batch?.name && change.keep !== undefined)
      writeFirst(writer, element.name, value, change.keep)
    else writer.elements(value.source, element.start, value.end)
  }
  writer.end()
}

/** Whether the command went well; undefined: the reply does not say, and is none of a server's. */
export function isOk(body: Value): boolean | undefined {
  const ok = findValue(body, 'ok')
  // FerretDB's dropIndexes says it so.
  if (ok?.type === TYPE.BOOLEAN) return readBoolean(ok)
  if (ok === undefined || !isNumber(ok) || ok.type === TYPE.DECIMAL128) return undefined
  const value = Number(readNumber(ok))
  return value === 1 ? true : value === 0 ? false : undefined
}
