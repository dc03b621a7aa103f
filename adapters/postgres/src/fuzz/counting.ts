/** What a limit promises, counted where it shows: rows and bytes at the client, changes at the server's commits (R21). */
import type { Message } from './frames.js'
import type { Change } from './standing.js'
import { type Counted, LIMITS } from './world.js'

export interface Count {
  /** The client got a message. */
  heard(message: Message): void
  /** What a transaction of the server changed stands. */
  committed(changes: readonly Change[]): void
}

/** DataRow. */
const ROW = 'D'

export function createCount(counted: Counted | undefined, wrong: string[]): Count {
  const limit = counted === undefined ? Number.POSITIVE_INFINITY : LIMITS[counted]
  let rows = 0
  let bytes = 0
  return {
    heard({ type, bytes: { length } }) {
      rows = type === ROW ? rows + 1 : 0
      bytes = type === ROW ? bytes + length : 0
      if (counted === 'rows' && rows > limit) wrong.push(`${rows} rows`)
      if (counted === 'bytes' && bytes > limit) wrong.push(`${bytes} bytes of rows`)
    },
    committed(changes) {
      const over = changes.find(({ rows: changed }) => changed > limit)
      if (counted === 'affected' && over !== undefined)
        wrong.push(`${over.rows} changed rows were committed: ${over.form}`)
    },
  }
}
