/** What differs from one database to the next; the faults themselves are the same for all. */
import type { Socket } from 'node:net'
import { describePart, type Part } from '@gatehouse/workbench'
import { describe } from 'vitest'
import type { Ending } from './reconcile.js'

/** A client that is signed in, by a driver of its database. */
export interface Guest {
  /** Of the driver's connection. */
  readonly socket: Socket
  /** Each `?` is a parameter of a prepared statement. Resolves when the reply is whole. */
  ask(text: string, values?: readonly (number | string)[]): Promise<readonly Row[]>
  /** A goodbye, and the end. */
  end(): Promise<void>
}

export type Row = Readonly<Record<string, unknown>>

/** Asks something about the name, once, and is done when its own statement is. */
export type Kind = (guest: Guest, name: string) => Promise<unknown>

export interface StartOptions {
  readonly connections: number
  /** What it shows, PEM files. */
  readonly tls?: Shown
}

export interface Shown {
  readonly cert: string
  readonly key: string
}

/** The real server, with the database `shop`, 20 customers in it, and the gateway's account. */
export interface Upstream {
  readonly port: number
  /** Past the gateway, for whom nothing is forbidden. */
  ask(text: string): Promise<readonly Row[]>
  /** Signs in again where the server was away. */
  reconnect(): Promise<void>
  /** Sessions of clients that the server still has. */
  sessions(): Promise<number>
  /** Statements with this in their text that run at the moment. */
  runs(part: string): Promise<number>
  /** The numbers of statements that the server was given, by its own log; grows with each call. */
  readonly executed: () => ReadonlySet<number>
  /** Of the gateway's account. */
  setPassword(password: string): Promise<void>
  /** Shows another certificate from now on. */
  show(shown: Shown): Promise<void>
  /** Makes a table of numbers, with which the gateway's account may do as it likes. */
  give(table: string): Promise<void>
  kill9(): Promise<void>
  restart(): Promise<void>
  stop(): Promise<void>
}

/** How a proxy finds the ends of messages. */
export interface Boundaries {
  /** Its greeting comes before it knows who is there. */
  readonly serverFirst: boolean
  /** Where the message that begins at `at` ends, once all of it is here; `first`: the first of its direction. */
  endOf(bytes: Buffer, at: number, first: boolean): number | undefined
}

/** How the database names them, `codeOf` a fault. */
export interface Codes {
  readonly unreachable: string
  readonly draining: string
  readonly unwritten: string
  readonly forbidden: string
  readonly tooLarge: string
  /** What the statement of `kinds` that fails by itself is answered with. */
  readonly failing: string
}

export interface Database {
  readonly name: string
  /** What it needs that may be missing. */
  readonly part?: Part
  /** Of the configuration. */
  readonly protocol: string
  start(options: StartOptions): Promise<Upstream>
  enter(port: number, user: string): Promise<Guest>
  codeOf(fault: unknown): string | undefined
  endingOf(fault: unknown): Ending
  readonly codes: Codes
  /** What it is asked is none of SQL: `kinds` is all. */
  readonly speaks?: 'commands'
  /** Beside those that every database of SQL is asked. */
  readonly kinds: readonly Kind[]
  /** What no number fits into. */
  readonly unnumbered: readonly ((guest: Guest) => Promise<unknown>)[]
  /** Sends the beginning of what would write into the table, and no more. */
  beginToWrite(guest: Guest, table: string): void
  /** As the database has it, on a connection of its own; with a guess instead of what it should be told. */
  cancel(port: number, guest: Guest, guess?: number): Promise<void>
  /** An expression that takes so long. */
  sleep(seconds: number): string
  /** A message that turns a session away because the server is not ready. */
  readonly notReady: Uint8Array
  readonly boundaries: Boundaries
}

/** The same suite before each of them. */
export function overEach(databases: readonly Database[], suite: (database: Database) => void): void {
  for (const database of databases) {
    const { name, part } = database
    if (part === undefined) describe(name, () => suite(database))
    else describePart(part, name, () => suite(database))
  }
}
