/**
 * Texts that were refused, or that named what no catalog holds, for a short while: whoever sends one again and again is
 * answered at once, and whoever sends ever new ones pushes no plan out of the cache.
 */
import type { Shelf } from './plan-cache.js'

export interface Refusals<Kept> {
  find(shelf: Shelf<Kept>, text: string): Kept | undefined
  keep(shelf: Shelf<Kept>, text: string, plan: Kept, bytes: number): void
  /** Entries held. */
  readonly count: () => number
}

/** Milliseconds; none is older, and all of one while are forgotten at once. */
const KEPT = 1000

/** `limit`: bytes, by the same estimate as plans. */
export function createRefusals<Kept>(limit: number): Refusals<Kept> {
  const kept = new Map<Shelf<Kept>, Map<string, Kept>>()
  let held = 0
  let timer: NodeJS.Timeout | undefined

  function forget(): void {
    kept.clear()
    held = 0
    clearTimeout(timer)
    timer = undefined
  }

  return {
    find: (shelf, text) => kept.get(shelf)?.get(text),
    keep(shelf, text, plan, bytes) {
      if (bytes > limit / 4) return
      if (held + bytes > limit) forget()
      held += bytes
      const texts = kept.get(shelf) ?? new Map<string, Kept>()
      kept.set(shelf, texts.set(text, plan))
      timer ??= setTimeout(forget, KEPT).unref()
    },
    count: () => [...kept.values()].reduce((sum, texts) => sum + texts.size, 0),
  }
}
