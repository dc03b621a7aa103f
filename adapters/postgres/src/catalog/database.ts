/** One upstream database: its catalog kept current, and the reader that reads texts against it. */
import type { Knowledge, Site } from '@gatehouse/adapter-kit'
import { type ClassesDocument, compileDocuments } from '@gatehouse/masking'
import {
  type Catalog,
  type CatalogRelation,
  type CatalogType,
  createPostgresReader,
  type PostgresReader,
} from '@gatehouse/sql'
import { type Host, openCatalogConnection } from './catalog-connection.js'
import { classifiedReader } from './classified-reader.js'
import { createClassify } from './classify.js'
import { type CatalogWatch, createCatalogWatch } from './index.js'

export interface Database {
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
  catalog(): Catalog
  /** Reads the catalog again; resolves when texts are read against it. */
  refresh(): Promise<void>
  /** Such a reading is under way: whoever asks meanwhile must wait for it. Never rejects. */
  readonly refreshing: Promise<void> | undefined
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
  let epoch = 0
  let refreshing: Promise<void> | undefined
  let relations = new Map<number, CatalogRelation>()
  let names = new Map<string, CatalogRelation>()
  let types = new Map<number, CatalogType>()

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
        relations = new Map(catalog.relations.map((relation) => [relation.oid, relation]))
        types = new Map(catalog.types.map((type) => [type.oid, type]))
        names = new Map(catalog.relations.map((each) => [`${name}.${each.schema}.${each.name}`, each]))
        epoch += 1
      },
      onError: (fault) =>
        site.log.warn({ database: name, fault: String(fault) }, 'the catalog could not be read'),
      now: site.now,
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
  let reading = await open(knowledge, undefined)

  return {
    name,
    get reader() {
      return reading.reader
    },
    get current() {
      // A server of another major version reads texts by another grammar (R7).
      return reading.watch.current && reading.watch.catalog.major === reading.major
    },
    get epoch() {
      return epoch
    },
    relation: (oid) => relations.get(oid),
    named: (resource) => names.get(resource),
    type: (oid) => types.get(oid),
    get document() {
      return reading.document
    },
    catalog: () => reading.watch.catalog,
    refresh: async () => {
      const asked = reading.watch.refresh().then(() => {})
      const over = asked
        .catch(() => {})
        .then(() => {
          if (refreshing === over) refreshing = undefined
        })
      refreshing = over
      await asked
    },
    get refreshing() {
      return refreshing
    },
    async revise(next) {
      const before = reading
      reading = await open(next, before.watch.catalog)
      epoch += 1
      setTimeout(() => void before.close(), SUPERSEDED).unref()
    },
    target: () => host as Host,
    close: () => reading.close(),
  }
}

/** No statement may change these (R11). */
export function accountNames(site: Pick<Site, 'upstream'>): readonly string[] {
  const { accounts, catalogAccount } = site.upstream
  return [...new Set([...accounts.map(({ user }) => user), catalogAccount.user])]
}
