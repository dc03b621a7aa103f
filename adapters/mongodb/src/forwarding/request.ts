/** The bytes of a command that go upstream: those that were read, with the session's id, the cursor's and the comment put in (decision 6). */
import { createByteWriter } from '@gatehouse/adapter-kit'
import {
  createDocumentWriter,
  type DocumentWriter,
  documentValue,
  elements,
  SUBTYPE,
  TYPE,
  type Value,
} from '../bson/index.js'
import { FLAG, writeOpMsg } from '../messages/index.js'
import type { Arrived } from '../session/arriving.js'
import type { Guard } from '../session/guarding.js'
import { sessionDocument, sessionIdIn } from '../session/lsid.js'

export interface Rewriting {
  readonly requestId: number
  /** Upstream's session id for one of the client's. */
  readonly sessionId: (id: Uint8Array) => Uint8Array
  /** What stands in `comment`; undefined: the client's own goes as it came. */
  readonly stamp: Stamp | undefined
  /** The value of the command's own name is a list of sessions. */
  readonly sessions?: boolean
  /** The gateway's own transaction, which this command begins. */
  readonly guard?: Guard
  /** A getMore's cursor upstream. */
  readonly cursor?: bigint
  /** A killCursors' upstream. */
  readonly cursors?: readonly bigint[]
}

export interface Stamp {
  /** The statement's, as its records have it. */
  readonly id: string
  /** Who asks. */
  readonly identity: string
}

/** One command is written at a time, and copied out of here. */
const scratch = createByteWriter()
const LARGEST_KEPT = 1024 * 1024

/** Invariant: nothing of the command but these goes upstream changed, and no flag but moreToCome. */
export function writeRequest({ command, flags }: Arrived, rewriting: Rewriting): Uint8Array {
  const { body, sequences } = command
  const out = scratch
  out.length = 0
  const writer = createDocumentWriter(out).begin()
  let first = true
  let comment: Value | undefined
  for (const { name, value, start } of elements(body)) {
    if (rewriting.guard !== undefined && REPLACED.has(name)) continue
    if (name === 'comment' && !first && rewriting.stamp !== undefined) comment = value
    else if (name === 'lsid' && !first) writer.raw(name, mapped(value, rewriting))
    else if (first && rewriting.sessions === true) writeSessions(writer, name, value, rewriting)
    else if (first && rewriting.cursor !== undefined) writer.int64(name, rewriting.cursor)
    else if (name === 'cursors' && rewriting.cursors !== undefined) writeIds(writer, name, rewriting.cursors)
    else writer.elements(value.source, start, value.end)
    first = false
  }
  if (rewriting.guard !== undefined) writeGuard(writer, rewriting.guard)
  if (rewriting.stamp !== undefined) writeComment(writer, rewriting.stamp, comment)
  writer.end()
  const message = writeOpMsg({
    requestId: rewriting.requestId,
    responseTo: 0,
    flags: flags & FLAG.MORE_TO_COME,
    body: documentValue(out.bytes, 0, out.length),
    sequences,
  })
  if (out.bytes.length > LARGEST_KEPT) out.bytes = createByteWriter().bytes
  return message
}

/** Of the client's session, and what a transaction has at its end alone. */
const REPLACED: ReadonlySet<string> = new Set(['lsid', 'readConcern', 'writeConcern'])

function writeGuard(writer: DocumentWriter, { session, number }: Guard): void {
  writer.begin('lsid').binary('id', SUBTYPE.UUID, session).end()
  writer.int64('txnNumber', number).boolean('startTransaction', true).boolean('autocommit', false)
}

function writeComment(writer: DocumentWriter, { id, identity }: Stamp, comment: Value | undefined): void {
  writer.begin('comment').begin('gatehouse').string('id', id).string('identity', identity).end()
  if (comment !== undefined) writer.raw('client', comment)
  writer.end()
}

/** A list of `{id: UUID}`; what is none of these was refused when it was read. */
function writeSessions(writer: DocumentWriter, name: string, list: Value, rewriting: Rewriting): void {
  if (list.type !== TYPE.ARRAY) {
    writer.raw(name, list)
    return
  }
  writer.beginArray(name)
  for (const element of elements(list)) writer.raw(element.name, mapped(element.value, rewriting))
  writer.end()
}

function mapped(lsid: Value, { sessionId }: Rewriting): Value {
  const id = sessionIdIn(lsid)
  return id === undefined ? lsid : sessionDocument(lsid, sessionId(id))
}

function writeIds(writer: DocumentWriter, name: string, ids: readonly bigint[]): void {
  writer.beginArray(name)
  for (const [index, id] of ids.entries()) writer.int64(String(index), id)
  writer.end()
}
