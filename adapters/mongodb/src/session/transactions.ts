/** Transactions that a refusal has ended, by session and number: nothing more of them runs, on whatever connection it comes (mongodb.md §2). */

export interface Transaction {
  /** The upstream's session id in hexadecimal. */
  readonly session: string
  readonly number: bigint
}

export interface RefusedTransactions {
  add(transaction: Transaction): void
  /** One that was refused in another process. */
  heard(transaction: Transaction): void
  has(transaction: Transaction): boolean
}

const MOST = 10_000

/** `tell`: is told of each that is refused here. */
export function createRefusedTransactions(
  tell: (transaction: Transaction) => void = () => {},
  most = MOST,
): RefusedTransactions {
  /** A session has one transaction at a time, and its numbers grow. */
  const bySession = new Map<string, bigint>()
  const heard = ({ session, number }: Transaction) => {
    bySession.delete(session)
    bySession.set(session, number)
    const [oldest] = bySession.keys()
    if (bySession.size > most && oldest !== undefined) bySession.delete(oldest)
  }
  return {
    add(transaction) {
      heard(transaction)
      tell(transaction)
    },
    heard,
    has: ({ session, number }) => bySession.get(session) === number,
  }
}
