/** What a spool is given, and what it gives. */
import type { AuditSink } from '@gatehouse/core'
import type { SpoolNote } from '../ocsf/note-writer.js'
import type { Cursor } from './cursor.js'
import type { PerIdentity } from './shares.js'
import type { SpoolFiles } from './spool-files.js'
import type { SpoolReader } from './spool-reader.js'

export interface AuditSpoolOptions {
  /** Private to this process: 0700, its files 0600. Created when missing. */
  readonly dir: string
  readonly instance: string
  readonly durability: 'fsync' | 'write'
  readonly maxBytes: number
  /** Milliseconds that a closed segment is kept. */
  readonly retain: number
  /** True when a sink will acknowledge records: then nothing is dropped before it has (R25). */
  readonly shipped: boolean
  /** What one identity may write; left out: as much as there is room for. */
  readonly perIdentity?: PerIdentity
  readonly version: string
  readonly now: () => number
  /** Unique and growing, e.g. UUIDv7. */
  readonly newId: () => string
  readonly files?: SpoolFiles
  /** Told when the spool fails, heals, drops or cuts something. */
  readonly onNote?: (note: SpoolNote) => void
}

export interface SpoolStats {
  readonly bytes: number
  readonly maxBytes: number
  /** Sequence number of the last record taken. */
  readonly sequence: number
  /** Decisions without outcome. */
  readonly open: number
  /** Records that the sink has still to acknowledge; without a sink all that are there. */
  readonly unshipped: { readonly records: number; readonly bytes: number }
  readonly failure?: string
}

export interface AuditSpool extends AuditSink {
  readonly dir: string
  /** `<instance>/<uuid>` */
  readonly chain: string
  /** Where the sink stopped. */
  readonly cursor: Cursor | undefined
  reader(from?: Cursor): SpoolReader
  /** The sink has everything up to here. */
  acknowledge(cursor: Cursor): void
  stats(): SpoolStats
  /** Appends and syncs what was taken, frees the folder; everything after is `full`. */
  close(): void
}
