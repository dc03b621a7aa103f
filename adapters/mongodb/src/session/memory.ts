/** What one conversation remembers: the command that is open, and the counters of its messages. */
import type { Completion } from '@gatehouse/adapter-kit'
import type { OutcomeStatus, Permission, Permit, RefusalCode, SessionGate } from '@gatehouse/core'
import type { ReadStatement } from '../reading/read-command.js'
import type { Arrived } from './arriving.js'
import type { Cursor } from './cursors.js'
import type { Guard } from './guarding.js'
import type { Named } from './killed.js'
import type { NamedCursor } from './lending.js'
import type { Renewing } from './renewing.js'

/** What was read of the command that waits for the gate's answer. */
export type Pending =
  | { readonly kind: 'statement'; readonly arrived: Arrived; readonly read: ReadStatement }
  | { readonly kind: 'get-more'; readonly arrived: Arrived; readonly cursor: Cursor }
  | {
      readonly kind: 'kill-cursors'
      readonly arrived: Arrived
      readonly cursors: Named
    }
  /** Answered here. */
  | { readonly kind: 'own'; readonly arrived: Arrived; readonly name: string }
  | {
      readonly kind: 'unreadable'
      readonly arrived: Pick<Arrived, 'requestId' | 'silent' | 'command' | 'transaction' | 'session'>
      readonly native: { readonly code: number; readonly codeName: string } | undefined
    }

/** What the upstream owes an answer for. */
export type Owed =
  | {
      readonly kind: 'statement'
      /** Ours, upstream. */
      readonly requestId: number
      readonly arrived: Arrived
      readonly read: ReadStatement
      readonly permit: Permit
      /** Of a getMore. */
      readonly cursor: Cursor | undefined
    }
  | {
      readonly kind: 'kill-cursors'
      readonly requestId: number
      readonly arrived: Arrived
      readonly permit: Permit
      readonly cursors: Named
    }
  /** A write inside a transaction of the gateway's own. */
  | {
      readonly kind: 'guarded'
      readonly requestId: number
      readonly arrived: Arrived
      readonly permit: Permit
      readonly guard: Guard
      readonly limit: NonNullable<Permission['affected']>
      /** It is within its limit, and being committed: then the client gets `reply`. */
      readonly kept?: { readonly reply: Uint8Array; readonly affected: number }
    }
  /** A command of our own; then the client gets `client`, where it has not been answered yet. */
  | { readonly kind: 'own'; readonly requestId: number; readonly client: Uint8Array | undefined }

export interface Sought {
  /** Of which command. */
  readonly requestId: number
  /** A batch of it is on its way in another process. */
  coming: boolean
  /** By the client's ids. */
  named: ReadonlyMap<bigint, NamedCursor>
}

export interface Memory {
  readonly gate: SessionGate
  /** Issuer, subject and agent. */
  readonly person: string
  exchange: number
  /** The last of ours. */
  requestId: number
  pending: Pending | undefined
  owed: Owed | undefined
  waiters: (() => void)[]
  /** The credential has run out, and the client may bring another. */
  renewing: Renewing | undefined
  /** Cursors of the command that is read again, as another process has told of them. */
  sought: Sought | undefined
  /** The session of the gateway's own transactions, and the last one's number. */
  guarding: { readonly session: Uint8Array; last: bigint } | undefined
}

export function createMemory(gate: SessionGate, requestId: number): Memory {
  const { issuer, subject, agent } = gate.session.identity
  return {
    gate,
    person: JSON.stringify([issuer, subject, agent ?? null]),
    exchange: 0,
    requestId,
    pending: undefined,
    owed: undefined,
    waiters: [],
    renewing: undefined,
    sought: undefined,
    guarding: undefined,
  }
}

export function nextRequestId(memory: Memory): number {
  memory.requestId = (memory.requestId + 1) & 0x7fff_ffff
  return memory.requestId
}

/** Resolves at the next answer. */
export function nextAnswer(memory: Memory): Promise<void> {
  return new Promise((resolve) => memory.waiters.push(resolve))
}

/** Nothing is open any more, or what is was opened by ourselves. */
export function settle(memory: Memory, owed: Owed | undefined = undefined): void {
  arrivedBatch(memory)
  memory.owed = owed
  if (owed !== undefined) return
  const woken = memory.waiters
  memory.waiters = []
  for (const resolve of woken) resolve()
}

/** What was on its way of a cursor is here, or will never be: it may go on. */
export function arrivedBatch({ owed }: Memory): void {
  if (owed?.kind === 'statement' && owed.cursor !== undefined) owed.cursor.coming -= 1
}

export interface Told {
  readonly returned?: number
  readonly affected?: number
  readonly native?: number | undefined
  readonly refusal?: RefusalCode
}

export function completion(permit: Permit, status: OutcomeStatus, told: Told = {}): Completion {
  const { returned = 0, affected = 0, native, refusal } = told
  return {
    permit,
    outcome: {
      status,
      returned,
      affected,
      ...(native === undefined ? {} : { native: String(native) }),
      ...(refusal === undefined ? {} : { refusal }),
    },
  }
}
