/** Who plays a contract: the adapter, its speaker, and the server behind it, real or scripted. */
import type { Manifest, OpenAdapter } from '@gatehouse/adapter-kit'
import type { Speaker, Visitor } from './speaker.js'

/** Where an adapter is opened. */
export interface Place {
  readonly host: string
  readonly port: number
  readonly limits: { readonly statement: number; readonly message: number }
}

/** A real server that holds the world (world.ts). */
export interface RealUpstream {
  readonly host: string
  readonly port: number
  /** The protocol has them, this server has not. */
  readonly without?: 'transactions'
}

/** An adapter over a real server for clauses that say nothing of opening and closing. */
export interface Lent {
  borrow(place: Place): Promise<OpenAdapter>
  /** Closes it, if it is open: the next to borrow gets a new one. */
  close(): Promise<void>
}

export interface Troupe {
  readonly manifest: Manifest
  readonly speaker: Speaker
  readonly open: (place: Place) => Promise<OpenAdapter>
  /** One that stays open from clause to clause, because opening takes a while; left out: each performance opens its own. */
  readonly lent: Lent | undefined
  readonly real: RealUpstream | undefined
  /** Milliseconds that any one answer may take. */
  readonly patience: number
  /** Bytes of rows for a reader that reads nothing: more than every buffer of two connections. */
  readonly flood: number
}

/** Below what one read of a socket can bring, so that what is too long can arrive whole. */
export const LIMITS = { statement: 8 * 1024, message: 24 * 1024 }

export const ANN: Visitor = { name: 'ann', password: 'ann signs in with this', database: 'shop' }
export const BOB: Visitor = { name: 'bob', password: 'bob signs in with that', database: 'shop' }
export const EVE: Visitor = { name: 'eve', password: 'eve expires', database: 'shop' }
/** When Eve's credential ends: far off, until the stage says otherwise. */
export const EXPIRY = Date.UTC(2100, 0, 1)
