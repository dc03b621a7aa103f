/** Replies matched to the command that is open: what a viewer may see of them, limits, outcomes (mongodb.md §6–8). */
import {
  createByteWriter,
  type Frame,
  type Outbox,
  type PassedLimit,
  type Step,
} from '@gatehouse/adapter-kit'
import type { Permission, Verb } from '@gatehouse/core'
import {
  createDocumentWriter,
  documentValue,
  elements,
  isNumber,
  readNumber,
  TYPE,
  type Value,
} from '../bson/index.js'
import { killCursor } from '../forwarding/own-commands.js'
import { writeReply } from '../greeting/dialogue.js'
import { maskDocument } from '../masking/index.js'
import { FLAG, readOpMsg } from '../messages/index.js'
import { failureDocument, farewellFailure, limitFailure } from '../refusing.js'
import { frameBytes } from '../session/arriving.js'
import type { Cursor } from '../session/cursors.js'
import { completion, type Memory, type Owed, settle } from '../session/memory.js'
import type { ConversationParts } from '../session/parts.js'
import { sessionOf } from '../session/taking.js'
import { affectedBy } from './affected-by.js'
import { type CursorReply, measure, readCursor, valueAt, writeCursor } from './batch.js'
import { failedReply, writeErrorsOf } from './failing.js'
import { maskTreeOf, pathOf } from './shape-masks.js'

type OwedStatement = Extract<Owed, { kind: 'statement' }>

export function follow(frame: Frame, out: Outbox, memory: Memory, parts: ConversationParts): Step {
  const { owed } = memory
  if (owed === undefined) return cut('the database spoke out of turn', memory)
  const { responseTo, flags, body } = readOpMsg(frameBytes(frame), REPLY_CEILINGS)
  if (responseTo !== owed.requestId || (flags & FLAG.MORE_TO_COME) !== 0)
    return cut('the database answers what it was not asked', memory)
  if (owed.kind === 'own') {
    if (owed.client !== undefined) out.write(owed.client)
    settle(memory)
    return { kind: 'go' }
  }
  if (owed.kind === 'kill-cursors') return followKill(body, owed, out, memory, parts)
  return isOk(body) ? followOk(body, owed, out, memory, parts) : followFailed(body, owed, out, memory, parts)
}

/** Documents of the deepest nesting stand a few levels down in a reply. */
const REPLY_CEILINGS = { depth: 220, documentDepth: 220, elements: 48_000_000, documents: 0 }

const cut = (why: string, memory: Memory): Step => ({
  kind: 'cut',
  bytes: farewellBytes(memory, 'GH_UPSTREAM', why),
})

function isOk(body: Value): boolean {
  for (const { name, value } of elements(body))
    if (name === 'ok')
      return isNumber(value) && value.type !== TYPE.DECIMAL128 && Number(readNumber(value)) === 1
  return false
}

function followFailed(
  body: Value,
  owed: OwedStatement,
  out: Outbox,
  memory: Memory,
  parts: ConversationParts,
): Step {
  const { code, document } = failedReply(body, memory.gate.masked)
  if (owed.cursor !== undefined) parts.house.cursors.close(owed.cursor)
  out.write(writeReply(owed.arrived.requestId, document))
  settle(memory)
  return { kind: 'go', completions: [completion(owed.permit, 'failed', { native: code })] }
}

/** What stands in the catalog is something else after it. */
const DEFINING: ReadonlySet<Verb> = new Set(['create', 'alter', 'drop'])
/** What passes beside what the plan lists. */
const GENERIC: ReadonlySet<string> = new Set(['ok', '$clusterTime', 'operationTime', 'recoveryToken'])

