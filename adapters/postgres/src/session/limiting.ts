/** Limits of one statement while its answer is awaited (R21). */
import type { PassedLimit } from '@gatehouse/adapter-kit'
import type { Limit } from '@gatehouse/core'
import type { Memory, Run } from './memory.js'

/** Limits at work on one Execute: how the rest of the exchange hangs on what comes of it. */
export interface Limiting {
  readonly kind: 'query' | 'execute'
  readonly rows: Limit | undefined
  readonly bytes: Limit | undefined
  readonly affected: Limit | undefined
  /** The client's own maximum of this Execute; 0: none. */
  readonly asked: number
  /** Rows that had been sent before this Execute. */
  readonly before: number
  /** Portions of ours that have ended within this Execute. */
  portions: number
  /** The limit that was passed: what still comes is not shown. */
  over: PassedLimit | undefined
}

/** A Query's CommandComplete that waits for the commit. */
export interface Held {
  readonly run: Run
  readonly tag: string
  readonly bytes: Uint8Array
}

/** A limit hangs in the balance, or the commit of what has kept it does. */
export function isHanging({ limiting, ledger: { head } }: Memory): boolean {
  return limiting || (head?.kind === 'sync' && head.held !== undefined)
}
