/** One upstream server, all its databases: its catalog kept current, and what it says of itself. */
import type { Host, Knowledge, Site } from '@gatehouse/adapter-kit'
import { type ClassesDocument, compileDocuments } from '@gatehouse/masking'
import type { Catalog } from './catalog.js'
import { checkAccounts, type ServerFacts } from './catalog-connection.js'
import { createCatalogWatch, type Named } from './catalog-watch.js'
import { createCatalog, type Description } from './description.js'

export interface Server {
  /** What it says of itself. */
  readonly upstream: ServerFacts
  /** False while the catalog could not be read for too long: commands are refused then. */
  readonly current: boolean
  /** Grows with every catalog: what was read before may mean something else. */
  readonly epoch: number
  catalog(): Catalog
  /** What is said of fields by hand. */
  readonly document: ClassesDocument
  /** Whether a client may name this database. */
  serves(database: string): boolean
  /** Reads the catalog again, of these collections in any case; resolves when commands are read against it. */
  refresh(changed?: readonly Named[]): Promise<void>
  revise(knowledge: Knowledge): Promise<void>
  describe(): Description
  /** The host that serves now. */
  target(): Host
  close(): Promise<void>
}

/** Throws GatehouseError when the start must be refused: accounts, or nothing that answers. */
export async function openServer(site: Site): Promise<Server> {
  await checkAccounts(site)
  let document = compileDocuments(site.knowledge.classes)
  let epoch = 0
  let catalog: Catalog | undefined
  let describe: (() => Description) | undefined
  const renew = () => {
    if (describe === undefined) return
    catalog = createCatalog(describe(), document)
    epoch += 1
  }
  const watch = await createCatalogWatch(site, renew)
  describe = () => watch.description
  renew()
  return {
    get upstream() {
      return watch.connection.facts
    },
    get current() {
      return watch.current
    },
    get epoch() {
      return epoch
    },
    catalog: () => catalog as Catalog,
    get document() {
      return document
    },
    serves: (database) =>
      site.upstream.databases === undefined ||
      database === 'admin' ||
      site.upstream.databases.includes(database),
    refresh: (changed) => watch.refresh(changed),
    async revise(knowledge) {
      document = compileDocuments(knowledge.classes)
      renew()
    },
    describe: () => classified(watch.description, catalog as Catalog),
    target: () => watch.connection.host,
    close: () => watch.close(),
  }
}

/** With the classes that each field has now. */
function classified(description: Description, catalog: Catalog): Description {
  return {
    ...description,
    collections: description.collections.map((each) => ({
      ...each,
      fields: each.fields.map((field) => ({
        ...field,
        classes: catalog.classesOf([each.database, each.name], field.path),
      })),
    })),
  }
}
