/** The client's packets put together to commands: their numbers and their sizes are checked before anything is gathered. */
import { concatBytes, type Frame, type FrameLayout, type Limits, type Reading } from '@gatehouse/adapter-kit'
import { COM, errPayload, FULL, HEADER, packets } from '../messages/index.js'
import { farewellPayload } from '../refusing.js'
import type { Memory } from '../session/memory.js'

/** One whole command: its payload stands in `buffer`, and begins with the command's byte. */
export interface Packet {
  /** The command's byte; -1 of an empty payload. */
  readonly command: number
  readonly buffer: Uint8Array
  readonly start: number
  readonly end: number
  /** Number of the answer's first packet. */
  readonly next: number
  readonly frames: number
  /** Over the ceiling of a statement: thrown away unread. */
  readonly oversize: boolean
}

/** A command of which packets have come that more packets follow. */
export interface Arriving {
  readonly command: number
  readonly parts: Uint8Array[]
  size: number
  frames: number
  oversize: boolean
}

type Ceilings = Pick<Limits, 'message' | 'statement'>

/** An empty payload has no first byte. */
export const EMPTY = -1

const lengthAt = (buffer: Uint8Array, at: number): number =>
  HEADER + ((buffer[at] as number) | ((buffer[at + 1] as number) << 8) | ((buffer[at + 2] as number) << 16))

const typeAt = (buffer: Uint8Array, at: number): number =>
  lengthAt(buffer, at) === HEADER ? EMPTY : (buffer[at + HEADER] as number)

/**
 * Length in three bytes, number in one; what the payload is, its first byte says. Classes: a layout that is spread into
 * another has a hidden class of its own in V8, one per session, and the cutter asks it for each frame.
 */
class Layout {
  readonly header = HEADER
  readonly lead = 1

  type(buffer: Uint8Array, at: number): number {
    return typeAt(buffer, at)
  }

  length(buffer: Uint8Array, at: number): number {
    return lengthAt(buffer, at)
  }

  ceiling(): number {
    return HEADER + FULL
  }
}

class ClientLayout extends Layout implements FrameLayout {
  constructor(
    private readonly memory: Memory,
    private readonly limits: Ceilings,
  ) {
    super()
  }

  gather(type: number): number {
    const { memory, limits } = this
    const { arriving, reply } = memory
    if (reply.phase === 'file') return HEADER + Math.min(FULL, limits.message)
    if (arriving?.oversize === true) return HEADER + 1
    const most = ceilingOf(arriving?.command ?? type, limits)
    return HEADER + Math.max(1, Math.min(FULL, most - (arriving?.size ?? 0)))
  }
}

class UpstreamLayout extends Layout implements FrameLayout {
  private readonly most: number

  constructor(message: number) {
    super()
    this.most = HEADER + Math.min(FULL, message)
  }

  gather(): number {
    return this.most
  }
}

export function clientLayout(memory: Memory, limits: Ceilings): FrameLayout {
  return new ClientLayout(memory, limits)
}

/** Rows that pass unread may be of any size. */
export function upstreamLayout({ message }: Ceilings): FrameLayout {
  return new UpstreamLayout(message)
}

/** Bytes of a payload: a statement's text and the command's byte, or a message. */
function ceilingOf(command: number, { message, statement }: Ceilings): number {
  return command === COM.QUERY || command === COM.STMT_PREPARE ? Math.min(message, statement + 1) : message
}

/** The whole command that this packet ends; a reading where it ends none. */
export function arrive(frame: Frame, memory: Memory, limits: Ceilings): Packet | Reading {
  const { buffer, start, oversize } = frame
  const before = memory.arriving
  const number = buffer[start + 3] as number
  if (number !== ((before?.frames ?? 0) & 255)) return outOfOrder()
  const size = lengthAt(buffer, start) - HEADER
  const command = before?.command ?? frame.type
  const total = (before?.size ?? 0) + size
  const next = (number + 1) & 255
  const over = oversize || before?.oversize === true
  if (total > limits.message || (over && ceilingOf(command, limits) === limits.message)) return tooLarge(next)
  const frames = (before?.frames ?? 0) + 1
  if (size < FULL) {
    memory.arriving = undefined
    if (over) return { command, buffer, start, end: start, next, frames, oversize: true }
    if (before === undefined)
      return { command, buffer, start: start + HEADER, end: frame.end, next, frames, oversize: false }
    before.parts.push(buffer.subarray(start + HEADER, frame.end))
    const whole = concatBytes(before.parts)
    return { command, buffer: whole, start: 0, end: whole.length, next, frames, oversize: false }
  }
  const arriving = before ?? { command, parts: [], size: 0, frames: 0, oversize: false }
  memory.arriving = arriving
  arriving.size = total
  arriving.frames = frames
  arriving.oversize = over
  if (over) arriving.parts.length = 0
  else arriving.parts.push(buffer.slice(start + HEADER, frame.end))
  return { kind: 'drop' }
}

/** As a server says it: number 0, and the end. */
export function outOfOrder(): Reading {
  const bytes = packets(0, errPayload(1156, 'Got packets out of order', '08S01'))
  return { kind: 'fatal', bytes }
}

export function tooLarge(next: number): Reading {
  const why = 'the message is longer than limits.message allows'
  return { kind: 'fatal', bytes: packets(next, farewellPayload('GH_TOO_LARGE', why)) }
}
