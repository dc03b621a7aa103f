/** What one text means in one context; the unit of caching (R5). */
import type { Statement } from '@gatehouse/core'
import type { Catalog } from '../catalog.js'
import type { Defining, Growing, SessionNames } from './session/session-names.js'

export interface CopyForm {
  readonly direction: 'in' | 'out'
  readonly format: 'text' | 'csv' | 'binary'
  readonly delimiter: string
  readonly null: string
  readonly quote: string
  readonly escape: string
  readonly header: boolean
}

/** What a statement changes of the session; the adapter carries it out when the server says that it was done. */
export type Effect =
  /** `value` undefined: back to the default. `local`: until the transaction ends. */
  | {
      readonly kind: 'set'
      readonly name: string
      readonly value: readonly string[] | undefined
      readonly local: boolean
    }
  | { readonly kind: 'reset-all' }
  /**
   * The server analyses a prepared statement again whenever search_path differs at its execution (plancache.c): then
   * read `source` again in the present context and take this effect's statement.
   */
  | {
      readonly kind: 'prepare'
      readonly name: string
      readonly statement: PostgresStatement
      readonly source: string
    }
  /** `name` undefined: all. */
  | { readonly kind: 'deallocate'; readonly name: string | undefined }
  | {
      readonly kind: 'declare'
      readonly name: string
      readonly hold: boolean
      readonly statement: PostgresStatement
    }
  | { readonly kind: 'close'; readonly name: string | undefined }
  | { readonly kind: 'discard'; readonly what: 'all' | 'plans' | 'temp' | 'sequences' }
  | {
      readonly kind: 'transaction'
      readonly what: 'begin' | 'commit' | 'rollback' | 'savepoint' | 'release' | 'rollback-to'
      /** Of a savepoint. */
      readonly name?: string
    }
  /** DDL: these names mean something else now; temporary ones shadow others and only this session sees them (R2). */
  | ({ readonly kind: 'define' } & Defining)
  /** Values came into a relation that the session defined: what is read of it shows them from then on (R19). */
  | ({ readonly kind: 'grow' } & Growing)

export interface PostgresStatement extends Statement {
  readonly effects: readonly Effect[]
  /**
   * Runs what the session prepared or declared under this name: the adapter puts that statement's actions in, and its
   * outputs where these are `unknown`.
   */
  readonly refersTo?: {
    readonly kind: 'prepared' | 'cursor'
    readonly name: string
    /** What comes of it is stored, not shown: its outputs flow. */
    readonly stores?: true
    /** An argument reads like a mask that the gateway issues (R19). */
    readonly issued?: true
  }
  /** Set for COPY … FROM STDIN and TO STDOUT. */
  readonly copy?: CopyForm
  /** ROLLBACK, COMMIT and the like: recorded from the spool's reserve when it is full (R24). */
  readonly reserve: boolean
}

export type Plan =
  | { readonly kind: 'read'; readonly statements: readonly PostgresStatement[] }
  /**
   * Not understood: refused whatever the policy says (`GH_UNREADABLE`). A text that the grammar itself rejects is
   * refused too, with the grammar's message and position, as the server would answer (42601).
   */
  | {
      readonly kind: 'unreadable'
      readonly why: string
      readonly syntax?: {
        /** Character of the text, from 1, as ErrorResponse's `P` counts. */
        readonly position: number
        /** The grammar's own words; they may quote the text, so only its sender may see them. */
        readonly message: string
      }
      /** Over a ceiling (`GH_TOO_LARGE`). */
      readonly tooLarge?: true
      readonly statement: Statement
    }

/** Everything but the text that a plan depends on (R5); one cache per distinct context. */
export interface ReadingContext extends SessionNames {
  readonly searchPath: readonly string[] | 'unknown'
  /** What search_path is most likely while it is unknown: records tell of names by it, permits do not. */
  readonly likely?: readonly string[]
  /** The upstream account: `$user` in search_path, owner-only objects. */
  readonly account: string
  /** No open transaction has changed what names mean: its end leaves them as they are. */
  readonly settled?: true
}

/**
 * Reads statements against one upstream database. `read` is synchronous when the plan is cached; otherwise the text
 * is analysed in a worker. Never throws: what fails is `unreadable`.
 */
export interface PostgresReader {
  /** `parameterTypes`: the OIDs that Parse declares, 0 where it leaves one open. */
  read(text: string, parameterTypes: readonly number[], context: ReadingContext): Plan | Promise<Plan>
  /** From here on texts are read against this catalog. */
  learn(catalog: Catalog): Promise<void>
  close(): Promise<void>
}
