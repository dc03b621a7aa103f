/** The answer to killCursors: by the client's own ids, whatever the upstream says of its. */
import { createByteWriter, type Outbox, type Step } from '@gatehouse/adapter-kit'
import { createDocumentWriter, type Value } from '../bson/index.js'
import { writeReply } from '../greeting/dialogue.js'
import { completion, type Memory, type Owed, settle } from '../session/memory.js'
import type { ConversationParts } from '../session/parts.js'
import { isOk } from './batch.js'
import { failedReply } from './failing.js'
import { contextOf } from './rewriting.js'

export function followKill(
  body: Value,
  owed: Extract<Owed, { kind: 'kill-cursors' }>,
  out: Outbox,
  memory: Memory,
  parts: ConversationParts,
): Step {
  const { arrived, permit, cursors } = owed
  settle(memory)
  if (!isOk(body)) {
    const { code, document } = failedReply(body, contextOf(arrived, parts))
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
