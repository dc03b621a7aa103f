/** Group commit: what one turn of the event loop takes is one append, and one fdatasync covers all that waits (R24). */
import { type ActiveSegment, closedSegment, createSegment, cutBack } from './active-segment.js'
import { createBatch } from './batch.js'
import { type Entry, mostOf } from './form.js'
import { FRAME_HEAD } from './frame.js'
import type { Segment, SegmentEnd } from './segment.js'
import { type SpoolFiles, writeAll } from './spool-files.js'
import { createWaiters, type Written } from './waiters.js'

export interface JournalOptions {
  readonly files: SpoolFiles
  readonly folder: string
  readonly chain: string
  readonly durability: 'fsync' | 'write'
  readonly segmentBytes: number
  /** Sequence number of the first record to come. */
  readonly next: number
  readonly previous: SegmentEnd | undefined
  readonly now: () => number
  /** Spool bodies of the decisions whose outcome is due: each new segment begins with them. */
  readonly carried: () => readonly Entry[]
  readonly onClosed: (segment: Segment) => void
  readonly onFailed: (error: Error) => void
}

/** How far a reader may go: durable under `fsync`, appended under `write`. */
export interface Visible {
  readonly first: number
  readonly size: number
  readonly last: number
}

export interface Journal {
  /** The sequence number that the next record must bear. */
  next(): number
  failure(): Error | undefined
  /** Bytes taken and not yet as durable as they shall be. */
  unsettled(): number
  visible(): Visible | undefined
  /** Bytes of the segment being written and of what waits to be. */
  bytes(): number
  /** Bytes that it takes, with what it defined. */
  take(entry: Entry): number
  afterDecisions(then: (result: Written) => void): void
  afterOutcomes(then: (result: Written) => void): void
  /** Makes durable what nobody waits for; called now and then. */
  settle(): void
  /** After a failure: writes what was not sure into a new segment. True when it works again. */
  heal(): boolean
  /** Never again: another process has the folder, or this one ends. */
  close(reason: string): void
}

/** Over this a turn's records are appended before the turn ends. */
const BATCH = 4 * 1024 * 1024

