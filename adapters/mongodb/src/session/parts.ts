/** What one signed-in client's conversation is made of. */
import type { Cancellation, Limits } from '@gatehouse/adapter-kit'
import type { SessionGate } from '@gatehouse/core'
import type { Arrival } from '../greeting/arrival.js'
import type { House } from '../house.js'

export interface ConversationParts {
  readonly gate: SessionGate
  readonly house: House
  readonly arrival: Arrival
  /** The last request id that was used upstream. */
  readonly requestId: number
  readonly limits: Pick<Limits, 'message' | 'statement'>
  /** Who asks, as the upstream's own logs show it (R13). */
  readonly stamp: string
  /** The upstream's session id, 16 bytes, for one of this client's. */
  readonly sessionId: (id: Uint8Array) => Uint8Array
  /** Stops what runs upstream, over a connection of its own. */
  readonly cancellation: (what: Running) => Cancellation
}

/** What must be stopped: by its session, or by the id in its comment. */
export interface Running {
  /** Upstream's, 16 bytes. */
  readonly session: Uint8Array | undefined
  readonly id: string
}
