/** How the kit cuts messages, with the ceilings that a length meets before anything is gathered (mongodb.md §1). */
import type { FrameLayout } from '@gatehouse/adapter-kit'
import { int32At } from '../bson/index.js'
import { HEADER, OPCODE } from './header.js'

/** Bytes of a message before its sender has signed in: a token within a hello fits. */
export const LARGEST_BEFORE_SIGN_IN = 64 * 1024
/** maxMessageSizeBytes, in bytes. */
export const LARGEST_MESSAGE = 48_000_000
/** maxWriteBatchSize. */
export const LARGEST_BATCH = 100_000

/** What may come: any other opcode ends the connection before anything of it is gathered. */
const BEFORE_SIGN_IN: ReadonlySet<number> = new Set([OPCODE.MSG, OPCODE.QUERY])
const SIGNED_IN: ReadonlySet<number> = new Set([OPCODE.MSG, OPCODE.QUERY, OPCODE.COMPRESSED])
const REPLIES: ReadonlySet<number> = new Set([OPCODE.MSG])

/** A class: a layout that another is spread into has a hidden class of its own in V8, and the cutter asks it for each message. */
class Layout implements FrameLayout {
  readonly header = HEADER

  constructor(
    private readonly opCodes: ReadonlySet<number>,
    private readonly largest: number,
  ) {}

  type(buffer: Uint8Array, at: number): number {
    return int32At(buffer, at + 12)
  }

  length(buffer: Uint8Array, at: number): number {
    return int32At(buffer, at)
  }

  ceiling(type: number): number {
    return this.opCodes.has(type) ? this.largest : 0
  }

  gather(type: number): number {
    return this.ceiling(type)
  }
}

/** Of a client that is not yet known. */
export const greetingLayout: FrameLayout = new Layout(BEFORE_SIGN_IN, LARGEST_BEFORE_SIGN_IN)

/** `message`: the listener's limit in bytes; never more than clients are told. */
export function clientLayout(message: number): FrameLayout {
  return new Layout(SIGNED_IN, Math.min(message, LARGEST_MESSAGE))
}

/** Upstream is never asked to compress. */
export function upstreamLayout(message: number): FrameLayout {
  return new Layout(REPLIES, Math.min(message, LARGEST_MESSAGE))
}
