/** Callbacks in the order they were asked for, each due at a position of the spool. */

export type Written = 'written' | 'failed'

export interface Waiters {
  size(): number
  add(position: number, then: (result: Written) => void): void
  /** Runs those due at or before `position`. */
  reached(position: number): void
  failed(): void
}

interface Waiter {
  readonly position: number
  readonly then: (result: Written) => void
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
  let waiting: Waiter[] = []
  return {
    size: () => waiting.length,
    add(position, then) {
      waiting.push({ position, then })
    },
    reached(position) {
      let count = 0
      while (count < waiting.length && (waiting[count] as Waiter).position <= position) count += 1
      if (count === 0) return
      const due = waiting
      // Whoever is called may ask anew: what is walked here is no longer added to.
      waiting = count === due.length ? [] : due.slice(count)
      for (let index = 0; index < count; index += 1) run((due[index] as Waiter).then, 'written')
    },
    failed() {
      const due = waiting
      waiting = []
      for (const { then } of due) run(then, 'failed')
    },
  }
}
