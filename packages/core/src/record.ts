/** What the gate hands to the audit sink: facts by reference; the sink gives them their written form. */
import type { Decision } from './decision.js'
import type { RefusalCode } from './errors.js'
import type { Claimed, Session } from './session.js'
import type { Statement } from './statement.js'

export interface Decided {
  /** Names the statement in both of its records and in its refusal. */
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly session: Session
  readonly statement: Statement
  readonly decision: Decision
  readonly policyRevision: string
  /** Ordinal of the exchange within the session, and of the statement within the exchange. */
  readonly exchange: number
  readonly position: number
  readonly claimed: Claimed
  /** Length of its own text; left out: the statement's. */
  readonly bytes?: number
}

/**
 * `done`, `failed`: the server said so. `refused`: it never went upstream. `skipped`: an earlier error of its exchange
 * skipped it. `unexecuted`: permitted, never run (a sibling was refused, the portal was closed). `cut`: the connection
 * ended first. `unknown`: the gateway died in between and wrote this when it recovered (R24).
 */
export type OutcomeStatus = 'done' | 'failed' | 'refused' | 'skipped' | 'unexecuted' | 'cut' | 'unknown'

export interface Outcome {
  readonly status: OutcomeStatus
  /** Rows that the client was sent. */
  readonly returned: number
  /** Rows that the server says it changed. */
  readonly affected: number
  /** Bytes of a file that the client sent for it; left out: none was asked for. */
  readonly uploaded?: number
  /** The server's code, e.g. a SQLSTATE. Never its text. */
  readonly native?: string
  readonly refusal?: RefusalCode
}

export interface Completed {
  readonly decided: Decided
  readonly at: number
  readonly outcome: Outcome
}

export interface SignedIn {
  readonly id: string
  readonly at: number
  readonly kind: 'signed-in' | 'refused' | 'ended'
  readonly listener: string
  readonly protocol: string
  readonly peer: { readonly address: string; readonly port: number }
  readonly login: string
  readonly database: string
  readonly session?: Session
  readonly refusal?: RefusalCode
  /** Why, for the record alone: `wrong audience`, `expired` … Never shown to the client. */
  readonly reason?: string
  readonly rules?: readonly string[]
}

/**
 * `full`: cannot be written. `spent`: this identity's records have had their rate or their part of the spool, others' are
 * taken (R15). Whoever asked must refuse.
 */
export type Taking = 'taken' | 'full' | 'spent'

/**
 * The audit spool as the gate and the relay see it. Taking is synchronous and keeps order; `after…` runs its callback,
 * never synchronously, once everything taken before stands in the spool as its kind must (R24).
 */
export interface AuditSink {
  /** `reserve` draws on what is kept for ROLLBACK, COMMIT and endings. */
  decided(record: Decided, reserve: boolean): Taking
  completed(record: Completed): Taking
  signedIn(record: SignedIn): Taking
  /** Decisions before their bytes: durable under `fsync`, appended under `write`. `failed` when they cannot be. */
  afterDecisions(then: (result: 'written' | 'failed') => void): void
  /** Outcomes before the last frame: appended. */
  afterOutcomes(then: (result: 'written' | 'failed') => void): void
}
