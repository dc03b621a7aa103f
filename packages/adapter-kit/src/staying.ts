/** Clients that nobody signs in on: a monitor asks for as long as it lives whether the server does. */
import { GatehouseError } from '@gatehouse/core'
import { settlesWithin, withDeadline } from './deadlines.js'
import type { Wire } from './wire.js'

export interface StayingParts {
  /** Milliseconds from accept that need no place; 0: none ever does. */
  readonly greeting: number
  /** Milliseconds that it may say nothing. */
  readonly silence: number
  /** Milliseconds, monotonic. */
  tick(): number
  /** A place among those who stay, as how to give it back; undefined: there is none. */
  place(): (() => void) | undefined
}

export interface Staying {
  /** Resolves with the client's next byte, which stays unread. Rejects when it has no place, leaves, or is silent for too long. */
  nextByte(client: Wire): Promise<void>
  /** It has outstayed its greeting. */
  readonly placed: boolean
  /** It waits for the client's next byte: nothing is half done. */
  readonly waiting: boolean
  over(): void
}

/** Invariant: whoever has not signed in holds a place from the greeting's deadline on, and places are counted (R15, R30). */
export function createStaying({ greeting, silence, tick, place }: StayingParts): Staying {
  const begun = tick()
  let giveBack: (() => void) | undefined
  let waiting = false

  const outlasts = async (byte: Promise<unknown>): Promise<boolean> => {
    if (greeting === 0 || giveBack !== undefined) return false
    const left = begun + greeting - tick()
    return left <= 0 || !(await settlesWithin(left, byte))
  }
  return {
    async nextByte(client) {
      const byte = client.peek(1)
      waiting = true
      try {
        if (await outlasts(byte)) {
          giveBack = place()
          if (giveBack === undefined) throw new GatehouseError('GH_WIRE', 'nobody else may stay unidentified')
        }
        await withDeadline(silence, byte)
      } finally {
        waiting = false
      }
    },
    get placed() {
      return giveBack !== undefined
    },
    get waiting() {
      return waiting
    },
    over() {
      giveBack?.()
      giveBack = undefined
    },
  }
}
