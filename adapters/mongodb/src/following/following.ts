/** Replies matched to the command that is open: what a viewer may see of them, limits, outcomes (mongodb.md §6–8). */
import type { Frame, Outbox, PassedLimit, Step } from '@gatehouse/adapter-kit'
import { findValue, TYPE, type Value } from '../bson/index.js'
import { killCursor } from '../forwarding/own-commands.js'
import { writeReply } from '../greeting/dialogue.js'
import { FLAG } from '../messages/index.js'
import { failureDocument, farewellFailure, limitFailure } from '../refusing.js'
import type { Cursor } from '../session/cursors.js'
import { definedBy } from '../session/defining.js'
import { completion, type Memory, type Owed, settle } from '../session/memory.js'
import type { ConversationParts } from '../session/parts.js'
import { sessionOf } from '../session/taking.js'
import { affectedBy } from './affected-by.js'
import { type CursorReply, isOk, namespaceOf, readCursor } from './batch.js'
import { readReply, sendReply } from './envelope.js'
import { failedReply } from './failing.js'
import { followGuarded } from './guarded.js'
import { followKill } from './killing.js'
import { type Counted, count, judgeLimits, type Verdict } from './limiting.js'
import { withoutUnknown } from './naming.js'
import { contextOf, maskedBy, rewritten, waysOf } from './rewriting.js'

type OwedStatement = Extract<Owed, { kind: 'statement' }>

export function follow(frame: Frame, out: Outbox, memory: Memory, parts: ConversationParts): Step {
  const { owed } = memory
  if (owed === undefined) return cut('the database spoke out of turn', memory)
  const { responseTo, flags, body } = readReply(frame)
  if (responseTo !== owed.requestId || (flags & FLAG.MORE_TO_COME) !== 0)
    return cut('the database answers what it was not asked', memory)
  if (owed.kind === 'own') {
    if (owed.client !== undefined) out.write(owed.client)
    settle(memory)
    return { kind: 'go' }
  }
  if (owed.kind === 'guarded') return followGuarded(body, owed, out, memory, parts)
  const ok = isOk(body)
  if (ok === undefined) return cut('the database does not say how a command went', memory)
  if (owed.kind === 'kill-cursors') return followKill(body, owed, out, memory, parts)
  if (!ok) return followFailed(body, owed, out, memory, parts)
  const send = (shown: Value) => sendReply(frame, flags, shown, owed.arrived.requestId, out)
  return followOk(body, owed, send, out, memory, parts)
}

const cut = (why: string, memory: Memory): Step => ({
  kind: 'cut',
  bytes: farewellBytes(memory, 'GH_UPSTREAM', why),
})

function followFailed(
  body: Value,
  owed: OwedStatement,
  out: Outbox,
  memory: Memory,
  parts: ConversationParts,
): Step {
  const { code, document } = failedReply(body, contextOf(owed.arrived, parts))
  if (owed.cursor !== undefined) parts.house.cursors.close(owed.cursor)
  out.write(writeReply(owed.arrived.requestId, document))
  settle(memory)
  return { kind: 'go', completions: [completion(owed.permit, 'failed', { native: code })] }
}

function followOk(
  reply: Value,
  owed: OwedStatement,
  send: (shown: Value) => void,
  out: Outbox,
  memory: Memory,
  parts: ConversationParts,
): Step {
  const { arrived, permit, read } = owed
  const defined = definedBy(read.statement.actions)
  if (defined.length > 0) parts.house.refresh(defined)
  const isNext = owed.cursor !== undefined
  const { places, passing } = waysOf(read.reply, isNext)
  const body = withoutUnknown(reply, read.reply.filtered, arrived.command.database, isNext, parts)
  const cursorValue = findValue(body, 'cursor')
  const hasCursor = cursorValue?.type === TYPE.DOCUMENT && passing('cursor', cursorValue)
  const cursor = hasCursor ? readCursor(cursorValue, isNext ? 'nextBatch' : 'firstBatch') : undefined
  const counted = count(body, places, cursor)
  const verdict = judgeLimits(permit.permission, owed.cursor, counted)
  if (verdict.over !== undefined && (cursor?.batch === undefined || verdict.over.what === 'bytes'))
    return stopped(verdict.over, cursor, owed, out, memory, parts)

  const opened = followCursor(cursor, owed, verdict, counted, memory, parts)
  const document = rewritten(body, {
    fields: passing,
    cursor,
    id: opened?.id ?? 0n,
    keep: verdict.keep,
  })
  send(maskedBy(document, owed, parts, out))
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
  const namespace = cursor === undefined ? '' : namespaceOf(cursor)
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
  if (code === 'GH_UPSTREAM' && isDrivers(owed)) return new Uint8Array(0)
  return writeReply(requestId, failureDocument(farewellFailure(code, why)))
}

/**
 * A driver tries again what it may, once: behind an answer it would take the connection that is just closing. Where it only
 * closes, it takes another, and hears there whether the database is back.
 */
const isDrivers = (owed: Owed | undefined): boolean =>
  owed?.kind === 'statement' && owed.arrived.session !== undefined