export function createJournal(options: JournalOptions): Journal {
  const { files, folder, durability } = options
  const fsync = durability === 'fsync'
  const batch = createBatch()
  const decisions = createWaiters()
  const outcomes = fsync ? createWaiters() : decisions
  let active: ActiveSegment | undefined
  let previous = options.previous
  let next = options.next
  /** Last record that is sure. */
  let sure = next - 1
  let failure: Error | undefined
  let closed = false
  let scheduled = false
  let syncing: ActiveSegment | undefined
  // Positions count bytes of frames since the start.
  let taken = 0
  let appended = 0
  let settled = 0
  /** Appended and not settled: written again, elsewhere, should the disk fail. */
  let unsure: Buffer[] = []

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    setImmediate(turn)
  }

  function fail(error: unknown): void {
    failure = error instanceof Error ? error : new Error(String(error))
    schedule()
    options.onFailed(failure)
  }

  /** What a sync that began at these marks has made sure. */
  function settle(
    segment: ActiveSegment,
    extent: ActiveSegment['sure'],
    position: number,
    chunks: number,
  ): void {
    segment.sure = extent
    sure = extent.last
    settled = position
    unsure = unsure.slice(chunks)
  }

  function leave(segment: ActiveSegment): void {
    const ended = closedSegment(segment, options.now())
    active = undefined
    if (syncing !== segment) files.closeSync(segment.fd)
    if (ended === undefined) return
    previous = { first: ended.first, last: ended.last, sha256: ended.sha256 }
    options.onClosed(ended)
  }

  /** `again`: frames of the segment before are written once more. */
  function open(again = false): ActiveSegment {
    const head = { chain: options.chain, first: sure + 1, ...(previous === undefined ? {} : { previous }) }
    active = createSegment(files, folder, head, options.carried(), batch.turn(again))
    return active
  }

  function current(): ActiveSegment {
    if (active === undefined) return open()
    const records = active.appended.size - active.opening
    // At least as many bytes of records as of opening: carried decisions never take more room than records do.
    const enough = Math.max(options.segmentBytes, active.opening)
    if (records === 0 || records + batch.size() <= enough) return active
    if (fsync) {
      files.fdatasyncSync(active.fd)
      settle(active, active.appended, appended, unsure.length)
    }
    leave(active)
    return open()
  }

  function append(segment: ActiveSegment): void {
    const bytes = batch.bytes()
    writeAll(files, segment.fd, bytes)
    segment.appended = { size: segment.appended.size + bytes.length, last: next - 1, final: batch.final() }
    appended = taken
    if (fsync) unsure.push(Buffer.from(bytes))
    else settle(segment, segment.appended, appended, 0)
    batch.clear()
  }

  function flush(): void {
    if (failure !== undefined || batch.size() === 0) return
    try {
      append(current())
    } catch (error) {
      fail(error)
    }
  }

  function sync(): void {
    if (!fsync || failure !== undefined || syncing !== undefined || active === undefined) return
    if (appended <= settled) return
    const segment = active
    const extent = segment.appended
    const position = appended
    const chunks = unsure.length
    syncing = segment
    files.fdatasync(segment.fd, (error) => {
      syncing = undefined
      if (segment !== active) {
        files.closeSync(segment.fd)
      } else if (failure === undefined && error !== null) {
        fail(error)
      } else if (failure === undefined) {
        settle(segment, extent, position, chunks)
        decisions.reached(settled)
      }
      if (decisions.size() > 0) sync()
    })
  }

  function turn(): void {
    scheduled = false
    flush()
    if (failure !== undefined) {
      outcomes.failed()
      decisions.failed()
      return
    }
    outcomes.reached(appended)
    decisions.reached(settled)
    if (decisions.size() > 0) sync()
  }

  function wait(waiters: typeof decisions, then: (result: Written) => void): void {
    waiters.add(taken, then)
    schedule()
  }

  /** Writes all that was not sure into a fresh segment and makes it sure. */
  function rewrite(): void {
    if (active !== undefined) {
      if (active.sure.last >= active.first) cutBack(files, folder, active.first, active.sure.size)
      leave(active)
    }
    const segment = open(true)
    const again = Buffer.concat([...unsure, batch.bytes()])
    writeAll(files, segment.fd, again)
    files.fdatasyncSync(segment.fd)
    segment.appended = { size: segment.opening + again.length, last: next - 1, final: batch.final() }
    appended = taken
    batch.clear()
    settle(segment, segment.appended, appended, unsure.length)
  }

  return {
    next: () => next,
    failure: () => failure,
    unsettled: () => taken - settled,
    visible: () => (active === undefined ? undefined : { first: active.first, ...active.sure }),
    bytes: () => (active === undefined ? 0 : active.appended.size) + batch.size(),
    take(entry) {
      if (batch.size() + FRAME_HEAD + mostOf(entry) > BATCH) flush()
      const before = batch.size()
      batch.put(entry)
      const bytes = batch.size() - before
      taken += bytes
      next += 1
      schedule()
      return bytes
    },
    afterDecisions: (then) => wait(decisions, then),
    afterOutcomes: (then) => wait(outcomes, then),
    settle: sync,
    heal() {
      if (failure === undefined) return true
      if (closed) return false
      try {
        rewrite()
        failure = undefined
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error))
      }
      return failure === undefined
    },
    close(reason) {
      if (closed) return
      flush()
      closed = true
      if (active !== undefined && failure === undefined) {
        try {
          files.fdatasyncSync(active.fd)
          settle(active, active.appended, appended, unsure.length)
        } catch (error) {
          fail(error)
        }
      }
      outcomes.reached(appended)
      decisions.reached(settled)
      if (active !== undefined) leave(active)
      failure ??= new Error(reason)
      schedule()
    },
  }
}
