/** What one text means in one context; the unit of caching (R5). */
import type { Statement } from '@gatehouse/core'
import type { Catalog } from '../catalog.js'

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
    }
  /** DDL: these names mean something else now; temporary ones shadow others and only this session sees them (R2). */
  | { readonly kind: 'define'; readonly names: readonly string[]; readonly temporary: boolean }

export interface PostgresStatement extends Statement {
  readonly effects: readonly Effect[]
  /**
   * Runs what the session prepared or declared under this name: the adapter puts that statement's actions in, and its
   * outputs where these are `unknown`.
   */
  readonly refersTo?: { readonly kind: 'prepared' | 'cursor'; readonly name: string }
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
export interface ReadingContext {
  readonly searchPath: readonly string[] | 'unknown'
  /** Names (relation or routine, unqualified; `*` for all) that this session defined and the catalog does not hold yet: opaque. */
  readonly overlay: readonly string[]
  /** The upstream account: `$user` in search_path, owner-only objects. */
  readonly account: string
  /** Those of overlay that are temporary; left out: any of them may be. */
  readonly temporary?: readonly string[]
  /** No open transaction has changed search_path: its end leaves it as it is. */
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
