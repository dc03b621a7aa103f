/** What all listeners of one gateway share. */
import type { AuditSink, Gate, Identity } from '@gatehouse/core'
import type { Identities } from '@gatehouse/identity'
import type { CancelKeys } from './cancel-keys.js'
import type { Log } from './log.js'
import type { Roster } from './roster.js'
import type { Places } from './workers/places.js'
import type { Delays } from './workers/shared.js'

export interface House {
  readonly gate: Gate
  readonly sink: AuditSink
  readonly delays: Delays
  readonly places: Places
  readonly cancelKeys: CancelKeys
  readonly roster: Roster
  readonly log: Log
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly newId: () => string
  readonly random: (size: number) => Uint8Array
  /** Those of the configuration now in force. */
  identities(): Identities
  /** False for a user or an issuer that a reload has taken away, or changed. */
  stillKnown(identity: Identity): boolean
  draining(): boolean
}
