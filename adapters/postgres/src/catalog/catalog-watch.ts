/** Keeps one database's catalog current: reads it at the start, asks for its fingerprint, reads again when that moved (R2). */
import type { Catalog } from '@gatehouse/sql'
import type { CatalogClient } from './client.js'
import { fingerprint, isComplete, readCatalog } from './read-catalog.js'
import type { Classify } from './read-relations.js'

export interface CatalogWatchOptions {
  readonly connect: () => Promise<CatalogClient>
  readonly classify: Classify
  /** Between two questions, in milliseconds; 1000 by default. */
  readonly refreshMs?: number
  /** After so long without an answer the catalog counts as stale, in milliseconds; 10,000 by default. */
  readonly staleAfterMs?: number
  /** A catalog of an earlier run, whose classes stick. */
  readonly previous?: Catalog
  /** Upstream accounts whose sessions are read against it. */
  readonly accounts?: readonly string[]
  /** Awaited before the new catalog counts as current. */
  readonly onChange: (catalog: Catalog) => void | Promise<void>
  readonly onError?: (error: unknown) => void
  /** Milliseconds that only grow. */
  readonly now: () => number
}

export interface CatalogWatch {
  readonly catalog: Catalog
  /** False once the server has not confirmed the catalog for `staleAfterMs`: callers refuse then. */
  readonly current: boolean
  /**
   * Asks now; true when the catalog had changed and `onChange` was called. Rejects when the server can't say. `wholly`: what a lock
   * withheld is asked for again at once.
   */
  refresh(wholly?: 'wholly'): Promise<boolean>
  close(): Promise<void>
}

const RETRY_MS = 5000

function differs(before: Catalog, after: Catalog): boolean {
  return JSON.stringify({ ...before, epoch: 0 }) !== JSON.stringify({ ...after, epoch: 0 })
}

/** Rejects when the first reading fails. */
export async function createCatalogWatch(options: CatalogWatchOptions): Promise<CatalogWatch> {
  const { refreshMs = 1000, staleAfterMs = 10_000, now } = options
  let client: CatalogClient | undefined
  let known = ''
  const told: Told = { catalog: undefined, confirmed: 0, closed: false }
  /** When an incomplete reading is tried again. */
  let retryAt = Number.POSITIVE_INFINITY
  let running: Promise<boolean> | undefined
  let queued: Promise<boolean> | undefined
  let timer: NodeJS.Timeout | undefined

  async function check(): Promise<boolean> {
    const asked = now()
    try {
      if (client === undefined) {
        client = await options.connect()
        // It may be another server by now, or another version of it (R7).
        retryAt = 0
      }
      const print = await fingerprint(client)
      if (told.catalog !== undefined && print === known && asked < retryAt) {
        told.confirmed = asked
        return false
      }
      const previous = told.catalog ?? options.previous
      const read = await readCatalog(client, {
        classify: options.classify,
        ...(previous ? { previous } : {}),
        ...(options.accounts ? { accounts: options.accounts } : {}),
      })
      const changed = told.catalog === undefined || print !== known || differs(told.catalog, read)
      if (changed) {
        await options.onChange(read)
        told.catalog = read
      }
      known = print
      told.confirmed = asked
      retryAt = isComplete(read) ? Number.POSITIVE_INFINITY : now() + RETRY_MS
      return changed
    } catch (error) {
      const broken = client
      client = undefined
      await broken?.end().catch(() => undefined)
      throw error
    }
  }

  function run(): Promise<boolean> {
    running = check().finally(() => {
      running = undefined
    })
    return running
  }

  /** Invariant: whoever asks is answered from a fingerprint taken after they asked. */
  function refresh(wholly?: 'wholly'): Promise<boolean> {
    if (wholly && retryAt !== Number.POSITIVE_INFINITY) retryAt = 0
    if (told.closed) return Promise.reject(new Error('the catalog watch is closed'))
    if (!running) return run()
    queued ??= running
      .catch(() => false)
      .then(() => {
        queued = undefined
        return run()
      })
    return queued
  }

  function schedule(): void {
    if (told.closed) return
    timer = setTimeout(() => {
      refresh()
        .catch((error) => options.onError?.(error))
        .finally(schedule)
    }, refreshMs)
    timer.unref()
  }

  await refresh()
  schedule()
  const close = async () => {
    told.closed = true
    clearTimeout(timer)
    await (queued ?? running)?.catch(() => undefined)
    await client?.end().catch(() => undefined)
  }
  return new Watch(told, () => now() - told.confirmed <= staleAfterMs, refresh, close)
}

/** What the watch has learnt. */
interface Told {
  catalog: Catalog | undefined
  /** When the server last confirmed it. */
  confirmed: number
  closed: boolean
}

/** A class: getters of an object literal make it a dictionary, and it is looked at for each statement (docs/performance.md). */
class Watch implements CatalogWatch {
  constructor(
    private readonly told: Told,
    private readonly isFresh: () => boolean,
    readonly refresh: CatalogWatch['refresh'],
    readonly close: () => Promise<void>,
  ) {}

  get catalog() {
    return this.told.catalog as Catalog
  }

  get current() {
    return !this.told.closed && this.isFresh()
  }
}
