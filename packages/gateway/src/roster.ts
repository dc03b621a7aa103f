/** Who is signed in: counted by user, found by session, ended by whoever may. */
import type { Conduct } from '@gatehouse/adapter-kit'
import type { Identity, Session } from '@gatehouse/core'

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
  /** Sessions of this person or program on this listener. */
  count(listener: string, identity: Identity): number
  all(): Iterable<Seat>
}

/** Issuer and subject name a person; two listeners count apart. */
function personOf(listener: string, identity: Identity): string {
  return JSON.stringify([listener, identity.issuer, identity.subject])
}

export function createRoster(): Roster {
  const seats = new Map<string, Seat>()
  const persons = new Map<string, number>()
  const shift = (session: Session, by: 1 | -1) => {
    const person = personOf(session.listener, session.identity)
    const count = (persons.get(person) ?? 0) + by
    if (count === 0) persons.delete(person)
    else persons.set(person, count)
  }
  return {
    get size() {
      return seats.size
    },
    add(session) {
      seats.set(session.id, { session })
      shift(session, 1)
    },
    enter(session, conduct) {
      const seat = seats.get(session.id)
      if (seat !== undefined) seat.conduct = conduct
    },
    remove(session) {
      if (!seats.delete(session.id)) return false
      shift(session, -1)
      return true
    },
    count: (listener, identity) => persons.get(personOf(listener, identity)) ?? 0,
    all: () => seats.values(),
  }
}
