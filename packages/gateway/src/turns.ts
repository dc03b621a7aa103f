/** A few at a time, the others in the order in which they came. */
import { GatehouseError } from '@gatehouse/core'

export interface Turns {
  /** Resolves, with what ends the turn, once it has come; rejects with GH_WIRE when that takes longer than `milliseconds` (0: ever). */
  take(milliseconds: number): Promise<() => void>
}

export function createTurns(most: number): Turns {
  let taken = 0
  const waiting = new Set<() => void>()

  const begin = (): (() => void) => {
    let over = false
    return () => {
      if (over) return
      over = true
      const [next] = waiting
      if (next === undefined) {
        taken -= 1
        return
      }
      waiting.delete(next)
      next()
    }
  }

  return {
    take(milliseconds) {
      if (taken < most) {
        taken += 1
        return Promise.resolve(begin())
      }
      return new Promise((resolve, reject) => {
        const mine = () => {
          clearTimeout(timer)
          resolve(begin())
        }
        const late = () => {
          waiting.delete(mine)
          reject(
            new GatehouseError('GH_WIRE', `no turn to sign in at the database within ${milliseconds} ms`),
          )
        }
        const timer = milliseconds === 0 ? undefined : setTimeout(late, milliseconds)
        waiting.add(mine)
      })
    },
  }
}
