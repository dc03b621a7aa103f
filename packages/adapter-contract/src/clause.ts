/** A clause: one promise that every adapter keeps, with the number that names it everywhere. */
import type { Troupe } from './troupe.js'

export type ClauseNumber = `${'F' | 'N' | 'R' | 'O' | 'A' | 'B' | 'I' | 'E'}${number}`

export interface Clause {
  readonly number: ClauseNumber
  readonly title: string
  /** `scripted`: only a scripted upstream can show it; `either`: shown over a real server too. */
  readonly over: 'scripted' | 'either'
  /** Throws when the clause is broken. */
  run(troupe: Troupe): Promise<void>
  /** What is absent of this adapter, so that the clause shows its clean refusal instead. */
  readonly absent?: (troupe: Troupe) => string | undefined
}

/** A number that is the same in each run: xorshift32. Gives numbers from 0 up to 1. */
export function seeded(seed: number): () => number {
  let state = seed | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
