/** One upstream server, all its schemas: its catalog kept current, and the reader that reads texts against it. */
import { Defining, type Definitions, type Host, type Knowledge, type Site } from '@gatehouse/adapter-kit'
import { type ClassesDocument, compileDocuments } from '@gatehouse/masking'
import {
  createMysqlReader,
  type MysqlCatalog,
  type MysqlColumn,
  type MysqlFlavour,
  type MysqlReader,
  type MysqlRelation,
  type MysqlVersion,
} from '@gatehouse/sql'
import { checkAccounts, openCatalogConnection, plainReason } from './catalog-connection.js'
import { type CatalogWatch, createCatalogWatch } from './catalog-watch.js'
import { classifiedReader } from './classified-reader.js'
import { createClassify } from './classify.js'
import { type Names, namesOf } from './names.js'
import { type ServerFacts, versionOf } from './server-facts.js'

export interface Server extends Definitions<MysqlCatalog> {
  readonly flavour: MysqlFlavour
  readonly version: MysqlVersion
  /** As the upstream's greeting says it (with `5.5.5-` where it does). */
  readonly serverVersion: string
  /** Files of clients (LOAD DATA LOCAL), as it said when it was last connected to. */
  readonly takesFiles: boolean
  /** Changes when the reviewed functions do. */
  readonly reader: MysqlReader
  /** False while the catalog could not be read for too long, or another server answers: statements are refused then. */
  readonly current: boolean
  /** Grows with every catalog and every reader: what was read before may mean something else. */
  readonly epoch: number
  /** What is said of fields by hand; undefined: nothing. */
  readonly document: ClassesDocument | undefined
  /** Names compare as lower_case_table_names says. */
  relation(schema: string, name: string): MysqlRelation | undefined
  /** A column's name compares without case. */
  column(schema: string, relation: string, name: string): MysqlColumn | undefined
  /** Whether a client may name this database; undefined: none. */
  serves(database: string | undefined): boolean
  revise(knowledge: Knowledge): Promise<void>
  /** The host that serves now. */
  target(): { readonly host: string; readonly port: number }
  close(): Promise<void>
}

/** What was superseded goes on for so long, for texts that are being read by it. */
const SUPERSEDED = 10_000

interface Reading {
  readonly watch: CatalogWatch
  readonly document: ClassesDocument | undefined
}

interface OpenReader {
  readonly reader: MysqlReader
  readonly server: Pick<MysqlCatalog, 'flavour' | 'version'>
  readonly close: () => Promise<void>
}

