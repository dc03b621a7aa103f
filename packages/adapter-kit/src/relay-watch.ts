/** What the gateway watches: clocks are handed in, figures are handed out. */
export interface RelayWatch {
  /** Milliseconds, monotonic, with fractions. */
  tick(): number
  /** Milliseconds that the gateway held a chunk of either direction. */
  overhead(milliseconds: number): void
  /** Milliseconds from the last byte upstream to the first byte back. */
  upstream(milliseconds: number): void
  /** Calls back at a time in milliseconds since the epoch; returns how to call it off. */
  at(time: number, then: () => void): () => void
}
