/** Reads one segment from its start to the first frame that does not hold. */
import { createHash } from 'node:crypto'
import { type Envelope, readEnvelope } from './envelope.js'
import { readFrame } from './frame.js'
import { createDefinitions } from './piece.js'
import { readHead, type SegmentHead } from './segment.js'
import type { SpoolFiles } from './spool-files.js'

export interface Scan {
  readonly size: number
  /** Bytes up to which every frame holds. */
  readonly good: number
  /** Undefined while head and carried decisions are not all there: such a segment holds nothing. */
  readonly head: SegmentHead | undefined
  /** Last record's number; first − 1 when there is none. */
  readonly last: number
  /** SHA-256 of the last record's body, or the head's when there is none. */
  readonly sha256: string
}

const CHUNK = 1024 * 1024

function frames(
  files: SpoolFiles,
  path: string,
  take: (body: Buffer) => boolean,
): { size: number; good: number } {
  const fd = files.openSync(path, 'r')
  try {
    const { size } = files.fstatSync(fd)
    let window = Buffer.alloc(0)
    let read = 0
    let good = 0
    for (;;) {
      let at = 0
      for (let frame = readFrame(window, 0); frame.kind !== 'short'; frame = readFrame(window, at)) {
        if (frame.kind === 'bad' || !take(frame.body)) return { size, good }
        good += frame.end - at
        at = frame.end
      }
      const chunk = Buffer.allocUnsafe(CHUNK)
      const count = files.readSync(fd, chunk, 0, CHUNK, read)
      if (count === 0) return { size, good }
      read += count
      window = Buffer.concat([window.subarray(at), chunk.subarray(0, count)])
    }
  } finally {
    files.closeSync(fd)
  }
}

/** `see` gets each carried decision and each record, in order. */
export function scanSegment(
  files: SpoolFiles,
  path: string,
  first: number,
  see: (envelope: Envelope, body: Buffer) => void,
): Scan {
  let head: SegmentHead | undefined
  let carried = 0
  let last = first - 1
  let final: Buffer | undefined
  const definitions = createDefinitions()
  const { size, good } = frames(files, path, (stored) => {
    if (head !== undefined && definitions.take(stored)) return carried >= head.carried
    const body = definitions.expand(stored)
    if (body === undefined) return false
    final = body
    if (head === undefined) {
      head = readHead(body)
      return head?.first === first
    }
    const envelope = readEnvelope(body)
    if (envelope === undefined) return false
    if (envelope.kind === 'C') {
      carried += 1
      if (carried > head.carried) return false
    } else {
      if (carried < head.carried || envelope.sequence !== last + 1) return false
      last = envelope.sequence
    }
    see(envelope, body)
    return true
  })
  const whole = head !== undefined && head.first === first && carried >= head.carried
  return {
    size,
    good,
    head: whole ? head : undefined,
    last,
    sha256: createHash('sha256')
      .update(final ?? '')
      .digest('hex'),
  }
}
