/** Keeps a server's catalog current: lists it again and again, samples what is new at once and the rest by turns (R2). */
import type { Host, Site } from '@gatehouse/adapter-kit'
import { type CatalogConnection, openCatalogConnection, plainReason } from './catalog-connection.js'
import type { DescribedCollection, DescribedIndex, Description } from './description.js'
import { type Listing, type Outline, readIndexes, readListing, readSample } from './read-catalog.js'
import { joinSamples, type SampledField } from './sample.js'

export interface CatalogWatch {
  readonly description: Description
  readonly connection: CatalogConnection
  /** False once the server has not confirmed the catalog for long enough: callers refuse then. */
  readonly current: boolean
  /** Lists again now, whatever is under way, and looks at these collections whatever their turn. Rejects when the server can't say. */
  refresh(changed?: readonly Named[]): Promise<void>
  close(): Promise<void>
}

/** Database and collection. */
export type Named = readonly [string, string]

interface Known {
  readonly print: string
  readonly fields: readonly SampledField[]
  readonly indexes: readonly DescribedIndex[]
}

/** Sampled beside one another, and of those known already, in one turn. */
const TOGETHER = 8
const TURN = 4
const LONGEST_RETRY = 30_000

/** Rejects when the first reading fails. */
export async function createCatalogWatch(site: Site, onChange: () => void): Promise<CatalogWatch> {
  const staleAfter = Math.max(10_000, site.catalogRefresh * 10)
  const known = new Map<string, Known>()
  let connection: CatalogConnection | undefined
  let host: Host | undefined
  let description: Description | undefined
  let confirmed = 0
  let turn = 0
  let failures = 0
  let closed = false
  let running: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  /** True: something of it is different now. */
  const look = async ({ client }: CatalogConnection, outline: Outline): Promise<boolean> => {
    const key = `${outline.database}\0${outline.name}`
    const print = JSON.stringify(outline)
    const before = known.get(key)
    const [sampled, indexes] = await Promise.all([readSample(client, outline), readIndexes(client, outline)])
    const fields = joinSamples(before?.print === print ? before.fields : [], sampled)
    known.set(key, { print, fields, indexes })
    return (
      before === undefined ||
      JSON.stringify([before.fields, before.indexes]) !== JSON.stringify([fields, indexes])
    )
  }

  const read = async (by: CatalogConnection, touched: readonly Named[]): Promise<boolean> => {
    const listing = await readListing(by.client, site.upstream.databases)
    const isNew = (outline: Outline) =>
      known.get(`${outline.database}\0${outline.name}`)?.print !== JSON.stringify(outline)
    const fresh = listing.outlines.filter(isNew)
    const old = listing.outlines.filter((outline) => !isNew(outline))
    const due =
      old.length === 0
        ? []
        : Array.from(
            { length: Math.min(TURN, old.length) },
            (_, at) => old[(turn + at) % old.length] as Outline,
          )
    turn += TURN
    const also = old.filter(
      (each) =>
        !due.includes(each) && touched.some(([one, name]) => one === each.database && name === each.name),
    )
    let changed = description === undefined || printOf(description) !== listing.print
    for (const differs of await inTurns([...fresh, ...due, ...also], (each) => look(by, each)))
      changed ||= differs
    forget(listing, known)
    if (changed) description = describe(listing, known, by.facts.version)
    return changed
  }

  const check = async (touched: readonly Named[]): Promise<void> => {
    const asked = site.tick()
    try {
      connection ??= await openCatalogConnection(site, host)
      host = connection.host
      const changed = await read(connection, touched)
      confirmed = asked
      failures = 0
      if (changed) onChange()
    } catch (fault) {
      const broken = connection
      connection = undefined
      failures += 1
      await broken?.client.close().catch(() => {})
      throw fault
    }
  }

  const refresh = (touched: readonly Named[] = []): Promise<void> => {
    const asked = running.catch(() => {}).then(() => check(touched))
    running = asked
    return asked
  }

  const schedule = () => {
    if (closed) return
    const wait = Math.min(
      site.catalogRefresh * 2 ** Math.min(failures, 10),
      Math.max(LONGEST_RETRY, site.catalogRefresh),
    )
    timer = setTimeout(() => {
      refresh()
        .catch((fault) =>
          site.log.warn(
            { listener: site.listener, fault: plainReason(fault) },
            'the catalog could not be read',
          ),
        )
        .finally(schedule)
    }, wait)
    timer.unref()
  }

  await refresh()
  let last = connection as unknown as CatalogConnection
  schedule()
  return {
    get description() {
      return description as Description
    },
    get connection() {
      last = connection ?? last
      return last
    },
    get current() {
      return !closed && site.tick() - confirmed <= staleAfter
    },
    refresh,
    async close() {
      closed = true
      clearTimeout(timer)
      await running.catch(() => {})
      await connection?.client.close()
    },
  }
}

async function inTurns<Each, Made>(
  all: readonly Each[],
  make: (each: Each) => Promise<Made>,
): Promise<Made[]> {
  const made: Made[] = []
  for (let at = 0; at < all.length; at += TOGETHER)
    made.push(...(await Promise.all(all.slice(at, at + TOGETHER).map(make))))
  return made
}

function forget({ outlines }: Listing, known: Map<string, Known>): void {
  const here = new Set(outlines.map(({ database, name }) => `${database}\0${name}`))
  for (const key of known.keys()) if (!here.has(key)) known.delete(key)
}

function describe(
  { databases, outlines }: Listing,
  known: ReadonlyMap<string, Known>,
  version: string,
): Description {
  const collections = outlines.map((outline): DescribedCollection => {
    const { fields = [], indexes = [] } = known.get(`${outline.database}\0${outline.name}`) ?? {}
    return { ...outline, fields, indexes }
  })
  return { engine: 'mongodb', version, databases, collections }
}

function printOf({ databases, collections }: Description): string {
  return JSON.stringify([databases, collections.map(({ fields: _, indexes: __, ...outline }) => outline)])
}
