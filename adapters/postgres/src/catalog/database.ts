/** One upstream database: its catalog kept current, and the reader that reads texts against it. */
import { Defining, type Definitions, type Host, type Knowledge, type Site } from '@gatehouse/adapter-kit'
import { type ClassesDocument, compileDocuments } from '@gatehouse/masking'
import {
  type Catalog,
  type CatalogRelation,
  type CatalogType,
  createPostgresReader,
  type PostgresReader,
} from '@gatehouse/sql'
import { openCatalogConnection } from './catalog-connection.js'
import { classifiedReader } from './classified-reader.js'
import { createClassify } from './classify.js'
import { type CatalogWatch, createCatalogWatch } from './index.js'

export interface Database extends Definitions<Catalog> {
  readonly name: string
  /** Changes when the reviewed functions do. */
  readonly reader: PostgresReader
  /** False while the catalog could not be read for too long. */
  readonly current: boolean
  /** Grows with every catalog and every reader: what was read before may mean something else. */
  readonly epoch: number
  /** By the OID that RowDescription names. */
  readonly relation: (oid: number) => CatalogRelation | undefined
  /** By `database.schema.relation`, as actions and outputs name it. */
  readonly named: (resource: string) => CatalogRelation | undefined
  /** Users' types, by OID. */
  readonly type: (oid: number) => CatalogType | undefined
  /** What is said of fields by hand; undefined: nothing. */
  readonly document: ClassesDocument | undefined
  revise(knowledge: Knowledge): Promise<void>
  /** The host that serves this database now. */
  target(): Host
  close(): Promise<void>
}

/** What was superseded goes on for so long, for texts that are being read by it. */
const SUPERSEDED = 10_000

interface Reading {
  readonly watch: CatalogWatch
  readonly reader: PostgresReader
  /** Of the server that the reader's grammar is for. */
  readonly major: number
  readonly document: ClassesDocument | undefined
  close(): Promise<void>
}

export async function openDatabase(site: Site, name: string, knowledge: Knowledge): Promise<Database> {
  let host: Host | undefined
  const connect = async () => {
    const opened = await openCatalogConnection(site, name, host)
    host = opened.host
    return opened.client
  }
  const tables: Tables = { epoch: 0, relations: new Map(), names: new Map(), types: new Map() }

  /** A reader needs a catalog and the catalog's watch needs the reader: the watch comes first and learns of it. */
  const open = async (by: Knowledge, previous: Catalog | undefined): Promise<Reading> => {
    let reader: PostgresReader | undefined
    const document = by.classes.length === 0 ? undefined : compileDocuments(by.classes)
    const watch = await createCatalogWatch({
      connect,
      classify: createClassify(by.classes),
      accounts: accountNames(site),
      refreshMs: site.catalogRefresh,
      staleAfterMs: Math.max(10_000, site.catalogRefresh * 10),
      ...(previous === undefined ? {} : { previous }),
      onChange: async (catalog) => {
        await reader?.learn(catalog)
        tables.relations = new Map(catalog.relations.map((relation) => [relation.oid, relation]))
        tables.types = new Map(catalog.types.map((type) => [type.oid, type]))
        tables.names = new Map(catalog.relations.map((each) => [`${name}.${each.schema}.${each.name}`, each]))
        tables.epoch += 1
      },
      onError: (fault) =>
        site.log.warn({ database: name, fault: String(fault) }, 'the catalog could not be read'),
      now: site.tick,
    })
    const { major } = watch.catalog
    try {
      reader = await createPostgresReader({
        major,
        ...(site.upstream.nearestGrammar === undefined
          ? {}
          : { nearest: Number(site.upstream.nearestGrammar) }),
        catalog: watch.catalog,
        refresh: () => watch.refresh(),
        reviewed: by.functions,
        accounts: accountNames(site),
        limits: { bytes: site.limits.statement },
      })
    } catch (fault) {
      await watch.close()
      throw fault
    }
    const { close } = reader
    return {
      watch,
      reader: classifiedReader(reader, document),
      major,
      document,
      async close() {
        await watch.close()
        await close()
      },
    }
  }
  return new Opened(name, tables, open, () => host as Host, await open(knowledge, undefined))
}

/** What its catalog says, by the names that it is asked for. */
interface Tables {
  epoch: number
  relations: ReadonlyMap<number, CatalogRelation>
  names: ReadonlyMap<string, CatalogRelation>
  types: ReadonlyMap<number, CatalogType>
}

/** A class: getters of an object literal make it a dictionary, and each look at it a search (docs/performance.md). */
class Opened implements Database {
  refreshing: Promise<void> | undefined = undefined
  readonly defining = new Defining()

  constructor(
    readonly name: string,
    private readonly tables: Tables,
    private readonly open: (by: Knowledge, previous: Catalog | undefined) => Promise<Reading>,
    readonly target: () => Host,
    private reading: Reading,
  ) {}

  get reader() {
    return this.reading.reader
  }

  get current() {
    const { watch, major } = this.reading
    // A server of another major version reads texts by another grammar (R7).
    return watch.current && watch.catalog.major === major
  }

  get epoch() {
    return this.tables.epoch
  }

  get document() {
    return this.reading.document
  }

  readonly relation = (oid: number) => this.tables.relations.get(oid)
  readonly named = (resource: string) => this.tables.names.get(resource)
  readonly type = (oid: number) => this.tables.types.get(oid)

  catalog() {
    return this.reading.watch.catalog
  }

  async refresh(wholly?: 'wholly') {
    const asked = this.reading.watch.refresh(wholly).then(() => {})
    const over = asked
      .catch(() => {})
      .then(() => {
        if (this.refreshing === over) this.refreshing = undefined
      })
    this.refreshing = over
    await asked
  }

  async revise(next: Knowledge) {
    const before = this.reading
    this.reading = await this.open(next, before.watch.catalog)
    this.tables.epoch += 1
    setTimeout(() => void before.close(), SUPERSEDED).unref()
  }

  close() {
    return this.reading.close()
  }
}

/** No statement may change these (R11). */
export function accountNames(site: Pick<Site, 'upstream'>): readonly string[] {
  const { accounts, catalogAccount } = site.upstream
  return [...new Set([...accounts.map(({ user }) => user), catalogAccount.user])]
}
