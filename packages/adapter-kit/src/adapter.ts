/** What an adapter is: it greets, signs in, reads, refuses and follows; the kit owns sockets, loops and order. */
import type {
  Ask,
  Identity,
  Outcome,
  Permit,
  Refusal,
  RefusalCode,
  SessionGate,
  Statement,
} from '@gatehouse/core'
import type { Renewal } from './credential.js'
import type { Frame, FrameLayout } from './cutter.js'
import type { Hall, Turned } from './hall.js'
import type { Outbox } from './outbox.js'
import type { Knowledge, Site, StopRequest } from './site.js'
import type { Wire } from './wire.js'

export interface Manifest {
  readonly name: string
  readonly defaultPort: number
  /** Obligations that this protocol can keep; one that it can't is refused. */
  readonly honours: Honours
  /** Clients may send on before they were answered. */
  readonly pipelines: boolean
}

export interface Honours {
  /** Values of columns. */
  readonly mask: boolean
  /** Values of keys inside documents. */
  readonly keys: boolean
  readonly rows: boolean
  readonly bytes: boolean
  /** Changed rows are counted before they stand. */
  readonly affected: boolean
}

/** An adapter is a value with one function: it opens one listener's side of a protocol. */
export interface ProtocolAdapter {
  readonly manifest: Manifest
  /** Checks the upstream and reads its catalogs. Throws GatehouseError when the start must be refused. */
  open(site: Site): Promise<OpenAdapter>
}

export interface OpenAdapter {
  readonly manifest: Manifest
  /** Everything up to the proof. Ends in a guest who is identified, or in something that is already settled. */
  greet(client: Wire, hall: Hall): Promise<Greeting>
  /** False while a catalog is too old to be trusted; statements are refused then. */
  readonly current: boolean
  /** Takes new Classes and Functions documents; statements are read by them from then on. */
  revise(knowledge: Knowledge): Promise<void>
  /** Left out: no client of this protocol names other sessions. False where no session here is meant, or it is not the same person's. */
  stop?(request: StopRequest): boolean
  /** A question of its own kind in another process, by that one's number. Left out: none is ever asked. */
  answer?(from: number, question: unknown): unknown
  /** Reads a statement as this listener would, for `explain`; undefined database: the only or first one. */
  explain(text: string, account: string, database: string | undefined): Promise<Explanation>
  /** The catalog as plain data, for `catalog export` and `classes`. */
  catalog(database: string | undefined): Promise<unknown>
  close(): Promise<void>
}

export type Explanation =
  | { readonly kind: 'read'; readonly statements: readonly Statement[] }
  | { readonly kind: 'unreadable'; readonly why: string }

export type Greeting =
  | { readonly kind: 'guest'; readonly guest: Guest }
  /**
   * Answered so far, and nobody has signed in: whoever only asks whether the server lives may do so for as long as it likes,
   * with no upstream of its own. `goOn` is called when more has come and ends in a greeting again; it has the greeting's deadline.
   */
  | { readonly kind: 'stays'; readonly goOn: (client: Wire, hall: Hall) => Promise<Greeting> }
  /** A cancel request was passed on, a probe has left, or the client was told why not: nothing more to do. */
  | { readonly kind: 'settled' }

/** A client whose identity is proven and whose session is about to open. */
export interface Guest {
  readonly login: string
  readonly database: string
  readonly identity: Identity
  readonly application: string | undefined
  /** The upstream account for this identity. */
  readonly account: string
  readonly upstream: { readonly host: string; readonly port: number }
  /** What it gets when it must leave before its session has begun: a native fatal error. */
  turnAway(turned: Turned): Uint8Array
  /** The client asks to be somebody else, by this packet: a greeting from there on. Only where `read` says `again`. */
  again?(client: Wire, hall: Hall, packet: Uint8Array): Promise<Greeting>
  /** Signs in upstream over a fresh connection; the conversation starts when the server is ready. */
  enter(upstream: Wire, gate: SessionGate): Promise<Conversation>
}

