/** The sessions of one listener by the thread ids that clients may name them by: KILL reaches one's own alone. */
import type { StopRequest } from '@gatehouse/adapter-kit'
import type { Identity } from '@gatehouse/core'
import type { Siblings } from './parts.js'

export interface Present {
  readonly identity: Identity
  /** Of the greeting and of the upstream. */
  readonly threadIds: readonly number[]
  /** Stops what it runs. */
  cancel(): void
  /** Ends it before its next command. */
  kill(): void
}

export interface Registry {
  /** Until the returned function is called. */
  enter(present: Present): () => void
  siblingsOf(identity: Identity): Siblings
  /** Whether a session here is meant, and the same person's. */
  stop(request: StopRequest): boolean
}

/** `elsewhere`: those who hold the listener's other sessions. */
export function createRegistry(elsewhere?: (request: StopRequest) => Promise<boolean>): Registry {
  const byThread = new Map<number, Present>()
  const stop = ({ id, by, what }: StopRequest): boolean => {
    const found = byThread.get(id)
    if (found === undefined || !isSame(found.identity, by)) return false
    if (what !== 'find') found.cancel()
    if (what === 'session') found.kill()
    return true
  }
  return {
    enter(present) {
      // The ids of greetings and of the upstream are counted apart: where they meet, the first stays.
      const own = present.threadIds.filter((id) => !byThread.has(id))
      for (const id of own) byThread.set(id, present)
      return () => {
        for (const id of own) if (byThread.get(id) === present) byThread.delete(id)
      }
    },
    stop,
    siblingsOf({ issuer, subject, agent }) {
      const by = { issuer, subject, ...(agent === undefined ? {} : { agent }) }
      let sought: { readonly id: number; readonly found: boolean } | undefined
      return {
        find(id) {
          if (stop({ id, by, what: 'find' })) return true
          if (elsewhere === undefined) return false
          const known = sought
          sought = undefined
          if (known?.id === id) return known.found
          return elsewhere({ id, by, what: 'find' }).then((found) => {
            sought = { id, found }
          })
        },
        kill(id, connection) {
          const request: StopRequest = { id, by, what: connection ? 'session' : 'statement' }
          if (!stop(request)) void elsewhere?.(request)
        },
      }
    },
  }
}

function isSame(one: Identity, other: StopRequest['by']): boolean {
  return one.issuer === other.issuer && one.subject === other.subject && one.agent === other.agent
}
