/** Callbacks in the order they were asked for, each due at a position of the spool. */

export type Written = 'written' | 'failed'

export interface Waiters {
  size(): number
  add(position: number, then: (result: Written) => void): void
  /** Runs those due at or before `position`. */
  reached(position: number): void
  failed(): void
}

function run(then: (result: Written) => void, result: Written): void {
  try {
    then(result)
  } catch (error) {
    // One caller's fault must not keep the others waiting; it still surfaces as what it is.
    queueMicrotask(() => {
      throw error
    })
  }
}

export function createWaiters(): Waiters {
  let waiting: { readonly position: number; readonly then: (result: Written) => void }[] = []
  return {
    size: () => waiting.length,
    add(position, then) {
      waiting.push({ position, then })
    },
    reached(position) {
      const later = waiting.findIndex((waiter) => waiter.position > position)
      const due = later < 0 ? waiting : waiting.slice(0, later)
      waiting = later < 0 ? [] : waiting.slice(later)
      for (const { then } of due) run(then, 'written')
    },
    failed() {
      const due = waiting
      waiting = []
      for (const { then } of due) run(then, 'failed')
    },
  }
}
