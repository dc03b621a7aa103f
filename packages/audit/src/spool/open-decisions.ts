/** Decisions whose outcome is due, and the room that is promised to those outcomes. */
import type { Completed, Decided } from '@gatehouse/core'

export interface Due {
  readonly decided: Decided
  readonly sequence: number
  readonly room: number
  /** What was told while the spool could not be written. */
  told?: Completed
}

export interface OpenDecisions {
  readonly size: number
  /** Bytes promised. */
  readonly owed: number
  has(id: string): boolean
  get(id: string): Due | undefined
  add(due: Due): void
  remove(id: string): void
  all(): IterableIterator<Due>
}

export function createOpenDecisions(): OpenDecisions {
  const open = new Map<string, Due>()
  let owed = 0
  return {
    get size() {
      return open.size
    },
    get owed() {
      return owed
    },
    has: (id) => open.has(id),
    get: (id) => open.get(id),
    add(due) {
      open.set(due.decided.id, due)
      owed += due.room
    },
    remove(id) {
      owed -= open.get(id)?.room ?? 0
      open.delete(id)
    },
    all: () => open.values(),
  }
}
