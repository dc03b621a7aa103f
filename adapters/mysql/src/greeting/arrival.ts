/** A client whose identity is proven, and what was agreed with it on the way. */
import type { Identity } from '@gatehouse/core'

export interface Arrival {
  readonly login: string
  readonly identity: Identity
  /** Served here; undefined: none was named. */
  readonly database: string | undefined
  /** `program_name` of the connection attributes. */
  readonly application: string | undefined
  readonly attributes: ReadonlyMap<string, string>
  /** Offered and asked for: whatever follows is read and written by these alone. */
  readonly capabilities: number
  /** MariaDB's extended ones, likewise. */
  readonly extended: number
  /** Character set of the client's collation, in lower case; its bytes below 0x80 always mean ASCII. */
  readonly charset: string
  /** The collation's id, 1 to 255. */
  readonly collation: number
  /** Connection id that the greeting said; no other connection of this gateway has it. */
  readonly threadId: number
  /** Of the next packet to the client, which ends the sign-in: OK or ERR. */
  readonly sequence: number
}
