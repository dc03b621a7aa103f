/** The sessions of one listener by the thread ids that clients may name them by: KILL reaches one's own alone. */
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
}

export function createRegistry(): Registry {
  const byThread = new Map<number, Present>()
  return {
    enter(present) {
      // The ids of greetings and of the upstream are counted apart: where they meet, the first stays.
      const own = present.threadIds.filter((id) => !byThread.has(id))
      for (const id of own) byThread.set(id, present)
      return () => {
        for (const id of own) if (byThread.get(id) === present) byThread.delete(id)
      }
    },
    siblingsOf(identity) {
      const find = (threadId: number) => {
        const found = byThread.get(threadId)
        return found !== undefined && isSame(found.identity, identity) ? found : undefined
      }
      return {
        has: (threadId) => find(threadId) !== undefined,
        kill(threadId, connection) {
          const found = find(threadId)
          found?.cancel()
          if (connection) found?.kill()
        },
      }
    },
  }
}

function isSame(one: Identity, other: Identity): boolean {
  return one.issuer === other.issuer && one.subject === other.subject && one.agent === other.agent
}
