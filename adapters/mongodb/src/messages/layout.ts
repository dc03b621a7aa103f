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

const LAYOUT = {
  header: HEADER,
  type: (buffer: Uint8Array, at: number) => int32At(buffer, at + 12),
  length: int32At,
} as const

/** Of a client that is not yet known. */
export const greetingLayout: FrameLayout = layoutOf(BEFORE_SIGN_IN, LARGEST_BEFORE_SIGN_IN)

/** `message`: the listener's limit in bytes; never more than clients are told. */
export function clientLayout(message: number): FrameLayout {
  return layoutOf(SIGNED_IN, Math.min(message, LARGEST_MESSAGE))
}

/** Upstream is never asked to compress. */
export function upstreamLayout(message: number): FrameLayout {
  return layoutOf(REPLIES, Math.min(message, LARGEST_MESSAGE))
}

function layoutOf(opCodes: ReadonlySet<number>, largest: number): FrameLayout {
  const ceiling = (type: number) => (opCodes.has(type) ? largest : 0)
  return { ...LAYOUT, ceiling, gather: ceiling }
}
