/** What all sessions of one listener share. */
import type { Site } from '@gatehouse/adapter-kit'
import type { MaskKey } from '@gatehouse/masking'
import type { Named } from './catalog/catalog-watch.js'
import type { Server as WholeServer } from './catalog/server.js'
import type { Reader } from './reading/read-command.js'
import type { Cursors } from './session/cursors.js'
import type { CursorQuestion, Lending } from './session/lending.js'
import type { News } from './session/spreading.js'
import type { RefusedTransactions } from './session/transactions.js'

/** One upstream, all its databases, as sessions need it. */
export type Server = Pick<
  WholeServer,
  'upstream' | 'current' | 'epoch' | 'catalog' | 'serves' | 'refresh' | 'target'
>
/** What the upstream says of itself. */
export type Upstream = Server['upstream']

export interface House {
  readonly site: Site
  readonly server: Server
  readonly reader: Reader
  readonly maskKey: MaskKey | undefined
  /** 16 bytes that stand for a client's session id of this person upstream. */
  sessionId(person: string, id: Uint8Array): Uint8Array
  readonly serviceId: Uint8Array
  nextConnectionId(): number
  readonly cursors: Cursors
  /** Undefined: no other process opens cursors for this listener. */
  readonly lending: Lending | undefined
  readonly refusedTransactions: RefusedTransactions
  /** The catalog is being read again after a definition: what is read meanwhile waits for it. */
  readonly refreshing: Promise<void> | undefined
  /** `changed`: of these collections in any case. */
  refresh(changed: readonly Named[]): void
  /** What those of its kind in other processes ask and tell. */
  answer(from: number, question: CursorQuestion | News): unknown
}
