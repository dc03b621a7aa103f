/** The bytes of a command that go upstream: those that were read, with the session's id, the cursor's and the comment put in (decision 6). */
import { append, type ByteWriter, createByteWriter } from '@gatehouse/adapter-kit'
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
import { putSessionId, sessionIdIn } from '../session/lsid.js'

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
  // What stands between two elements that change is copied as one.
  let kept = body.start + 4
  for (const { name, value, start } of elements(body)) {
    const change = changeOf(name, first, rewriting)
    first = false
    if (change === undefined) continue
    writer.elements(body.source, kept, start)
    kept = value.end
    if (change === 'comment') comment = value
    else if (change === 'lsid') writeSession(out, writer, name, value, rewriting)
    else if (change === 'sessions') writeSessions(out, writer, name, value, rewriting)
    else if (change === 'cursor') writer.int64(name, rewriting.cursor ?? 0n)
    else if (change === 'cursors') writeIds(writer, name, rewriting.cursors ?? [])
  }
  writer.elements(body.source, kept, body.end - 1)
  if (rewriting.guard !== undefined) writeGuard(writer, rewriting.guard)
  if (rewriting.stamp !== undefined && !(comment === undefined && putComment(out, rewriting.stamp)))
    writeComment(writer, rewriting.stamp, comment)
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

/** `gone`: it is left out. Undefined: it goes as it came. */
type Change = 'gone' | 'comment' | 'lsid' | 'sessions' | 'cursor' | 'cursors' | undefined

/** `first`: the command's own name. */
function changeOf(
  name: string,
  first: boolean,
  { guard, stamp, sessions, cursor, cursors }: Rewriting,
): Change {
  if (guard !== undefined && REPLACED.has(name)) return 'gone'
  if (name === 'comment' && !first && stamp !== undefined) return 'comment'
  if (name === 'lsid' && !first) return 'lsid'
  if (first && sessions === true) return 'sessions'
  if (first && cursor !== undefined) return 'cursor'
  return name === 'cursors' && cursors !== undefined ? 'cursors' : undefined
}

/** Of the client's session, and what a transaction has at its end alone. */
const REPLACED: ReadonlySet<string> = new Set(['lsid', 'readConcern', 'writeConcern'])

function writeGuard(writer: DocumentWriter, { session, number }: Guard): void {
  writer.begin('lsid').binary('id', SUBTYPE.UUID, session).end()
  writer.int64('txnNumber', number).boolean('startTransaction', true).boolean('autocommit', false)
}

/** Of one identity, whose comments differ in the statement's id alone. */
const comments = new Map<string, Uint8Array>()
/** Identities; with more of them all begins anew. */
const MOST_COMMENTS = 256
/** As long as a UUID is as text. */
const NO_ID = '-'.repeat(36)
/** Where the id begins: behind `comment: {gatehouse: {id:` and its length, as `writeComment` writes it. */
const ID_AT = 9 + 4 + 11 + 4 + 4 + 4

/** False, and nothing written, for an id that is no UUID. */
function putComment(out: ByteWriter, { id, identity }: Stamp): boolean {
  if (id.length !== NO_ID.length) return false
  const form = comments.get(identity) ?? commentOf(identity)
  const at = out.length
  append(out, form, 0, form.length)
  for (let each = 0; each < id.length; each++) {
    const code = id.charCodeAt(each)
    if (code > 0x7f) {
      out.length = at
      return false
    }
    out.bytes[at + ID_AT + each] = code
  }
  return true
}

function commentOf(identity: string): Uint8Array {
  const own = createByteWriter()
  const writer = createDocumentWriter(own).begin()
  const from = own.length
  writeComment(writer, { id: NO_ID, identity }, undefined)
  const form = Uint8Array.from(own.bytes.subarray(from, own.length))
  if (comments.size >= MOST_COMMENTS) comments.clear()
  comments.set(identity, form)
  return form
}

function writeComment(writer: DocumentWriter, { id, identity }: Stamp, comment: Value | undefined): void {
  writer.begin('comment').begin('gatehouse').string('id', id).string('identity', identity).end()
  if (comment !== undefined) writer.raw('client', comment)
  writer.end()
}

/** A list of `{id: UUID}`; what is none of these was refused when it was read. */
function writeSessions(
  out: ByteWriter,
  writer: DocumentWriter,
  name: string,
  list: Value,
  rewriting: Rewriting,
): void {
  if (list.type !== TYPE.ARRAY) {
    writer.raw(name, list)
    return
  }
  writer.beginArray(name)
  for (const element of elements(list)) writeSession(out, writer, element.name, element.value, rewriting)
  writer.end()
}

function writeSession(
  out: ByteWriter,
  writer: DocumentWriter,
  name: string,
  lsid: Value,
  { sessionId }: Rewriting,
): void {
  const id = sessionIdIn(lsid)
  writer.raw(name, lsid)
  if (id !== undefined) putSessionId(out.bytes, out.length, sessionId(id))
}

function writeIds(writer: DocumentWriter, name: string, ids: readonly bigint[]): void {
  writer.beginArray(name)
  for (const [index, id] of ids.entries()) writer.int64(String(index), id)
  writer.end()
}
