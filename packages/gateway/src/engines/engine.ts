/** What the gateway itself knows of one engine: its adapter, its catalogs, and reading its statements without a server. */
import type { Knowledge, ProtocolAdapter } from '@gatehouse/adapter-kit'
import type { Statement } from '@gatehouse/core'

export interface Engine {
  readonly adapter: ProtocolAdapter
  /** The catalog that `OpenAdapter.catalog` or a file of it holds; undefined: it is none of this engine's. */
  viewCatalog(catalog: unknown): CatalogView | undefined
}

/** A catalog of any engine, as commands and the watch look at it. */
export interface CatalogView {
  /** Every database of the server is in it; else the one alone that the connection was to. */
  readonly wholeServer: boolean
  /** Those whose relations it holds, but for the server's own. */
  readonly databases: readonly string[]
  relations(): readonly CatalogRelation[]
  openReader(known: OfflineKnowledge): Promise<OfflineReader>
}

export interface CatalogRelation {
  readonly database: string
  /** Left out where a database has no schemas. */
  readonly schema?: string
  readonly name: string
  /** Holds an application's rows: no index or sequence, nothing of the server's own. */
  readonly holdsRows: boolean
  readonly columns: readonly {
    readonly name: string
    readonly type: string
    readonly classes: readonly string[]
  }[]
}

export type Read =
  | { readonly kind: 'read'; readonly statements: readonly Statement[] }
  | { readonly kind: 'unreadable'; readonly why: string }

export interface OfflineReader {
  readonly protocol: string
  /** Where names without a database are looked for; undefined: they mean nothing. */
  readonly database: string | undefined
  read(text: string, account: string): Promise<Read>
  close(): Promise<void>
}

export interface OfflineKnowledge {
  readonly knowledge: Knowledge
  readonly accounts: readonly string[]
  /** The default database of a catalog that holds several; left out: its only one. */
  readonly database?: string | undefined
}

export function defaultDatabase(
  chosen: string | undefined,
  [only, ...others]: readonly string[],
): string | undefined {
  return chosen ?? (others.length === 0 ? only : undefined)
}
