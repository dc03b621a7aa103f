/** Replies that tell of errors, for viewers with masks: their form stays, values go (mongodb.md §6, "Errors with values"; R20). */
import type { ByteWriter } from '@gatehouse/adapter-kit'
import {
  createDocumentWriter,
  type DocumentWriter,
  documentValue,
  type Element,
  elements,
  isNumber,
  readNumber,
  readString,
  TYPE,
  type Value,
} from '../bson/index.js'
import { type ScrubContext, scrubText } from './scrub.js'

/** Of an error. `keyValue`, `errInfo` and whatever else there is show values, or may. */
const KEPT: ReadonlySet<string> = new Set([
  ...['ok', 'code', 'codeName', 'errorLabels', 'keyPattern', 'index', 'idx', 'n', 'nModified'],
  ...['$clusterTime', 'operationTime', 'recoveryToken'],
])
/** Only what tells of an error has one of them. */
const TELLING: ReadonlySet<string> = new Set(['errmsg', '$err', 'errInfo', 'keyValue'])
const CODE_NAME = /^\w{1,64}$/
/** The code that stands for an error without one. */
const UNKNOWN_ERROR = 8

export interface ErrorContext extends ScrubContext {
  /** The reply is bulkWrite's: its cursor holds what became of each operation, and no stored documents. */
  readonly isBulkWrite: boolean
}

/**
 * Appends the reply `source[start … end)` with the errors in it scrubbed: its own, those of `writeErrors`, `writeConcernError`
 * and of bulkWrite's cursor. What else it holds stays as it is: masks of documents are for others. Throws `GH_WIRE`
 * when it is no BSON; `out` is then as it was.
 */
export function scrubReply(
  source: Uint8Array,
  start: number,
  end: number,
  context: ErrorContext,
  out: ByteWriter,
): void {
  const begun = out.length
  try {
    const reply = documentValue(source, start, end)
    const writer = createDocumentWriter(out).begin()
    const failed = tellsError(reply)
    for (const element of elements(reply)) writeTop(writer, element, context, failed, codeOf(reply))
    writer.end()
  } catch (fault) {
    out.length = begun
    throw fault
  }
}

/** Whether there is anything for `scrubReply` to do. */
export function hasErrors(reply: Value, isBulkWrite: boolean): boolean {
  for (const { name } of elements(reply))
    if (TELLING.has(name) || name.startsWith('writeError') || name.startsWith('writeConcernError'))
      return true
    else if (isBulkWrite && name === 'cursor') return true
  return false
}

function writeTop(
  writer: DocumentWriter,
  { name, value }: Element,
  context: ErrorContext,
  failed: boolean,
  code: number,
): void {
  if (name === 'writeErrors' && value.type === TYPE.ARRAY) writeErrors(writer, name, value, context)
  else if (name === 'writeConcernError' && value.type === TYPE.DOCUMENT)
    writeError(writer, name, value, context)
  else if (name === 'cursor' && value.type === TYPE.DOCUMENT && context.isBulkWrite)
    writeCursor(writer, value, context)
  else if (failed) writePart(writer, { name, value }, context, code)
  else writer.raw(name, value)
}

/** What is no error here is bulkWrite's word of what was done. */
function writeErrors(writer: DocumentWriter, name: string, errors: Value, context: ErrorContext): void {
  writer.beginArray(name)
  for (const { name: place, value } of elements(errors)) {
    const isDocument = value.type === TYPE.DOCUMENT
    if (isDocument && (name === 'writeErrors' || tellsError(value))) writeError(writer, place, value, context)
    else if (name !== 'writeErrors') writer.raw(place, value)
  }
  writer.end()
}

function writeError(writer: DocumentWriter, name: string, error: Value, context: ErrorContext): void {
  const code = codeOf(error)
  writer.begin(name)
  for (const element of elements(error)) writePart(writer, element, context, code)
  writer.end()
}

function writePart(
  writer: DocumentWriter,
  { name, value }: Pick<Element, 'name' | 'value'>,
  context: ErrorContext,
  code: number,
): void {
  if (name === 'errmsg' || name === '$err') writer.string(name, scrubText(code, textOf(value), context))
  else if (name === 'codeName') {
    const codeName = textOf(value)
    if (CODE_NAME.test(codeName)) writer.string(name, codeName)
  } else if (KEPT.has(name)) writer.raw(name, value)
}

function writeCursor(writer: DocumentWriter, cursor: Value, context: ErrorContext): void {
  writer.begin('cursor')
  for (const { name, value } of elements(cursor)) {
    const isBatch = (name === 'firstBatch' || name === 'nextBatch') && value.type === TYPE.ARRAY
    if (isBatch) writeErrors(writer, name, value, context)
    else writer.raw(name, value)
  }
  writer.end()
}

function tellsError(document: Value): boolean {
  for (const { name } of elements(document)) if (TELLING.has(name)) return true
  return false
}

function codeOf(error: Value): number {
  for (const { name, value } of elements(error))
    if (name === 'code' && isNumber(value) && value.type !== TYPE.DECIMAL128) return Number(readNumber(value))
  return UNKNOWN_ERROR
}

/** Text that is no text is none. */
function textOf(value: Value): string {
  if (value.type !== TYPE.STRING) return ''
  try {
    return readString(value)
  } catch {
    return ''
  }
}
