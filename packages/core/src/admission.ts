/** What is put to the gate, what it answers, and the door that one session has. */
import type { Verb } from './action.js'
import type { RefusalCode } from './errors.js'
import type { Permit } from './gate.js'
import type { Policy } from './policy/compile.js'
import type { AuditSink, Outcome } from './record.js'
import type { Claimed, Session } from './session.js'
import type { Statement } from './statement.js'

/** One statement put to the gate. */
export interface Ask {
  readonly statement: Statement
  /** Parameter values as rules may read them; left out when there are none. */
  readonly parameters?: readonly (string | null)[]
  /** Length of this very text, where the statement was first read of another (`Statement.bytes`). */
  readonly bytes?: number
  /** ROLLBACK, COMMIT and the like: recorded from the spool's reserve when it is full (R24). */
  readonly reserve?: boolean
}

export interface Refusal {
  readonly code: RefusalCode
  readonly message: string
  readonly hint?: string
  /** The rule that decided, `policy/rule`. */
  readonly rule?: string
  /** The refused statement's id, for whoever asks about it. */
  readonly id: string
  /** The server's own answer, which the client gets in place of a code of ours. */
  readonly native?: { readonly code: string; readonly position?: number }
}

export type Admission =
  | { readonly kind: 'permit'; readonly permits: readonly Permit[] }
  | { readonly kind: 'refusal'; readonly refusal: Refusal }

/**
 * `statement`: recorded, and its outcome is owed. `foreseen`: it may be prepared, not run; nothing is recorded yet.
 * `standing`: for messages that carry no statement.
 */
export type PermitScope = 'statement' | 'foreseen' | 'standing'

/** One session's door. */
export interface SessionGate {
  readonly session: Session
  /** True when some mask rule can bind this viewer: texts that may carry values are withheld (R20). */
  readonly masked: boolean
  /** True when some rule can refuse this viewer a read for one field or class: what nobody knew to be there is withheld. */
  readonly withholds: boolean
  /** True when it depends on what statements touch whether this viewer is permitted them, or how. */
  readonly discerns: boolean
  /** Some rule may permit this here: what nobody could be permitted need not be agreed with anybody. */
  mayPermit(verb: Verb): boolean
  /** Whether it would be permitted now; nothing is recorded, as nothing is asked for: lists of what there is are cut by it. */
  wouldPermit(statement: Statement): boolean
  /** Whether this, in the place of what the permit is for, would be permitted now and bound by the same; nothing is recorded. */
  standsFor(permit: Permit, statement: Statement): boolean
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
  /** Records the outcome of a permit, once. What was only foreseen gets its decision recorded with it; a standing permit has none. */
  complete(permit: Permit, outcome: Outcome): void
}

export interface GateParts {
  /** The policy now in force; a new one binds open sessions from their next statement. */
  readonly policy: () => Policy
  readonly sink: AuditSink
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Unique among all gateways of a fleet. */
  readonly newId: () => string
}

export type Connection =
  | {
      readonly kind: 'permit'
      readonly gate: SessionGate
      /** Records the end of the session; once. `reason` is for the record alone. */
      readonly end: (reason?: string) => void
    }
  | { readonly kind: 'refusal'; readonly refusal: Refusal }

export interface Gate {
  /** Whether this session may exist at all; either answer is recorded as a sign-in. */
  connect(session: Session): Connection
}