/** One signed-in client's talk with one upstream connection. Pure but for its own memory: no I/O. */
export interface Conversation {
  readonly clientFrames: FrameLayout
  readonly upstreamFrames: FrameLayout
  /** What the client is told now that both sides are ready. */
  readonly welcome: Uint8Array
  read(frame: Frame): Reading
  /** The gate's answer to the last `ask`. */
  admitted(frame: Frame, permits: readonly Permit[]): Forwarding
  refused(frame: Frame, refusal: Refusal): Forwarding
  /** Replies by header alone: `pass` forwards bytes unread as they come, `whole` gathers the frame first. */
  glance(type: number, length: number): 'pass' | 'whole'
  /**
   * Writes what the client shall get of this frame into `out`. Invariant: that is all that is left of the frame when it returns; whoever
   * remembers a part of it remembers a copy, as its bytes serve other frames once what was written has left.
   */
  follow(frame: Frame, out: Outbox): Step
  /**
   * Asked before what `follow` wrote leaves: it waits for this. False: what ran is not what was decided, and neither it nor anything
   * behind it leaves; the session ends. Left out, or undefined: nothing speaks against it.
   */
  confirming?(): Promise<boolean> | undefined
  /**
   * The credential has run out. True: from here on nothing is read as a statement until the client has proven itself again, which the
   * conversation tells by `renewal`. Left out, or false: the session ends.
   */
  expired?(renewal: Renewal): boolean
  /** Nothing is owed: the session can be ended without cutting an exchange. */
  readonly idle: boolean
  /** Owed replies; the relay holds the client back over its ceiling. */
  readonly owed: number
  /** Fatal native error for a session that has begun, then the connection closes. */
  farewell(code: RefusalCode, message: string): Uint8Array
  /** How to ask the upstream to stop what runs now, over a connection of its own; undefined when nothing runs. */
  cancellation(): Cancellation | undefined
  /** The connection is gone: outcomes for all that was still open. */
  ended(): readonly Completion[]
}

export interface Cancellation {
  /** Speaks on a fresh upstream connection; returns when the upstream has taken note. */
  speak(upstream: Wire): Promise<void>
}

export interface Completion {
  readonly permit: Permit
  readonly outcome: Outcome
}

export type Reading =
  /** Belongs to what was permitted, or carries no statement: goes upstream as it is, or as `bytes`. */
  | { readonly kind: 'pass'; readonly bytes?: Uint8Array }
  /** Statements to decide; `foresee` for what is prepared, not run. */
  | {
      readonly kind: 'ask'
      readonly asks: readonly Ask[]
      readonly judge: 'admit' | 'foresee'
      readonly exchange: number
    }
  /** Cannot be read: refused and recorded, whatever policy says. */
  | {
      readonly kind: 'unreadable'
      readonly statement: Statement
      readonly exchange: number
      readonly code: RefusalCode
      readonly why: string
    }
  /** Read this frame again when `ready` resolves; `nudge` goes upstream at once so that what is awaited can come. */
  | { readonly kind: 'wait'; readonly ready: Promise<void>; readonly nudge?: Uint8Array }
  /** No statement is concerned: settled without the gate. */
  | { readonly kind: 'settle'; readonly forwarding: Forwarding }
  | { readonly kind: 'drop' }
  | { readonly kind: 'goodbye' }
  /** The client wants to be somebody else: this session ends, its connection is greeted again from `packet` on (COM_CHANGE_USER). */
  | { readonly kind: 'again'; readonly packet: Uint8Array }
  /** Not this protocol: `bytes` to the client, then both sides close. */
  | { readonly kind: 'fatal'; readonly bytes: Uint8Array }

/** What happens instead of, or beside, forwarding the frame. */
export interface Forwarding {
  /** Upstream gets the frame itself, these bytes, or nothing. */
  readonly upstream: 'frame' | Uint8Array | undefined
  /** The client gets this now; only right when nothing is owed. */
  readonly client?: Uint8Array
  /** Permits that end here, because an obligation can't be kept. */
  readonly completions?: readonly Completion[]
}

export type Step =
  /** `frame` and what `follow` wrote are settled. */
  | {
      readonly kind: 'go'
      readonly completions?: readonly Completion[]
      /** Goes upstream: the protocol's own continuation of what was permitted, never a statement. */
      readonly upstream?: Uint8Array
    }
  /** The upstream spoke out of turn, or what it says can't be masked: `bytes` to the client, then both sides close. */
  | { readonly kind: 'cut'; readonly bytes: Uint8Array; readonly completions?: readonly Completion[] }