function followOk(
  body: Value,
  owed: OwedStatement,
  out: Outbox,
  memory: Memory,
  parts: ConversationParts,
): Step {
  const { arrived, permit, read } = owed
  const { masked } = memory.gate
  if (read.statement.actions.some(({ verb }) => DEFINING.has(verb))) parts.house.refresh()
  const isNext = owed.cursor !== undefined
  const places = read.reply.places.map((place) => ({ path: pathOf(place, isNext), each: place.each }))
  const passing = new Set(places.map(({ path: [top = ''] }) => top))
  const cursorValue = passing.has('cursor') ? valueAt(body, ['cursor']) : undefined
  const cursor = cursorValue?.type === TYPE.DOCUMENT ? readCursor(cursorValue) : undefined
  const counted = count(body, places, cursor)
  const verdict = judgeLimits(permit.permission, owed.cursor, counted)
  if (verdict.over !== undefined && (cursor?.batch === undefined || verdict.over.what === 'bytes'))
    return stopped(verdict.over, cursor, owed, out, memory, parts)

  const opened = followCursor(cursor, owed, verdict, counted, memory, parts)
  const document = rewritten(body, {
    fields: (name) => passing.has(name) || read.reply.fields.has(name) || GENERIC.has(name),
    cursor,
    id: opened?.id ?? 0n,
    keep: verdict.keep,
    masked,
  })
  out.write(writeReply(arrived.requestId, maskedBy(document, owed, parts)))
  const kills = verdict.over !== undefined && cursor !== undefined && cursor.id !== 0n ? cursor.id : undefined
  const completions = [
    completion(permit, 'done', {
      returned: verdict.keep ?? counted.count,
      affected: affectedBy(arrived.command.name, body),
    }),
  ]
  if (kills === undefined) {
    settle(memory)
    return { kind: 'go', completions }
  }
  const own = killCursor(memory, { ...placeOf(owed, cursor, parts), upstream: kills }, undefined)
  settle(memory, own.owed)
  return { kind: 'go', completions, upstream: own.bytes }
}

interface Counted {
  readonly count: number
  readonly bytes: number
}

function count(
  body: Value,
  places: readonly { readonly path: readonly string[]; readonly each: boolean }[],
  cursor: CursorReply | undefined,
): Counted {
  if (cursor?.batch !== undefined) return measure(cursor.batch.value)
  let all = { count: 0, bytes: 0 }
  for (const { path, each } of places) {
    const value = valueAt(body, path)
    if (value === undefined || value.type === TYPE.NULL) continue
    const batch =
      each && value.type === TYPE.ARRAY ? measure(value) : { count: 1, bytes: value.end - value.start }
    all = { count: all.count + batch.count, bytes: all.bytes + batch.bytes }
  }
  return all
}

interface Verdict {
  readonly over: PassedLimit | undefined
  /** Documents of the batch that may be given; undefined: all. */
  readonly keep: number | undefined
}

function judgeLimits({ rows, bytes }: Permission, cursor: Cursor | undefined, batch: Counted): Verdict {
  const before = cursor ?? { returned: 0, bytes: 0 }
  if (bytes !== undefined && before.bytes + batch.bytes > bytes.limit)
    return { over: { what: 'bytes', ...bytes }, keep: undefined }
  if (rows !== undefined && before.returned + batch.count > rows.limit)
    return { over: { what: 'rows', ...rows }, keep: rows.limit - before.returned }
  return { over: undefined, keep: undefined }
}

/** Nothing of the answer may be given: its place takes the limit's own error. */
function stopped(
  over: PassedLimit,
  cursor: CursorReply | undefined,
  owed: OwedStatement,
  out: Outbox,
  memory: Memory,
  parts: ConversationParts,
): Step {
  const { arrived, permit } = owed
  const { name, database } = arrived.command
  const failure = limitFailure(over, permit.decided.id, { command: name, database })
  const client = writeReply(arrived.requestId, failureDocument(failure))
  const completions = [completion(permit, 'failed', { native: failure.code, refusal: 'GH_ROW_LIMIT' })]
  if (owed.cursor !== undefined) parts.house.cursors.close(owed.cursor)
  if (cursor === undefined || cursor.id === 0n) {
    out.write(client)
    settle(memory)
    return { kind: 'go', completions }
  }
  const own = killCursor(memory, { ...placeOf(owed, cursor, parts), upstream: cursor.id }, client)
  settle(memory, own.owed)
  return { kind: 'go', completions, upstream: own.bytes }
}

/** Where a cursor stands, by the reply's own `ns`: the client says it again in each getMore. */
function placeOf(owed: OwedStatement, cursor: CursorReply | undefined, parts: ConversationParts) {
  const { database } = owed.arrived.command
  const { namespace = '' } = cursor ?? {}
  const dot = namespace.indexOf('.')
  return {
    database: dot > 0 ? namespace.slice(0, dot) : database,
    collection: dot > 0 ? namespace.slice(dot + 1) : '',
    session: sessionOf(owed.arrived, parts),
  }
}

