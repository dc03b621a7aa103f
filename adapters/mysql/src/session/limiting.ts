/** What keeps a statement revocable while its answer is awaited (R21). */

/** A statement inside a transaction, or a savepoint, of the gateway's own, so that what it did can be undone. */
export interface Bracket {
  /** `transaction`: the session was in none, and autocommits. */
  readonly kind: 'transaction' | 'savepoint'
}
