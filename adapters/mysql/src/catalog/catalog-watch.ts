/** Keeps a server's catalog current: reads it at the start, asks whether it may have changed, reads again where it did (R2). */
import type { MysqlCatalog } from '@gatehouse/sql'
import type { Classify } from './classify.js'
import { fingerprint, readOpened, readStatementCounters } from './fingerprint.js'
import { type CatalogSource, readCatalog } from './read-catalog.js'
import { createStickyClasses, type StickyClasses } from './sticky-classes.js'

export interface CatalogWatchOptions {
  readonly connect: () => Promise<CatalogSource>
  readonly classify: Classify
  /** Between two questions, in milliseconds. */
  readonly refreshMs: number
  /** After so long without an answer the catalog counts as stale, in milliseconds. */
  readonly staleAfterMs: number
  /** Of an earlier watch: what it knows of classes goes on, and the epoch. */
  readonly sticky?: StickyClasses
  readonly epoch?: number
  /** Awaited before the new catalog counts as current. */
  readonly onChange: (catalog: MysqlCatalog) => void | Promise<void>
  readonly onError: (error: unknown) => void
  /** Milliseconds that only grow. */
  readonly now: () => number
}

/**
 * `glance`: counters alone, and the digest where they moved and the last one is long enough ago for its cost; `look`:
 * the digest wherever they moved, or the last one is that long ago; `force`: the digest in any case.
 */
export type Depth = 'glance' | 'look' | 'force'

export interface CatalogWatch {
  readonly catalog: MysqlCatalog
  readonly sticky: StickyClasses
  /** False once the server has not confirmed the catalog for `staleAfterMs`: callers refuse then. */
  readonly current: boolean
  /** Asks now; true when the catalog had changed and `onChange` was called. Rejects when the server can't say. */
  refresh(depth: Depth): Promise<boolean>
  close(): Promise<void>
}

/** A digest is taken again after so many times of what the last one took: a large catalog must not keep its server busy. */
const REST = { moved: 4, still: 20 } as const
const STILL_MS = 2000
const RETRY_MS = 1000
const LONGEST_RETRY_MS = 30_000
const ATTEMPTS = 3

const DEPTHS: readonly Depth[] = ['glance', 'look', 'force']

/** Rejects when the first reading fails. */
export async function createCatalogWatch(options: CatalogWatchOptions): Promise<CatalogWatch> {
  const { refreshMs, staleAfterMs, now } = options
  const sticky = options.sticky ?? createStickyClasses()
  let source: CatalogSource | undefined
  let catalog: MysqlCatalog | undefined
  let epoch = options.epoch ?? 0
  let known = { counters: '', opened: '', print: '' }
  let digested = { at: Number.NEGATIVE_INFINITY, cost: 0 }
  let confirmed = 0
  /** When an incomplete reading is tried again. */
  let retry = { at: Number.POSITIVE_INFINITY, after: RETRY_MS }
  let failures = 0
  let closed = false
  let running: Promise<boolean> | undefined
  let queued: { readonly asked: Promise<boolean>; depth: Depth } | undefined
  let timer: NodeJS.Timeout | undefined

  function isDue(depth: Depth, moved: boolean, at: number): boolean {
    if (catalog === undefined || depth === 'force' || at >= retry.at) return true
    if (moved && depth === 'look') return true
    const busy = moved || depth === 'look'
    const rest = busy ? digested.cost * REST.moved : Math.max(STILL_MS, digested.cost * REST.still)
    return at - digested.at >= rest
  }

  async function check(depth: Depth): Promise<boolean> {
    const asked = now()
    try {
      const fresh = source === undefined
      source ??= await options.connect()
      const { client } = source
      const counters = await readStatementCounters(client)
      const moved = counters !== known.counters || (await readOpened(client)) !== known.opened
      if (!isDue(fresh ? 'force' : depth, moved, asked)) {
        confirmed = asked
        return false
      }
      const before = now()
      const print = await fingerprint(client)
      digested = { at: now(), cost: now() - before }
      const same =
        catalog !== undefined && print === known.print && now() < retry.at && !otherServer(catalog, source)
      const changed = same ? false : await readAgain(source, print)
      known = { ...known, counters, opened: await readOpened(client) }
      confirmed = asked
      failures = 0
      return changed
    } catch (error) {
      const broken = source
      source = undefined
      failures += 1
      await broken?.client.end()
      throw error
    }
  }

  /** The reading is of one moment: it is repeated while the digest moves under it. */
  async function readAgain(from: CatalogSource, first: string): Promise<boolean> {
    let print = first
    let read = await readCatalog(from, { classify: options.classify, sticky, epoch: epoch + 1 })
    for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
      const after = await fingerprint(from.client)
      if (after === print) break
      print = after
      read = await readCatalog(from, { classify: options.classify, sticky, epoch: epoch + 1 })
    }
    retry = read.complete
      ? { at: Number.POSITIVE_INFINITY, after: RETRY_MS }
      : { at: now() + retry.after, after: Math.min(retry.after * 2, LONGEST_RETRY_MS) }
    known = { ...known, print }
    if (catalog !== undefined && !differs(catalog, read.catalog)) return false
    await options.onChange(read.catalog)
    catalog = read.catalog
    epoch += 1
    return true
  }

  function run(depth: Depth): Promise<boolean> {
    running = check(depth).finally(() => {
      running = undefined
    })
    return running
  }

  /** Invariant: whoever asks is answered by a question that was put after they asked, and no shallower than theirs. */
  function refresh(depth: Depth): Promise<boolean> {
    if (closed) return Promise.reject(new Error('the catalog watch is closed'))
    if (running === undefined) return run(depth)
    if (queued !== undefined) {
      if (DEPTHS.indexOf(depth) > DEPTHS.indexOf(queued.depth)) queued.depth = depth
      return queued.asked
    }
    const asked = running
      .catch(() => false)
      .then(() => {
        const wanted = queued?.depth ?? depth
        queued = undefined
        return run(wanted)
      })
    queued = { asked, depth }
    return asked
  }

  function schedule(): void {
    if (closed) return
    const wait =
      failures === 0 ? refreshMs : Math.min(refreshMs * 2 ** Math.min(failures, 10), LONGEST_RETRY_MS)
    timer = setTimeout(() => {
      refresh('glance')
        .catch((error) => options.onError(error))
        .finally(schedule)
    }, wait)
    timer.unref()
  }

  await refresh('force')
  schedule()
  return {
    get catalog() {
      return catalog as MysqlCatalog
    },
    sticky,
    get current() {
      return !closed && now() - confirmed <= staleAfterMs
    },
    refresh,
    async close() {
      closed = true
      clearTimeout(timer)
      await (queued?.asked ?? running)?.catch(() => undefined)
      await source?.client.end()
    },
  }
}

function otherServer(catalog: MysqlCatalog, { facts }: CatalogSource): boolean {
  return (
    facts.serverVersion !== catalog.serverVersion || facts.lowerCaseTableNames !== catalog.lowerCaseTableNames
  )
}

/** Piece by piece: a large catalog as one text would be larger than the catalog. */
function differs(before: MysqlCatalog, after: MysqlCatalog): boolean {
  const small = ({ relations: _, epoch: __, ...rest }: MysqlCatalog) => JSON.stringify(rest)
  return (
    before.relations.length !== after.relations.length ||
    small(before) !== small(after) ||
    before.relations.some((relation, at) => JSON.stringify(relation) !== JSON.stringify(after.relations[at]))
  )
}
