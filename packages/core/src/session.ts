/** One connection's unchanging facts. Adapters keep their own changing memory elsewhere. */
import type { Identity } from './identity.js'

export interface Session {
  readonly id: string
  readonly identity: Identity
  readonly listener: string
  readonly labels: Readonly<Record<string, string>>
  readonly protocol: string
  readonly database: string
  /** The sign-in name that the client gave. */
  readonly login: string
  readonly peer: { readonly address: string; readonly port: number }
  readonly local: { readonly address: string; readonly port: number }
  readonly upstream: { readonly host: string; readonly port: number; readonly account: string }
  readonly encrypted: boolean
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** What the client says about itself; proves nothing (R10). */
  readonly claimed: Claimed
}

export interface Claimed {
  readonly application?: string
  readonly tags?: Readonly<Record<string, string>>
}
