/** How many sessions a listener and a person have: counted where all can see it, so that limits hold across workers. */

export interface PlaceLimits {
  readonly connections: number
  readonly perUser: number
}

export interface PlaceWanted {
  readonly listener: string
  /** Who, in a spelling that nobody else shares. */
  readonly person: string
  readonly limits: PlaceLimits
}

export type Place =
  | { readonly kind: 'taken'; giveBack(): void }
  /** What has all the sessions that it may have; `gateway`: it cannot be known any more, because it is ending. */
  | { readonly kind: 'full'; readonly of: 'listener' | 'person' | 'gateway' }

export type OwnPlace = Place & ({ readonly kind: 'taken' } | { readonly of: 'listener' | 'person' })

export interface Places {
  /** Never rejects. */
  take(wanted: PlaceWanted): Place | Promise<Place>
}

/** Invariant: never more places than the limits that the last taker came with. */
export function createPlaces(): { take(wanted: PlaceWanted): OwnPlace } {
  const counts = new Map<string, number>()
  const add = (key: string, by: 1 | -1) => {
    const count = (counts.get(key) ?? 0) + by
    if (count === 0) counts.delete(key)
    else counts.set(key, count)
  }
  return {
    take({ listener, person, limits }) {
      const all = JSON.stringify([listener])
      const own = JSON.stringify([listener, person])
      if ((counts.get(all) ?? 0) >= limits.connections) return { kind: 'full', of: 'listener' }
      if ((counts.get(own) ?? 0) >= limits.perUser) return { kind: 'full', of: 'person' }
      add(all, 1)
      add(own, 1)
      let held = true
      return {
        kind: 'taken',
        giveBack() {
          if (!held) return
          held = false
          add(all, -1)
          add(own, -1)
        },
      }
    },
  }
}
