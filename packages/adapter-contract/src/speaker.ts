/** What an adapter's author teaches the suite: to talk the protocol as a client, and to play a server of it. */
import type { Wire } from '@gatehouse/adapter-kit'
import type { RefusalCode } from '@gatehouse/core'
import type { Intent, Naming, Result } from './intent.js'
import type { RelationName } from './world.js'

export type TransactionState = 'idle' | 'open' | 'failed'

/** One way to put a text to the server; each is played. */
export interface Form {
  readonly name: string
  /** Prepared first, then executed. */
  readonly prepared: boolean
  /** Cells come back in the protocol's binary format. */
  readonly binary: boolean
  /** Preparing is a turn of its own: what executes needs its answer (`Speaker.goOn`). */
  readonly turns?: true
}

export interface Failure {
  /** The protocol's own code. */
  readonly native: string
  /** All that a person or program could read of it. */
  readonly text: string
  /** Ours, when it is ours. */
  readonly code?: RefusalCode
  readonly fatal: boolean
}

/** All that came back for one exchange. */
export interface Answer {
  /** Cells as text whatever their format. */
  readonly rows: readonly (readonly (string | null)[])[]
  readonly failure?: Failure
  /** What the client is told of its transaction; left out where the protocol does not say it here. */
  readonly state?: TransactionState
}

export interface Heard {
  /** Whole ones. */
  readonly answers: readonly Answer[]
  /** Messages that nobody asked for, as texts. */
  readonly unasked: readonly string[]
  /** A fatal error outside any answer. */
  readonly farewell?: Failure
  /** Not this protocol: what came cannot be a server's. */
  readonly malformed?: string
  /** Bytes after the last whole answer. */
  readonly rest: number
}

/** All that passed on one connection since the client signed in; of a stranger, since it connected. */
export interface Talk {
  readonly sent: Uint8Array
  readonly received: Uint8Array
}

export interface Visitor {
  readonly name: string
  readonly password: string
  readonly database: string
}

/** A scripted server's part of one connection. */
export interface Actor {
  /** What the server says before anything was sent to it, where the protocol lets it speak first. */
  readonly greeting?: Uint8Array
  /** The replies to what these bytes complete, sign-in included. */
  push(chunk: Uint8Array): Uint8Array
  readonly signedIn: boolean
  readonly state: TransactionState
  /** The server closes this connection now: a cancel request was taken, the client said goodbye. */
  readonly over: boolean
}

export interface Scene {
  /** What a text yields: rows, or a failure of the server's own. */
  play(text: string): Play
  /** The text was run, in this order. */
  ran(text: string): void
}

export interface Play extends Result {
  /** The server's own error, after the rows. */
  readonly failure?: string
  /** Rows that it changes. */
  readonly changed?: number
}

export interface Transactions {
  readonly begin: string
  readonly commit: string
  readonly rollback: string
  /** What a real server's error does to an open transaction. */
  readonly errorLeaves: 'open' | 'failed'
}

/** One whose commands carry it: no text begins it, and it is its session's, not its connection's. */
export interface CarriedTransaction {
  /** A text as part of it; the first one begins it. */
  within(text: string): string
  readonly commit: string
  readonly rollback: string
}

export interface Speaker extends Naming {
  /** Bytes of a frame's header. */
  readonly header: number
  readonly forms: readonly [Form, ...Form[]]
  /** How a read can bring in another relation: join, subquery, CTE, pipeline stage … */
  readonly ways: readonly string[]
  /** Those that texts of their own begin and end, and of which answers tell; left out where the protocol has none. */
  readonly transactions?: Transactions
  /** The next of those that commands carry; an error of any of them ends it. Left out where the protocol has none. */
  readonly carriedTransaction?: () => CarriedTransaction
  /** Bytes of rows that one reply holds at most; left out: as many as there are. */
  readonly reply?: number
  /** A server says nothing but answers: where none is waited for, a connection ends without a word. */
  readonly endsSilently?: true
  /** The intent written down. */
  say(intent: Intent): string
  /** One exchange's bytes that put a text to the server; of an exchange with turns, the first. */
  ask(text: string, form: Form): Uint8Array
  /** The next turn of what was asked, now that so much was heard: clients send it by themselves. Undefined: none is due. */
  goOn?(talk: Talk): Uint8Array | undefined
  /** Executes once more what `ask` prepared last in this form; left out where nothing is prepared. */
  repeat?(form: Form, talk: Talk): Uint8Array
  /** Several statements as one text, where one text can hold several. */
  several?(texts: readonly string[]): string
  /** The same statement otherwise written: comments, case, quoting, whitespace. */
  disguise(text: string): readonly string[]
  /** Texts that may do anything: dynamic code, bodies that nobody knows. */
  readonly opaque: readonly string[]
  /** Texts that no grammar takes. */
  readonly unreadable: readonly string[]
  /** Texts that show a field otherwise than as a plain column: whole rows, expressions, unions. */
  wrapped(relation: RelationName, field: string): readonly string[]
  /** A text that shows this JSON object as one document, in one column `shown`; left out where nothing holds documents. */
  readonly document?: (json: string) => string
  /** A frame's header that declares `length` bytes in whole, or the most that a header can say. */
  declare(length: number): Uint8Array
  /** Headers that no client may send: lengths below the header's own, negative ones, numbers out of order. */
  readonly impossible: readonly Uint8Array[]
  /** Frames whose lengths are right and whose content is not. `random` gives numbers from 0 up to 1. */
  garble(random: () => number): Uint8Array
  /** What the server may say unasked at any time; empty where it never does. */
  readonly unasked: readonly { readonly bytes: Uint8Array; readonly says: string }[]
  /** Replies that would answer a request, had there been one. */
  readonly outOfTurn: readonly Uint8Array[]
  /** The code that a client sees for ours. */
  native(code: RefusalCode): string
  /** Signs in as a client does; resolves with the failure when it was turned away. Throws when the wire closes. */
  signIn(wire: Wire, visitor: Visitor): Promise<Failure | undefined>
  hear(talk: Talk): Heard
  /** What was received, without the numbers that a server counts over all its connections; left out: there are none. */
  comparable?(received: Uint8Array): Uint8Array
  createActor(scene: Scene): Actor
}
