/** Several processes of one gateway serve one listener: what an adapter asks of its own kind in another of them. */

/** The adapters of this listener that stand before the same upstream by the same account, one in each process. */
export interface Siblings {
  /** This process's, from 1. A successor has its predecessor's, and nothing that it knew. */
  readonly number: number
  /** How many there are. */
  readonly of: number
  /** Plain data there and back. Rejects when that process has gone, has no such adapter, or does not answer in time. */
  ask(to: number, question: unknown): Promise<unknown>
}
