/** The gate decides, records, and only then hands out a permit; no permit, no bytes. */
import type { Decision, Hold, Mask, Permission, Prohibition } from './decision.js'
import type { RefusalCode } from './errors.js'
import type { Decided, Outcome } from './record.js'
import type { Claimed, Session } from './session.js'
import type { Statement } from './statement.js'

/** One statement put to the gate. */
export interface Ask {
  readonly statement: Statement
  /** Parameter values as rules may read them; left out when there are none. */
  readonly parameters?: readonly (string | null)[]
}

export interface Refusal {
  readonly code: RefusalCode
  readonly message: string
  readonly hint?: string
  /** The rule that decided, `policy/rule`. */
  readonly rule?: string
  /** The refused statement's id, for whoever asks about it. */
  readonly id: string
}

export type Admission =
  | { readonly kind: 'permit'; readonly permits: readonly Permit[] }
  | { readonly kind: 'refusal'; readonly refusal: Refusal }

/** Cannot be constructed outside the gate; holding one is proof of a recorded decision. */
export declare class Permit {
  private constructor()
  readonly decided: Decided
  readonly permission: Permission
  static minted(value: unknown): value is Permit
}

/** One session's door. */
export interface SessionGate {
  readonly session: Session
  /** True when some mask rule can bind this viewer: texts that may carry values are withheld (R20). */
  readonly masked: boolean
  /** Covers messages that carry no statement (Sync, Flush, Close): minted when `connect` was permitted. */
  readonly standing: Permit
  /**
   * Decides the statements of one exchange as one: one refusal refuses all. Both kinds of answer are recorded.
   * Synchronous unless a rule needs to wait.
   */
  admit(asks: readonly Ask[], exchange: number, claimed: Claimed): Admission | Promise<Admission>
  /** Judges without a record: a statement that is prepared, not run. The refusal of it is recorded. */
  foresee(ask: Ask, exchange: number, claimed: Claimed): Admission | Promise<Admission>
  /** Records the refusal of what could not even be read. */
  refuse(statement: Statement, exchange: number, code: RefusalCode, why: string): Refusal
  complete(permit: Permit, outcome: Outcome): void
}
export type { Decision, Hold, Mask, Prohibition }