/** The cursor that the client goes on with; undefined: there is none, or it has ended. */
function followCursor(
  reply: CursorReply | undefined,
  owed: OwedStatement,
  { over, keep }: Verdict,
  counted: Counted,
  memory: Memory,
  parts: ConversationParts,
): Cursor | undefined {
  if (reply === undefined) return undefined
  const { cursors } = parts.house
  const given = keep ?? counted.count
  const known = owed.cursor
  if (known !== undefined) {
    known.returned += given
    known.bytes += counted.bytes
    known.over = over
    if (reply.id === 0n && over === undefined) {
      cursors.close(known)
      return undefined
    }
    return known
  }
  if (reply.id === 0n && over === undefined) return undefined
  return cursors.open({
    upstream: over === undefined ? reply.id : 0n,
    person: memory.person,
    ...placeOf(owed, reply, parts),
    read: owed.read,
    returned: given,
    bytes: counted.bytes,
    over,
  })
}

interface Change {
  readonly fields: (name: string) => boolean
  readonly cursor: CursorReply | undefined
  readonly id: bigint
  readonly keep: number | undefined
  readonly masked: boolean
}

/** The body as the client may have it: as it came wherever nothing is left out, but for the cursor's id. */
function rewritten(body: Value, { fields, cursor, id, keep, masked }: Change): Value {
  const { source, start, end } = body
  let strange = keep !== undefined || cursor?.strange === true
  for (const { name } of elements(body))
    if (!fields(name) || (masked && WRITE_ERRORS.has(name))) {
      strange = true
      break
    }
  if (!strange) {
    if (cursor !== undefined && cursor.idAt >= 0)
      new DataView(source.buffer, source.byteOffset + cursor.idAt, 8).setBigInt64(0, id, true)
    return body
  }
  const out = createByteWriter(end - start + 64)
  const writer = createDocumentWriter(out).begin()
  for (const { name, value, start: at } of elements(body)) {
    if (!fields(name)) continue
    if (name === 'cursor' && cursor !== undefined) writeCursor(writer, name, cursor, { id, keep })
    else if (masked && WRITE_ERRORS.has(name)) writeErrorsOf(writer, name, value)
    else writer.elements(source, at, value.end)
  }
  writer.end()
  return documentValue(out.bytes, 0, out.length)
}

const WRITE_ERRORS: ReadonlySet<string> = new Set(['writeErrors', 'writeConcernError'])

function maskedBy(body: Value, owed: OwedStatement, parts: ConversationParts): Uint8Array {
  const { source, start, end } = body
  const bytes = source.subarray(start, end)
  if (!parts.gate.masked) return bytes
  const { root } = maskTreeOf(owed.read, owed.permit.permission, parts, owed.cursor !== undefined)
  if (root === undefined) return bytes
  const out = createByteWriter(end - start + 1024)
  maskDocument(source, start, end, root, out)
  return out.bytes.subarray(0, out.length)
}

function followKill(
  body: Value,
  owed: Extract<Owed, { kind: 'kill-cursors' }>,
  out: Outbox,
  memory: Memory,
  parts: ConversationParts,
): Step {
  const { arrived, permit, cursors } = owed
  settle(memory)
  if (!isOk(body)) {
    const { code, document } = failedReply(body, memory.gate.masked)
    out.write(writeReply(arrived.requestId, document))
    return { kind: 'go', completions: [completion(permit, 'failed', { native: code })] }
  }
  for (const [, cursor] of cursors) if (cursor !== undefined) parts.house.cursors.close(cursor)
  const idsOf = (known: boolean) =>
    cursors.filter(([, cursor]) => (cursor !== undefined) === known).map(([id]) => id)
  const reply = createByteWriter(256)
  const writer = createDocumentWriter(reply).begin()
  for (const [name, ids] of [
    ['cursorsKilled', idsOf(true)],
    ['cursorsNotFound', idsOf(false)],
    ['cursorsAlive', []],
    ['cursorsUnknown', []],
  ] as const) {
    writer.beginArray(name)
    for (const [index, id] of ids.entries()) writer.int64(String(index), id)
    writer.end()
  }
  writer.double('ok', 1).end()
  out.write(writeReply(arrived.requestId, reply.bytes.subarray(0, reply.length)))
  return { kind: 'go', completions: [completion(permit, 'done')] }
}

/** What the client hears of a connection that ends: an answer to what it waits for, and nothing where it waits for none. */
export function farewellBytes(
  memory: Memory,
  code: Parameters<typeof farewellFailure>[0],
  why: string,
): Uint8Array {
  const { owed, pending } = memory
  const requestId =
    owed !== undefined && owed.kind !== 'own' ? owed.arrived.requestId : pending?.arrived.requestId
  if (requestId === undefined || code === 'GH_ENDED') return new Uint8Array(0)
  return writeReply(requestId, failureDocument(farewellFailure(code, why)))
}
