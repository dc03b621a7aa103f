/** Who is signed in: found by session, ended by whoever may. */
import type { Conduct } from '@gatehouse/adapter-kit'
import type { Session } from '@gatehouse/core'

export interface Seat {
  readonly session: Session
  /** Set once the session's relay runs. */
  conduct?: Conduct
}

export interface Roster {
  readonly size: number
  add(session: Session): void
  enter(session: Session, conduct: Conduct): void
  /** False when it was not there. */
  remove(session: Session): boolean
  all(): Iterable<Seat>
}

export function createRoster(): Roster {
  const seats = new Map<string, Seat>()
  return {
    get size() {
      return seats.size
    },
    add(session) {
      seats.set(session.id, { session })
    },
    enter(session, conduct) {
      const seat = seats.get(session.id)
      if (seat !== undefined) seat.conduct = conduct
    },
    remove: (session) => seats.delete(session.id),
    all: () => seats.values(),
  }
}
