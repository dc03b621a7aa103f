/** One listener's plain counters; the hot path adds to them, a scrape reads them. */
import type { Decided } from '@gatehouse/core'

export const DECISIONS = ['permit', 'masked', 'forbid', 'hold', 'unreadable'] as const
export type DecisionLabel = (typeof DECISIONS)[number]

export const SIGN_INS = ['accepted', 'refused', 'turned-away'] as const
export type SignInLabel = (typeof SIGN_INS)[number]

/** Upper bounds in seconds: from a cache hit's microseconds to a database's minutes. */
export const BUCKETS = [
  10e-6, 25e-6, 50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 100e-3, 250e-3,
  500e-3, 1, 2.5, 5, 10, 60,
] as const

export interface Spread {
  /** One more than BUCKETS: the last is what is above them all. Not cumulative. */
  readonly counts: Float64Array
  sum: number
}

export interface ListenerFigures {
  connections: number
  /** Of these, how many stay without an identity: monitors. */
  staying: number
  sessions: number
  dropped: number
  readonly signIns: Record<SignInLabel, number>
  readonly statements: Record<DecisionLabel, number>
  readonly exchanges: Record<DecisionLabel, number>
  /** Seconds that the gateway held a chunk of bytes. */
  readonly overhead: Spread
  /** Seconds from the last byte sent to the database to its first byte back. */
  readonly upstream: Spread
}

export function createListenerFigures(): ListenerFigures {
  const zeros = <Label extends string>(labels: readonly Label[]) =>
    Object.fromEntries(labels.map((label) => [label, 0])) as Record<Label, number>
  const spread = (): Spread => ({ counts: new Float64Array(BUCKETS.length + 1), sum: 0 })
  return {
    connections: 0,
    staying: 0,
    sessions: 0,
    dropped: 0,
    signIns: zeros(SIGN_INS),
    statements: zeros(DECISIONS),
    exchanges: zeros(DECISIONS),
    overhead: spread(),
    upstream: spread(),
  }
}

export function observe(spread: Spread, seconds: number): void {
  let index = 0
  while (index < BUCKETS.length && seconds > (BUCKETS[index] as number)) index += 1
  spread.counts[index] = (spread.counts[index] as number) + 1
  spread.sum += seconds
}

export function decisionLabel({ decision }: Pick<Decided, 'decision'>): DecisionLabel {
  if (decision.effect === 'hold') return 'hold'
  if (decision.effect === 'forbid') return decision.code === 'GH_UNREADABLE' ? 'unreadable' : 'forbid'
  if (decision.maskAll !== undefined) return 'masked'
  for (const mask of decision.masks) if (mask !== undefined) return 'masked'
  return 'permit'
}
