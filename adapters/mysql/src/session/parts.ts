/** What one signed-in client's conversation is made of. */
import type { Cancellation, Limits } from '@gatehouse/adapter-kit'
import type { SessionGate } from '@gatehouse/core'
import type { MaskKey } from '@gatehouse/masking'
import type { Server } from '../catalog/server.js'
import type { Arrival } from '../greeting/arrival.js'
import type { Ready } from '../login/login.js'

export interface ConversationParts {
  readonly gate: SessionGate
  readonly server: Server
  readonly arrival: Arrival
  readonly ready: Ready
  /** The upstream account. */
  readonly account: string
  readonly limits: Pick<Limits, 'message' | 'statement'>
  readonly key: MaskKey | undefined
  /** Stops what runs upstream, over a connection of its own: `KILL QUERY` of this thread. */
  readonly cancellation: () => Cancellation
  /** Other sessions of the same person. */
  readonly siblings: Siblings
}

/** Sessions by the thread ids that clients know: those of greetings and those of the upstream. */
export interface Siblings {
  /**
   * Stops what a session of the same identity runs, and the session itself where `connection`. False: there is none of
   * this id, or it is somebody else's.
   */
  kill(threadId: number, connection: boolean): boolean
}
