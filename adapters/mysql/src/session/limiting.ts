/** Limits of one statement while its answer is awaited (R21). */
import type { Limit } from '@gatehouse/core'

export interface PassedLimit extends Limit {
  readonly what: 'rows' | 'bytes' | 'affected'
}

/** A statement inside a transaction, or a savepoint, of the gateway's own, so that what it did can be undone. */
export interface Bracket {
  /** `transaction`: the session was in none, and autocommits. */
  readonly kind: 'transaction' | 'savepoint'
}
