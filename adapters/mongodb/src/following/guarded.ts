/** What became of a write inside the gateway's own transaction: kept when it is within its limit, else taken back (R21). */
import { createByteWriter, type Outbox, type PassedLimit, type Step, take } from '@gatehouse/adapter-kit'
import { createDocumentWriter, elements, findValue, TYPE, type Value } from '../bson/index.js'
import { abortTransaction, commitTransaction } from '../forwarding/own-commands.js'
import { writeReply } from '../greeting/dialogue.js'
import { failureDocument, limitFailure } from '../refusing.js'
import { completion, type Memory, type Owed, settle } from '../session/memory.js'
import type { ConversationParts } from '../session/parts.js'
import { affectedBy } from './affected-by.js'
import { isOk } from './batch.js'
import { hasForm } from './envelope-forms.js'
import { failedReply } from './failing.js'
import { contextOf } from './rewriting.js'

type Guarded = Extract<Owed, { kind: 'guarded' }>

export function followGuarded(
  body: Value,
  owed: Guarded,
  out: Outbox,
  memory: Memory,
  parts: ConversationParts,
): Step {
  return owed.kept === undefined
    ? followWrite(body, owed, memory, parts)
    : followCommit(body, owed, owed.kept, out, memory, parts)
}

/** `kept`: what the client is told once it stands. */
function followWrite(body: Value, owed: Guarded, memory: Memory, parts: ConversationParts): Step {
  const { arrived, permit, guard, limit } = owed
  const { name, database } = arrived.command
  if (isOk(body) !== true) {
    const { code, document } = unlabelled(body, owed, parts)
    const told = writeReply(arrived.requestId, document)
    return takeBack(owed, told, { native: code }, memory)
  }
  const affected = affectedBy(name, body)
  // One that fails ends the transaction, and what came before it is gone.
  const isPartial = findValue(body, 'writeErrors') !== undefined
  if (affected > limit.limit || isPartial) {
    const passed: PassedLimit = { what: 'affected', ...limit }
    const failure = isPartial ? PARTIAL : limitFailure(passed, permit.decided.id, { command: name, database })
    const told = writeReply(arrived.requestId, failureDocument(failure))
    const refusal = isPartial ? {} : { refusal: 'GH_ROW_LIMIT' as const }
    return takeBack(owed, told, { native: failure.code, ...refusal }, memory)
  }
  const kept = { affected, reply: writeReply(arrived.requestId, replyOf(body)) }
  const commit = commitTransaction(memory, guard, arrived.command.body)
  settle(memory, { ...owed, requestId: commit.requestId, kept })
  return { kind: 'go', upstream: commit.bytes }
}

const PARTIAL = {
  code: 8,
  codeName: 'UnknownError',
  errmsg: 'a write failed, and as the number of changes is limited, none of them was kept',
}

function takeBack(
  { arrived, guard, permit }: Guarded,
  client: Uint8Array,
  told: NonNullable<Parameters<typeof completion>[2]>,
  memory: Memory,
): Step {
  const abort = abortTransaction(memory, guard, arrived.command.body, client)
  settle(memory, abort.owed)
  return { kind: 'go', completions: [completion(permit, 'failed', told)], upstream: abort.bytes }
}

function followCommit(
  body: Value,
  owed: Guarded,
  { affected, reply }: NonNullable<Guarded['kept']>,
  out: Outbox,
  memory: Memory,
  parts: ConversationParts,
): Step {
  settle(memory)
  const { arrived, permit } = owed
  if (isOk(body) === true && findValue(body, 'writeConcernError') === undefined) {
    out.write(reply)
    return { kind: 'go', completions: [completion(permit, 'done', { affected })] }
  }
  // Whether it stands nobody says: a server that steps down may have kept it.
  const { code, document } = unlabelled(body, owed, parts)
  out.write(writeReply(arrived.requestId, isOk(body) === true ? failureDocument(UNCERTAIN) : document))
  return { kind: 'go', completions: [completion(permit, 'unknown', { native: code })] }
}

const UNCERTAIN = {
  code: 64,
  codeName: 'WriteConcernFailed',
  errmsg: 'the changes were made, and not confirmed as they should be',
}

/** The transaction is not the client's: to be told to run it again it would not understand. */
function unlabelled(body: Value, { arrived }: Guarded, parts: ConversationParts) {
  const bytes = onlyWhat(body, (name) => name !== 'errorLabels')
  const value = { type: TYPE.DOCUMENT, source: bytes, start: 0, end: bytes.length }
  return failedReply(value, contextOf(arrived, parts))
}

const TOLD: ReadonlySet<string> = new Set([
  ...['n', 'nModified', 'upserted', 'ok', '$clusterTime', 'operationTime'],
])

/** How many, and the ids that an upsert gave: nothing of a stored document. */
function replyOf(body: Value): Uint8Array {
  return onlyWhat(
    body,
    (name, value) =>
      TOLD.has(name) && (name === 'upserted' ? value.type === TYPE.ARRAY : hasForm(name, value)),
  )
}

function onlyWhat(body: Value, stays: (name: string, value: Value) => boolean): Uint8Array {
  const out = createByteWriter(body.end - body.start + 64)
  const writer = createDocumentWriter(out).begin()
  for (const { name, value, start } of elements(body))
    if (stays(name, value)) writer.elements(value.source, start, value.end)
  writer.end()
  return take(out)
}
