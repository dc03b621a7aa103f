/** What one signed-in client's conversation is made of. */
import type { Cancellation, Limits } from '@gatehouse/adapter-kit'
import type { SessionGate } from '@gatehouse/core'
import type { MaskKey } from '@gatehouse/masking'
import type { Server } from '../catalog/server.js'
import type { Arrival } from '../greeting/arrival.js'
import type { Ready } from '../login/login.js'
import type { Ceilings } from '../reading/ceilings.js'

export interface ConversationParts {
  readonly gate: SessionGate
  readonly server: Server
  readonly arrival: Arrival
  readonly ready: Ready
  /** The upstream account. */
  readonly account: string
  readonly limits: Pick<Limits, 'message' | 'statement'>
  readonly ceilings: Ceilings
  readonly key: MaskKey | undefined
  /** Stops what runs upstream, over a connection of its own: `KILL QUERY` of this thread. */
  readonly cancellation: () => Cancellation
  /** COM_RESET_CONNECTION has taken the gateway's own settings, too: payloads of what sets them again. */
  readonly afterReset: () => readonly Uint8Array[]
  /** Other sessions of the same person. */
  readonly siblings: Siblings
  /** The session is over: nobody finds it any more. */
  readonly leave: () => void
}

/** Sessions of one person, by the thread ids that clients know: those of greetings and those of the upstream. */
export interface Siblings {
  /** While others are asked, a promise: ask again once it resolves. */
  find(threadId: number): boolean | Promise<void>
  /** Stops what that session runs, and the session itself where `connection`. */
  kill(threadId: number, connection: boolean): void
}
