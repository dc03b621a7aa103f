/** Open cursors of one listener by ids of our own: whose they are, and how what they give is masked (mongodb.md §6). */
import type { PassedLimit, Siblings } from '@gatehouse/adapter-kit'
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
  /** Batches of it that are on their way: what they count is not known yet. */
  coming: number
}

/** A cursor that some process of this gateway knows, and the process that may go on with it now; `moving`: that is just being settled. */
export interface Kept {
  readonly cursor: Cursor
  at: number | 'moving'
}

export type Opening = Omit<Cursor, 'id' | 'statement' | 'coming'>

export interface Cursors {
  open(parts: Opening): Cursor
  /** One that was opened in another process, and goes on here. */
  adopt(parts: Opening & Pick<Cursor, 'id'>): void
  /** Invariant: nobody else's is ever found (row 82), and none that goes on in another process. */
  find(id: bigint, person: string): Cursor | undefined
  /** Wherever it goes on. */
  kept(id: bigint, person: string): Kept | undefined
  /** It has ended: whoever else knows of it hears so. */
  close(cursor: Pick<Cursor, 'id' | 'person'>): void
  /** Here alone; what was kept of it. */
  forget(id: bigint, person: string): Kept | undefined
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

/** The process that opened it stands in an id's lowest six bits, where there are several (64 at the most). */
const PROCESS = 0x3fn

/** Of any number, whether or not it is a cursor's; from 1. */
export const homeOf = (id: bigint): number => Number(id & PROCESS) + 1

export interface CursorSources {
  readonly random: (size: number) => Uint8Array
  readonly siblings?: Pick<Siblings, 'number'> | undefined
  /** Of one person. */
  readonly most?: number
  /** Told of each that has ended, with what was kept of it here. */
  readonly closed?: (id: bigint, person: string, kept: Kept | undefined) => void
}

/** Invariant: nobody's cursors push out somebody else's (R15). */
export function createCursors({ random, siblings, most = MOST, closed }: CursorSources): Cursors {
  const here = siblings?.number ?? 1
  const byId = new Map<bigint, Kept>()
  /** Ids of each person, oldest first. */
  const byPerson = new Map<string, Set<bigint>>()
  const newId = (): bigint => {
    const drawn = Buffer.from(random(8)).readBigUInt64LE() & 0x7fff_ffff_ffff_ffffn
    const id = siblings === undefined ? drawn : (drawn & ~PROCESS) | BigInt(here - 1)
    return id === 0n || byId.has(id) ? newId() : id
  }
  const kept = (id: bigint, person: string) => {
    const found = byId.get(id)
    return found?.cursor.person === person ? found : undefined
  }
  const forget = (id: bigint, person: string) => {
    const found = kept(id, person)
    if (found === undefined) return undefined
    byId.delete(id)
    const own = byPerson.get(person)
    own?.delete(id)
    if (own?.size === 0) byPerson.delete(person)
    return found
  }
  const keep = (cursor: Cursor): Cursor => {
    byId.set(cursor.id, { cursor, at: here })
    const own = byPerson.get(cursor.person) ?? new Set()
    byPerson.set(cursor.person, own.add(cursor.id))
    const [oldest] = own
    if (own.size > most && oldest !== undefined) forget(oldest, cursor.person)
    return cursor
  }
  return {
    open: (parts) => keep({ ...parts, id: newId(), statement: asMore(parts.read), coming: 0 }),
    adopt: (parts) => void keep({ ...parts, statement: asMore(parts.read), coming: 0 }),
    find(id, person) {
      const found = kept(id, person)
      return found?.at === here ? found.cursor : undefined
    },
    kept,
    close({ id, person }) {
      const found = forget(id, person)
      closed?.(id, person, found)
    },
    forget,
    get size() {
      return byId.size
    },
  }
}
