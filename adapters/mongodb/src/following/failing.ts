/** Error replies: codes stay as they are, values in them do not reach viewers with masks (mongodb.md §6, §8). */
import { createByteWriter } from '@gatehouse/adapter-kit'
import {
  createDocumentWriter,
  type DocumentWriter,
  elements,
  isNumber,
  readNumber,
  TYPE,
  type Value,
} from '../bson/index.js'

/** State changes of the upstream's: passed on, a driver would take the gateway for a server that has stepped down (§8). */
const STATE_CHANGES: ReadonlySet<number> = new Set([
  91, 189, 10058, 10107, 11600, 11602, 13435, 13436, 234, 133, 13388, 63, 150, 354,
])
const HOST_UNREACHABLE = 6
/** Fields of an error that carry no value of the data. */
const SAFE: ReadonlySet<string> = new Set([
  'ok',
  'code',
  'codeName',
  'errorLabels',
  'keyPattern',
  'index',
  'n',
])
const TIMES: ReadonlySet<string> = new Set(['$clusterTime', 'operationTime', 'recoveryToken'])
const OPEN: ReadonlySet<string> = new Set([
  ...SAFE,
  'errmsg',
  'errInfo',
  'keyValue',
  'writeErrors',
  'writeConcernError',
])

export interface Failed {
  readonly code: number
  readonly document: Uint8Array
}

/** `reply`: a document with `ok: 0`. */
export function failedReply(reply: Value, masked: boolean): Failed {
  const code = codeIn(reply) ?? 8
  const out = createByteWriter(reply.end - reply.start + 256)
  const writer = createDocumentWriter(out).begin()
  const gone = STATE_CHANGES.has(code)
  for (const { name, value, start } of elements(reply)) {
    if (name === 'code' && gone) writer.int32(name, HOST_UNREACHABLE)
    else if (name === 'codeName' && gone) writer.string(name, 'HostUnreachable')
    else if (name === 'errmsg' && (gone || masked))
      writer.string(name, gone ? 'the database cannot be reached just now' : textOf(code))
    else if (TIMES.has(name) || SAFE.has(name) || (!masked && !gone && OPEN.has(name)))
      writer.elements(value.source, start, value.end)
  }
  writer.end()
  return { code, document: out.bytes.subarray(0, out.length) }
}

/** One of `writeErrors`, or a `writeConcernError`: an array or a document, written under this name. */
export function writeErrorsOf(writer: DocumentWriter, name: string, errors: Value): void {
  if (errors.type === TYPE.ARRAY) {
    writer.beginArray(name)
    for (const element of elements(errors)) writeErrorsOf(writer, element.name, element.value)
    writer.end()
    return
  }
  if (errors.type !== TYPE.DOCUMENT) return
  const code = codeIn(errors) ?? 8
  writer.begin(name)
  for (const element of elements(errors)) {
    const { value } = element
    if (element.name === 'errmsg') writer.string('errmsg', textOf(code))
    else if (SAFE.has(element.name)) writer.elements(value.source, element.start, value.end)
  }
  writer.end()
}

export function codeIn(document: Value): number | undefined {
  for (const { name, value } of elements(document))
    if (name === 'code' && isNumber(value) && value.type !== TYPE.DECIMAL128) return Number(readNumber(value))
  return undefined
}

/** Applications look for the first words of a duplicate key. */
const TEMPLATES: ReadonlyMap<number, string> = new Map([
  [11000, 'E11000 duplicate key error'],
  [121, 'Document failed validation'],
  [241, 'Failed to convert a value'],
])

function textOf(code: number): string {
  const said = TEMPLATES.get(code) ?? `the command failed with code ${code}`
  return `${said} (its text is withheld: it could quote masked values)`
}
