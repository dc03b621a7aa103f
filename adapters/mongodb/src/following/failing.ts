/** Error replies: codes stay as they are, values in them do not reach viewers with masks (mongodb.md §6, §8). */
import { createByteWriter } from '@gatehouse/adapter-kit'
import {
  createDocumentWriter,
  documentValue,
  elements,
  isNumber,
  readNumber,
  TYPE,
  type Value,
} from '../bson/index.js'
import { type ErrorContext, hasErrors, scrubReply } from '../masking/index.js'
import { hasForm } from './envelope-forms.js'

/** State changes of the upstream's: passed on, a driver would take the gateway for a server that has stepped down (§8). */
const STATE_CHANGES: ReadonlySet<number> = new Set([
  63, 91, 133, 150, 189, 234, 354, 10058, 10107, 11600, 11602, 13388, 13435, 13436,
])
const HOST_UNREACHABLE = 6
/** Whatever else stands in an error reply is the upstream's own business: topologyVersion, hosts, times of its configuration. */
const PASSED: ReadonlySet<string> = new Set([
  ...['ok', 'code', 'codeName', 'errmsg', 'errInfo', 'errorLabels', 'keyPattern', 'keyValue', 'index', 'n'],
  ...[
    'nModified',
    'writeErrors',
    'writeConcernError',
    '$clusterTime',
    'operationTime',
    'recoveryToken',
    'baseBackoffMS',
  ],
])
const KEPT_OF_STATE_CHANGES: ReadonlySet<string> = new Set([
  'ok',
  'errorLabels',
  '$clusterTime',
  'operationTime',
])

export interface Failed {
  readonly code: number
  readonly document: Uint8Array
}

/** `reply`: a document with `ok: 0`. `context`: of a viewer with masks. */
export function failedReply(reply: Value, context: ErrorContext | undefined): Failed {
  const code = codeIn(reply)
  const gone = STATE_CHANGES.has(code)
  const kept = gone ? KEPT_OF_STATE_CHANGES : PASSED
  const out = createByteWriter(reply.end - reply.start + 128)
  const writer = createDocumentWriter(out).begin()
  for (const { name, value, start } of elements(reply))
    if (kept.has(name) && hasForm(name, value)) writer.elements(value.source, start, value.end)
  if (gone)
    writer
      .int32('code', HOST_UNREACHABLE)
      .string('codeName', 'HostUnreachable')
      .string('errmsg', 'the database cannot be reached just now')
  writer.end()
  const whole = documentValue(out.bytes, 0, out.length)
  const { source, start, end } = context === undefined || gone ? whole : scrubbed(whole, context)
  return { code, document: source.subarray(start, end) }
}

/** The reply with the values taken out of the errors that it tells of. */
export function scrubbed(reply: Value, context: ErrorContext): Value {
  if (!hasErrors(reply, context.isBulkWrite)) return reply
  const out = createByteWriter(reply.end - reply.start + 256)
  scrubReply(reply.source, reply.start, reply.end, context, out)
  return documentValue(out.bytes, 0, out.length)
}

const UNKNOWN_ERROR = 8

function codeIn(document: Value): number {
  for (const { name, value } of elements(document))
    if (name === 'code' && isNumber(value) && value.type !== TYPE.DECIMAL128) return Number(readNumber(value))
  return UNKNOWN_ERROR
}
