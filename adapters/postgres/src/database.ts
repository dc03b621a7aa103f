/** One upstream database: its catalog kept current, and the reader that reads texts against it. */
import type { Knowledge, Site } from '@gatehouse/adapter-kit'
import type { Catalog, CatalogRelation, PostgresReader } from '@gatehouse/sql'

export interface Database {
  readonly name: string
  readonly reader: PostgresReader
  /** False while the catalog could not be read for too long. */
  readonly current: boolean
  /** By the OID that RowDescription names. */
  readonly relation: (oid: number) => CatalogRelation | undefined
  catalog(): Catalog
  /** Reads the catalog again; resolves when texts are read against it. */
  refresh(): Promise<void>
  revise(knowledge: Knowledge): Promise<void>
  /** The host that serves this database now. */
  target(): { readonly host: string; readonly port: number }
  close(): Promise<void>
}

export declare function openDatabase(site: Site, name: string, knowledge: Knowledge): Promise<Database>
