/** Open cursors of one listener by ids of our own: whose they are, and how what they give is masked (mongodb.md §6). */
import type { PassedLimit } from '@gatehouse/adapter-kit'
import type { Statement } from '@gatehouse/core'
import type { ReadStatement } from '../reading/read-command.js'

export interface Cursor {
  readonly id: bigint
  /** The upstream's id; 0: it has given all that it may. */
  readonly upstream: bigint
  /** Issuer, subject and agent. */
  readonly person: string
  /** The upstream's session id in hexadecimal; empty: none. */
  readonly session: string
  readonly database: string
  readonly collection: string
  /** How its first batch was read. */
  readonly read: ReadStatement
  /** The same as a getMore: put to the gate again for each batch. */
  readonly statement: Statement
  /** Documents and bytes that were given so far. */
  returned: number
  bytes: number
  /** A limit that it has passed: no more comes. */
  over: PassedLimit | undefined
}

export interface Cursors {
  open(cursor: Omit<Cursor, 'id' | 'statement'>): Cursor
  /** Invariant: nobody else's is ever found (row 82). */
  find(id: bigint, person: string): Cursor | undefined
  close(cursor: Cursor): void
  readonly size: number
}

/** Of one person, whose own oldest gives way; the upstream forgets those that idle for ten minutes by itself. */
const MOST = 2_000

/** One object for each plan, so that a decision on it can be remembered. */
const more = new WeakMap<ReadStatement, Statement>()

function asMore(read: ReadStatement): Statement {
  const known = more.get(read) ?? { ...read.statement, command: 'getMore', bytes: 0 }
  more.set(read, known)
  return known
}

/** Invariant: nobody's cursors push out somebody else's (R15). `most`: of one person. */
export function createCursors(random: (size: number) => Uint8Array, most = MOST): Cursors {
  const byId = new Map<bigint, Cursor>()
  /** Ids of each person, oldest first. */
  const byPerson = new Map<string, Set<bigint>>()
  const newId = (): bigint => {
    const bytes = Buffer.from(random(8))
    const id = bytes.readBigUInt64LE() & 0x7fff_ffff_ffff_ffffn
    return id === 0n || byId.has(id) ? newId() : id
  }
  const forget = (id: bigint, person: string) => {
    byId.delete(id)
    const own = byPerson.get(person)
    own?.delete(id)
    if (own?.size === 0) byPerson.delete(person)
  }
  return {
    open(parts) {
      const cursor: Cursor = { ...parts, id: newId(), statement: asMore(parts.read) }
      byId.set(cursor.id, cursor)
      const own = byPerson.get(parts.person) ?? new Set()
      byPerson.set(parts.person, own.add(cursor.id))
      const [oldest] = own
      if (own.size > most && oldest !== undefined) forget(oldest, parts.person)
      return cursor
    },
    find(id, person) {
      const cursor = byId.get(id)
      return cursor?.person === person ? cursor : undefined
    },
    close: ({ id, person }) => forget(id, person),
    get size() {
      return byId.size
    },
  }
}
