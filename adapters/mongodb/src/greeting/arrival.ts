/** A client whose identity is proven, and what it said of itself on the way. */
import type { Guest } from '@gatehouse/adapter-kit'
import type { Identity } from '@gatehouse/core'
import type { ClientMetadata } from './client-metadata.js'

export interface Arrival {
  readonly login: string
  readonly identity: Identity
  /** What `connect` is about: the sign-in's database where it is served, else the one that is. */
  readonly database: string
  readonly metadata: ClientMetadata | undefined
  /** Agreed: the client may compress what it sends. Replies are never compressed. */
  readonly compression: readonly string[]
  /** As hello says it; no other connection of this gateway has it. */
  readonly connectionId: number
  /** The client said that a balancer stands before us. */
  readonly balanced: boolean
  /** Signed in so that its driver can do it again on the same connection when it is told 391. */
  readonly renewable: boolean
  /** The answer that completes the sign-in. */
  readonly welcome: Uint8Array
  /** An error in that answer's place. */
  turnAway: Guest['turnAway']
}
