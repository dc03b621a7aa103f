/** What all sessions of one listener share. */
import type { Site } from '@gatehouse/adapter-kit'
import type { MaskKey } from '@gatehouse/masking'
import type { Catalog } from './catalog/catalog.js'
import type { Reader } from './reading/read-command.js'
import type { Cursors } from './session/cursors.js'
import type { RefusedTransactions } from './session/transactions.js'

/** What the upstream says of itself in hello and buildInfo. */
export interface Upstream {
  readonly maxWireVersion: number
  readonly maxBsonObjectSize: number
  readonly maxMessageSizeBytes: number
  readonly maxWriteBatchSize: number
  /** `8.0.4`. */
  readonly version: string
}

/** One upstream, all its databases: its catalog kept current. */
export interface Server {
  readonly upstream: Upstream
  /** False while the catalog could not be read for too long: statements are refused then. */
  readonly current: boolean
  /** Grows with every catalog: what was read before may mean something else. */
  readonly epoch: number
  catalog(): Catalog
  /** Whether clients may use this database. */
  serves(database: string): boolean
  /** The host that serves now. */
  target(): { readonly host: string; readonly port: number }
}

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
  readonly refusedTransactions: RefusedTransactions
}
