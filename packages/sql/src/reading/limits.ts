/** What one reader may spend, whichever dialect it reads. */

export interface ReadingLimits {
  /** The longest that reading one text may take, in milliseconds. */
  readonly milliseconds: number
  /** Bytes of plans kept, by estimate. */
  readonly cache: number
  /** Texts that may wait for a worker; more are refused. Each session holds one, and its text, until it is read: this bounds them beside the sessions. */
  readonly waiting: number
  /** Heap of one worker, in MiB. */
  readonly memoryMiB: number
}

export const DEFAULT_READING_LIMITS: ReadingLimits = {
  milliseconds: 5000,
  cache: 64 * 1024 * 1024,
  waiting: 10_000,
  memoryMiB: 1024,
}
