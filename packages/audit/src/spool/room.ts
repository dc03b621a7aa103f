/** How much the spool holds, may hold, and can let go. */
import type { SpoolNote } from '../ocsf/note-writer.js'
import type { Cursor } from './cursor.js'
import type { Journal } from './journal.js'
import { droppable } from './retention.js'
import { type Segment, segmentName } from './segment.js'
import type { SpoolFiles } from './spool-files.js'
import type { Readable } from './spool-reader.js'

export interface RoomOptions {
  readonly files: SpoolFiles
  readonly folder: string
  readonly journal: Journal
  /** Oldest first; grows as segments close. */
  readonly closed: Segment[]
  /** Bytes promised to outcomes. */
  readonly owed: () => number
  readonly maxBytes: number
  readonly retain: number
  /** Records up to here are with the sink; Infinity without one. */
  readonly shipped: number
  readonly now: () => number
  readonly note: (note: SpoolNote) => void
}

export interface Room {
  used(): number
  /** Bytes left for ordinary records once all has gone that may. */
  free(): number
  add(segment: Segment): void
  fits(bytes: number, reserve: boolean): boolean
  /** Drops what has become too old. */
  retain(): void
  acknowledge(cursor: Cursor): void
  unshipped(): { readonly records: number; readonly bytes: number }
  readonly readable: () => readonly Readable[]
}

/** Ordinary records stop here; the rest is for ROLLBACK, COMMIT, outcomes and endings. */
const MARK = 0.95
/** What the record about a drop may take. */
const NOTE = 4096

export function createRoom(options: RoomOptions): Room {
  const { journal, closed, maxBytes } = options
  const sink = Number.isFinite(options.shipped)
  let { shipped } = options
  let at: Cursor | undefined

  let closedBytes = sizeOf(closed)
  /** Of closed segments: bytes that the sink has still to take. */
  let kept = 0
  const keep = () => {
    kept = sizeOf(closed.filter(({ last }) => last > shipped))
  }
  keep()

  const used = () => closedBytes + journal.bytes() + options.owed()

  function unlink(segments: readonly Segment[]): void {
    for (const { first } of segments) {
      try {
        options.files.unlinkSync(`${options.folder}/${segmentName(first)}`)
      } catch {
        // Later ones stay too, so that no gap opens; the next start finds them all.
        return
      }
    }
  }

  /** Files go once the record that names them is in the spool. */
  function drop(need: number): void {
    const going = droppable(closed, { now: options.now(), retain: options.retain, need, shipped })
    const [oldest, newest] = [going[0], going.at(-1)]
    if (oldest === undefined || newest === undefined || journal.failure() !== undefined) return
    closed.splice(0, going.length)
    closedBytes -= sizeOf(going)
    if (!sink) {
      options.note({
        kind: 'dropped',
        message: `records ${oldest.first} to ${newest.last} were dropped from the spool`,
        facts: { from: oldest.first, to: newest.last, segments: going.length, head: newest.sha256 },
      })
    }
    journal.afterDecisions((result) => {
      if (result === 'written') unlink(going)
      else {
        closed.unshift(...going)
        closedBytes += sizeOf(going)
      }
    })
  }

  return {
    used,
    free: () => maxBytes * MARK - kept - journal.bytes() - options.owed(),
    add(segment) {
      closed.push(segment)
      closedBytes += segment.size
      if (segment.last > shipped) kept += segment.size
    },
    fits(bytes, reserve) {
      const limit = reserve ? maxBytes : maxBytes * MARK
      const over = used() + bytes - limit
      if (over <= 0) return true
      drop(over + NOTE)
      return used() + bytes <= limit
    },
    retain: () => drop(0),
    acknowledge(cursor) {
      at = cursor
      shipped = cursor.sequence
      keep()
    },
    unshipped() {
      const last = journal.visible()?.last ?? closed.at(-1)?.last ?? 0
      const from = sink ? shipped : 0
      let bytes = 0
      for (const segment of readable()) {
        if (segment.last > from) bytes += segment.size - (at?.segment === segment.first ? at.offset : 0)
      }
      const first = closed[0]?.first ?? journal.visible()?.first ?? last + 1
      return { records: Math.max(0, last - Math.max(from, first - 1)), bytes }
    },
    readable,
  }

  function readable(): readonly Readable[] {
    const visible = journal.visible()
    return visible === undefined ? closed : [...closed, visible]
  }
}

function sizeOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { size }) => sum + size, 0)
}
