/** Decisions whose outcome is due, and the room that is promised to those outcomes. */
import type { Completed, Decided } from '@gatehouse/core'

export interface Due {
  readonly decided: Decided
  readonly sequence: number
  readonly room: number
  /** What was told while the spool could not be written. */
  told: Completed | undefined
}

export interface OpenDecisions {
  size(): number
  /** Bytes promised. */
  owed(): number
  has(id: string): boolean
  /** What cannot be written yet. */
  tell(id: string, told: Completed): void
  add(due: Due): void
  /** Takes it out. */
  take(id: string): Due | undefined
  all(): IterableIterator<Due>
}

export function createOpenDecisions(): OpenDecisions {
  const open = new Map<string, Due>()
  let owed = 0
  return {
    size: () => open.size,
    owed: () => owed,
    has: (id) => open.has(id),
    tell(id, told) {
      const due = open.get(id)
      if (due !== undefined) due.told = told
    },
    add(due) {
      open.set(due.decided.id, due)
      owed += due.room
    },
    take(id) {
      const due = open.get(id)
      if (due === undefined) return undefined
      owed -= due.room
      open.delete(id)
      return due
    },
    all: () => open.values(),
  }
}