/** Throws GatehouseError when the start must be refused: accounts, version, or nothing that answers. */
export async function openServer(site: Site): Promise<Server> {
  await checkAccounts(site)
  let host: Host | undefined
  let takesFiles = false
  let epoch = 0
  let refreshing: Promise<void> | undefined
  let names: Names | undefined
  let open: OpenReader | undefined

  /** A reader needs a catalog and the catalog's watch needs the reader: the watch comes first and learns of it. */
  const watchOver = async (by: Knowledge, before: Reading | undefined): Promise<Reading> => {
    let mine: OpenReader | undefined
    let watch: CatalogWatch | undefined
    /** It takes as long to start as a large catalog to be read: it starts meanwhile, and learns it then. */
    let starting: Promise<OpenReader> | undefined
    const document = by.classes.length === 0 ? undefined : compileDocuments(by.classes)
    const readerOf = async (catalog: MysqlCatalog): Promise<OpenReader> => {
      const reader = await createMysqlReader({
        flavour: catalog.flavour,
        version: catalog.version,
        ...nearestOf(site),
        catalog,
        refresh: async () => (await watch?.refresh('look')) ?? false,
        reviewed: by.functions,
        accounts: accountNames(site),
        limits: { bytes: site.limits.statement },
      })
      return { reader: classifiedReader(reader, document), server: catalog, close: () => reader.close() }
    }
    /** Another version reads texts in another way (R7): it needs a reader of its own. */
    const learn = async (catalog: MysqlCatalog) => {
      const old = mine ?? (await starting)
      starting = undefined
      if (old !== undefined && sameServer(old.server, catalog)) {
        await old.reader.learn(catalog)
        mine = old
      } else mine = await readerOf(catalog)
      if (old !== mine && old !== undefined) later(old.close)
      open = mine
      names = namesOf(catalog)
      epoch += 1
    }
    try {
      watch = await createCatalogWatch({
        connect: async () => {
          const opened = await openCatalogConnection(site, host)
          host = opened.host
          takesFiles = opened.facts.takesFiles
          if (mine === undefined && starting === undefined) {
            starting = readerOf(nothingYet(opened.facts))
            // Whoever waits for it hears why.
            starting.catch(() => {})
          }
          return opened
        },
        classify: createClassify(by.classes),
        refreshMs: site.catalogRefresh,
        staleAfterMs: Math.max(10_000, site.catalogRefresh * 10),
        ...(before === undefined ? {} : { sticky: before.watch.sticky, epoch: before.watch.catalog.epoch }),
        onChange: learn,
        onError: (fault) =>
          site.log.warn(
            { listener: site.listener, fault: plainReason(fault) },
            'the catalog could not be read',
          ),
        now: site.tick,
      })
    } catch (fault) {
      await (mine ?? (await starting?.catch(() => undefined)))?.close()
      throw fault
    }
    return { watch, document }
  }
  let reading = await watchOver(site.knowledge, undefined)
  const catalog = () => reading.watch.catalog
  const reader = () => open as OpenReader

  return {
    get flavour() {
      return catalog().flavour
    },
    get version() {
      return catalog().version
    },
    get serverVersion() {
      return catalog().serverVersion
    },
    get takesFiles() {
      return takesFiles
    },
    get reader() {
      return reader().reader
    },
    get current() {
      return reading.watch.current
    },
    get epoch() {
      return epoch
    },
    defining: new Defining(),
    get refreshing() {
      return refreshing
    },
    get document() {
      return reading.document
    },
    relation: (schema, name) => names?.relation(schema, name),
    column: (schema, relation, name) => names?.column(schema, relation, name),
    serves: (database) => serves(site.upstream.databases, database, catalog().lowerCaseTableNames),
    refresh: async () => {
      const asked = reading.watch.refresh('force').then(() => {})
      const over = asked
        .catch(() => {})
        .then(() => {
          if (refreshing === over) refreshing = undefined
        })
      refreshing = over
      await asked
    },
    async revise(next) {
      const [before, old] = [reading, reader()]
      reading = await watchOver(next, before)
      later(async () => {
        await before.watch.close()
        await old.close()
      })
    },
    catalog,
    target: () => host as Host,
    async close() {
      await reading.watch.close()
      await reader().close()
    },
  }
}

function nothingYet(facts: ServerFacts): MysqlCatalog {
  const { flavour, version, serverVersion, lowerCaseTableNames } = facts
  const server = { engine: 'mysql', flavour, version, serverVersion, lowerCaseTableNames } as const
  return { ...server, epoch: 0, schemas: [], relations: [], routines: [], loadable: [] }
}

function later(work: () => Promise<void>): void {
  setTimeout(() => void work(), SUPERSEDED).unref()
}

function sameServer(a: OpenReader['server'], b: OpenReader['server']): boolean {
  return a.flavour === b.flavour && a.version.join('.') === b.version.join('.')
}

function nearestOf({ upstream }: Site): { readonly nearest?: MysqlVersion } {
  return upstream.nearestGrammar === undefined ? {} : { nearest: versionOf(upstream.nearestGrammar) }
}

/** No database chosen yet, and the server's description of itself, are nobody's to withhold. */
function serves(
  served: readonly string[] | undefined,
  database: string | undefined,
  lowerCaseTableNames: 0 | 1 | 2,
): boolean {
  if (database === undefined || served === undefined) return true
  const fold = (name: string) => (lowerCaseTableNames === 0 ? name : name.toLowerCase())
  return (
    database.toLowerCase() === 'information_schema' || served.some((name) => fold(name) === fold(database))
  )
}

/** No statement may change these (R11). */
export function accountNames(site: Pick<Site, 'upstream'>): readonly string[] {
  const { accounts, catalogAccount } = site.upstream
  return [...new Set([...accounts.map(({ user }) => user), catalogAccount.user])]
}
