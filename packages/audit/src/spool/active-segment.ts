/** The segment being written: created whole with its head, appended to, cut back when its disk failed. */
import { createHash } from 'node:crypto'
import { type Entry, partsOf } from './form.js'
import { definitionSize, putDefinition, putFrame } from './frame.js'
import { type Piece, textOf } from './piece.js'
import { framedSize, headBody, type Segment, type SegmentHead, segmentName } from './segment.js'
import { type SpoolFiles, syncFolder, writeAll } from './spool-files.js'

/** How far a segment goes. */
export interface Extent {
  readonly size: number
  readonly last: number
  readonly final: Entry
}

export interface ActiveSegment {
  readonly fd: number
  readonly first: number
  /** Bytes of head, carried decisions and definitions. */
  readonly opening: number
  appended: Extent
  /** What a failing disk cannot take back: durable under `fsync`, appended whole under `write`. */
  sure: Extent
}

/**
 * Writes head and carried decisions under another name and renames: a segment that exists has its opening whole.
 * `carried` are spool bodies of decisions, `pieces` what the first frames to come refer to.
 */
export function createSegment(
  files: SpoolFiles,
  folder: string,
  head: Omit<SegmentHead, 'segment' | 'carried'>,
  carried: readonly Entry[],
  pieces: readonly Piece[],
): ActiveSegment {
  const opening = [headBody({ segment: 2, carried: carried.length, ...head })]
  const bodies = [
    opening,
    ...carried.map(partsOf).map(([head = '', ...rest]) => [`C${textOf(head).slice(1)}`, ...rest]),
  ]
  const bytes = Buffer.allocUnsafe(
    framedSize(bodies) + pieces.reduce((sum, piece) => sum + definitionSize(piece), 0),
  )
  let end = 0
  for (const body of bodies) end = putFrame(bytes, end, body)
  for (const piece of pieces) end = putDefinition(bytes, end, piece)
  const path = `${folder}/${segmentName(head.first)}`
  const fd = files.openSync(`${path}.new`, 'w', 0o600)
  try {
    writeAll(files, fd, bytes)
    files.fdatasyncSync(fd)
    files.renameSync(`${path}.new`, path)
    syncFolder(files, folder)
  } catch (error) {
    files.closeSync(fd)
    throw error
  }
  const extent = { size: end, last: head.first - 1, final: opening }
  return { fd, first: head.first, opening: end, appended: extent, sure: extent }
}

/** Undefined when it holds no record: then the next segment takes its name and place. */
export function closedSegment(active: ActiveSegment, now: number): Segment | undefined {
  const { first } = active
  const { last, size, final } = active.sure
  if (last < first) return undefined
  return {
    first,
    last,
    size,
    closedAt: now,
    sha256: createHash('sha256').update(partsOf(final).map(textOf).join('')).digest('hex'),
  }
}

/** Cuts a segment back to what is known to stand, over a new descriptor: the old one may lie after a failure. */
export function cutBack(files: SpoolFiles, folder: string, first: number, size: number): void {
  const fd = files.openSync(`${folder}/${segmentName(first)}`, 'r+')
  try {
    files.ftruncateSync(fd, size)
    files.fsyncSync(fd)
  } finally {
    files.closeSync(fd)
  }
}
