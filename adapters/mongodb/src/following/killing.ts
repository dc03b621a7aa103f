/** The answer to killCursors: by the client's own ids, whatever the upstream says of its. */
import type { Outbox, Step } from '@gatehouse/adapter-kit'
import type { Value } from '../bson/index.js'
import { writeReply } from '../greeting/dialogue.js'
import { forgetKilled } from '../session/killed.js'
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
  if (isOk(body) !== true) {
    const { code, document } = failedReply(body, contextOf(arrived, parts))
    out.write(writeReply(arrived.requestId, document))
    return { kind: 'go', completions: [completion(permit, 'failed', { native: code })] }
  }
  out.write(writeReply(arrived.requestId, forgetKilled(cursors, parts.house.cursors)))
  return { kind: 'go', completions: [completion(permit, 'done')] }
}
