/** One signed-in client's talk: taking and forwarding on one side, following on the other. */
import type { Conversation } from '@gatehouse/adapter-kit'
import { farewellBytes, follow } from '../following/following.js'
import { forwardPermitted, forwardRefused } from '../forwarding/forwarding.js'
import { clientLayout, upstreamLayout } from '../messages/index.js'
import { arrivedBatch, completion, createMemory, type Memory, type Pending } from './memory.js'
import type { ConversationParts } from './parts.js'
import { createRenewing } from './renewing.js'
import { takeFrame } from './taking.js'

export function createConversation(parts: ConversationParts): Conversation {
  const { gate, limits, arrival, requestId } = parts
  const memory = createMemory(gate, requestId)
  return {
    clientFrames: clientLayout(limits.message),
    upstreamFrames: upstreamLayout(REPLIES),
    welcome: arrival.welcome,
    read: (frame) => takeFrame(frame, memory, parts),
    admitted: (_frame, permits) => forwardPermitted(memory, takePending(memory), permits, parts),
    refused: (_frame, refusal) => forwardRefused(memory, takePending(memory), refusal, parts),
    glance: () => 'whole',
    expired(renewal) {
      if (!arrival.renewable) return false
      memory.renewing = createRenewing(renewal)
      return true
    },
    follow: (frame, out) => follow(frame, out, memory, parts),
    get idle() {
      return memory.owed === undefined
    },
    get owed() {
      return memory.owed === undefined ? 0 : 1
    },
    farewell: (code, why) => farewellBytes(memory, code, why),
    cancellation: () => {
      const { owed } = memory
      if (owed?.kind === 'guarded')
        return parts.cancellation({ session: owed.guard.session, id: owed.permit.decided.id })
      if (owed?.kind !== 'statement') return undefined
      const { session } = owed.arrived
      return parts.cancellation({
        session: session === undefined ? undefined : parts.sessionId(session),
        id: owed.permit.decided.id,
      })
    },
    ended: () => {
      const { owed } = memory
      arrivedBatch(memory)
      memory.owed = undefined
      return owed === undefined || owed.kind === 'own' ? [] : [completion(owed.permit, 'cut')]
    },
  }
}

/** A server's largest reply: a batch of 16 MiB and what stands around it. */
const REPLIES = 48_000_000

function takePending(memory: Memory): Pending {
  const { pending } = memory
  if (pending === undefined) throw new TypeError('an answer without a question')
  memory.pending = undefined
  return pending
}
