/** One upstream server, all its schemas: its catalog kept current, and the reader that reads texts against it. */
import type { Knowledge, Site } from '@gatehouse/adapter-kit'
import type { ClassesDocument } from '@gatehouse/masking'
import type {
  MysqlCatalog,
  MysqlColumn,
  MysqlFlavour,
  MysqlReader,
  MysqlRelation,
  MysqlVersion,
} from '@gatehouse/sql'

export interface Server {
  readonly flavour: MysqlFlavour
  readonly version: MysqlVersion
  /** As the upstream's greeting says it (with `5.5.5-` where it does). */
  readonly serverVersion: string
  /** Changes when the reviewed functions do. */
  readonly reader: MysqlReader
  /** False while the catalog could not be read for too long, or another server answers: statements are refused then. */
  readonly current: boolean
  /** Grows with every catalog and every reader: what was read before may mean something else. */
  readonly epoch: number
  /** A reading after DDL is under way: whoever asks meanwhile must wait for it. Never rejects. */
  readonly refreshing: Promise<void> | undefined
  /** What is said of fields by hand; undefined: nothing. */
  readonly document: ClassesDocument | undefined
  /** Names compare as lower_case_table_names says. */
  relation(schema: string, name: string): MysqlRelation | undefined
  /** A column's name compares without case. */
  column(schema: string, relation: string, name: string): MysqlColumn | undefined
  /** Whether a client may name this database; undefined: none. */
  serves(database: string | undefined): boolean
  /** Reads the catalog again; resolves when texts are read against it. */
  refresh(): Promise<void>
  revise(knowledge: Knowledge): Promise<void>
  catalog(): MysqlCatalog
  /** The host that serves now. */
  target(): { readonly host: string; readonly port: number }
  close(): Promise<void>
}

export type OpenServer = (site: Site) => Promise<Server>
