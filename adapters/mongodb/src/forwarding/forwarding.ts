/** What goes upstream once the gate has answered: the command that was read, or the refusal in its place (mongodb.md §8). */
import { type Forwarding, type PassedLimit, passedRefusal } from '@gatehouse/adapter-kit'
import { GatehouseError, type Permit, type Refusal } from '@gatehouse/core'
import { writeReply } from '../greeting/dialogue.js'
import { failureDocument, type Native, refusalFailure } from '../refusing.js'
import { ownAnswer } from '../session/answers.js'
import type { Arrived } from '../session/arriving.js'
import { guardFor } from '../session/guarding.js'
import { forgetKilled } from '../session/killed.js'
import { completion, type Memory, nextRequestId, type Owed, type Pending, settle } from '../session/memory.js'
import type { ConversationParts } from '../session/parts.js'
import { mostAffected } from './affected.js'
import { abortTransaction } from './own-commands.js'
import { type Rewriting, writeRequest } from './request.js'

/** Commands whose `comment` a server shows in its logs and its profiler, and which every server since 4.4 takes. */
const COMMENTED: ReadonlySet<string> = new Set([
  ...['find', 'aggregate', 'count', 'distinct', 'insert', 'update', 'delete', 'findAndModify', 'getMore'],
  ...['bulkWrite', 'mapReduce', 'create', 'createIndexes', 'drop', 'listCollections', 'listIndexes'],
])

export function forwardPermitted(
  memory: Memory,
  pending: Pending,
  permits: readonly Permit[],
  parts: ConversationParts,
): Forwarding {
  const permit = permits[0]
  // Invariant: nothing is forwarded for a command that has no permit of its own.
  if (permit === undefined || pending.kind === 'unreadable')
    throw new GatehouseError('GH_INVARIANT', 'a command without a permit')
  memory.exchange += 1
  const { arrived } = pending
  switch (pending.kind) {
    case 'own': {
      const document = ownAnswer(pending.name, arrived, parts)
      const client = arrived.silent ? {} : { client: writeReply(arrived.requestId, document) }
      return { upstream: undefined, ...client, completions: [completion(permit, 'done')] }
    }
    case 'kill-cursors': {
      const known = pending.cursors.flatMap(([, cursor]) => (cursor === undefined ? [] : [cursor.upstream]))
      const upstream = known.filter((id) => id !== 0n)
      // A server takes no empty list.
      if (upstream.length === 0) {
        const told = forgetKilled(pending.cursors, parts.house.cursors)
        const client = arrived.silent ? {} : { client: writeReply(arrived.requestId, told) }
        return { upstream: undefined, ...client, completions: [completion(permit, 'done')] }
      }
      return send(memory, arrived, permit, parts, { cursors: upstream }, (requestId) => ({
        ...pending,
        requestId,
        permit,
      }))
    }
    case 'get-more': {
      const { cursor } = pending
      // Between the question and its answer it was killed, or went on in another process.
      if (parts.house.cursors.find(cursor.id, memory.person) !== cursor) {
        const client = arrived.silent ? {} : { client: writeReply(arrived.requestId, failureDocument(GONE)) }
        return {
          upstream: undefined,
          ...client,
          completions: [completion(permit, 'failed', { native: GONE.code })],
        }
      }
      if (cursor.over !== undefined) {
        parts.house.cursors.close(cursor)
        return limited(memory, arrived, permit, cursor.over, parts)
      }
      return send(memory, arrived, permit, parts, { cursor: cursor.upstream }, (requestId) => {
        cursor.coming += 1
        return { kind: 'statement', requestId, arrived, read: cursor.read, permit, cursor }
      })
    }
    case 'statement': {
      const { read } = pending
      const { affected } = permit.permission
      const over = affected !== undefined && read.writes ? mostAffected(arrived.command) : 0
      const guard = affected && over === undefined ? guardFor(arrived, memory, parts.house) : undefined
      if (affected !== undefined && guard !== undefined)
        return send(memory, arrived, permit, parts, { guard }, (requestId) => ({
          kind: 'guarded',
          requestId,
          arrived,
          permit,
          guard,
          limit: affected,
        }))
      if (affected !== undefined && (over === undefined || over > affected.limit))
        return limited(memory, arrived, permit, { what: 'affected', ...affected }, parts)
      const sessions = read.sessions === true ? { sessions: true } : {}
      return send(memory, arrived, permit, parts, sessions, (requestId) => ({
        kind: 'statement',
        requestId,
        arrived,
        read,
        permit,
        cursor: undefined,
      }))
    }
  }
}

const GONE = { code: 43, codeName: 'CursorNotFound', errmsg: 'the cursor is no longer open' }

function send(
  memory: Memory,
  arrived: Arrived,
  permit: Permit,
  parts: ConversationParts,
  rewriting: Pick<Rewriting, 'cursor' | 'cursors' | 'sessions' | 'guard'>,
  owed: (requestId: number) => Owed,
): Forwarding {
  const requestId = nextRequestId(memory)
  const stamp = COMMENTED.has(arrived.command.name)
    ? { id: permit.decided.id, identity: parts.stamp }
    : undefined
  const upstream = writeRequest(arrived, { ...rewriting, requestId, stamp, sessionId: parts.sessionId })
  // Nobody will ever say what became of it.
  if (arrived.silent) return { upstream, completions: [completion(permit, 'unknown')] }
  memory.owed = owed(requestId)
  return { upstream }
}

/** Of a limit that is known to be passed before anything has run. */
function limited(
  memory: Memory,
  arrived: Arrived,
  permit: Permit,
  passed: PassedLimit,
  parts: ConversationParts,
): Forwarding {
  const completions = [completion(permit, 'refused', { refusal: 'GH_ROW_LIMIT' })]
  const forwarding = refuse(memory, arrived, passedRefusal(passed, permit.decided.id), undefined, parts)
  return { ...forwarding, completions }
}

export function forwardRefused(
  memory: Memory,
  pending: Pending,
  refusal: Refusal,
  parts: ConversationParts,
): Forwarding {
  memory.exchange += 1
  const native = pending.kind === 'unreadable' ? pending.native : undefined
  return refuse(memory, pending.arrived, refusal, native, parts)
}

/**
 * One answer for each request that wants one, and none for any other: a surplus reply is taken for the next command's (mongodb.md
 * §1). A transaction in which something is refused is over, as a server's own error ends it.
 */
function refuse(
  memory: Memory,
  arrived: Extract<Pending, { kind: 'unreadable' }>['arrived'],
  refusal: Refusal,
  native: Native | undefined,
  parts: ConversationParts,
): Forwarding {
  const { silent, requestId, command, transaction, session } = arrived
  const asked = { database: command.database, command: command.name }
  const failure = failureDocument(refusalFailure(refusal, asked, native))
  const client = silent ? undefined : writeReply(requestId, failure)
  if (transaction !== undefined && session !== undefined) {
    const mapped = parts.sessionId(session)
    const known = { session: Buffer.from(mapped).toString('hex'), number: transaction.number }
    const over = parts.house.refusedTransactions.has(known)
    parts.house.refusedTransactions.add(known)
    // The refused one would have begun it: nothing of it is upstream.
    if (!over && !transaction.starts) {
      const guard = { session: mapped, number: transaction.number }
      const abort = abortTransaction(memory, guard, command.body, client)
      settle(memory, abort.owed)
      return { upstream: abort.bytes }
    }
  }
  return { upstream: undefined, ...(client === undefined ? {} : { client }) }
}
