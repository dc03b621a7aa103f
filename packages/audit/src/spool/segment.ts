/** Segments: files of frames named after their first record, each opened by a head that says what came before. */
import { asciiJson } from '../ocsf/json-text.js'
import { bodySize, FRAME_HEAD } from './frame.js'
import type { Body } from './piece.js'

/** What a segment's first frame says. */
export interface SegmentHead {
  /** The form of what follows; in form 1 nothing is defined or referred to. */
  readonly segment: 1 | 2
  readonly chain: string
  readonly first: number
  /** How many carried decisions follow the head. */
  readonly carried: number
  /** The segment before: its last record and the SHA-256 of that record's body, references resolved. */
  readonly previous?: SegmentEnd
}

export interface SegmentEnd {
  readonly first: number
  readonly last: number
  readonly sha256: string
}

export interface Segment {
  readonly first: number
  readonly last: number
  readonly size: number
  /** Milliseconds since the epoch. */
  readonly closedAt: number
  readonly sha256: string
}

const NAME = /^(\d{16})\.seg$/

export function segmentName(first: number): string {
  return `${String(first).padStart(16, '0')}.seg`
}

/** The first record's sequence number, or undefined for another file. */
export function segmentFirst(name: string): number | undefined {
  const digits = NAME.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** Its first byte. */
export const HEAD = 0x48

export function headBody(head: SegmentHead): string {
  return `H ${asciiJson(head)}`
}

export function readHead(body: Buffer): SegmentHead | undefined {
  if (body.length < 3 || body[0] !== HEAD || body[1] !== 0x20) return undefined
  try {
    const head = JSON.parse(body.toString('latin1', 2)) as Partial<SegmentHead>
    const known = head.segment === 1 || head.segment === 2
    const whole = known && Number.isSafeInteger(head.first) && Number.isSafeInteger(head.carried)
    return whole ? (head as SegmentHead) : undefined
  } catch {
    return undefined
  }
}

/** Bytes that frames with these bodies take. */
export function framedSize(bodies: readonly Body[]): number {
  return bodies.reduce((sum, body) => sum + FRAME_HEAD + bodySize(body), 0)
}
