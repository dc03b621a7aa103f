/** OK, EOF and ERR as values and as payloads (protocol manual, "Generic Response Packets"). */
import { text, utf8 } from '@gatehouse/adapter-kit'
import { readPacket } from './packet-reader.js'
import { lenenc, lenencString, payload, u16 } from './packet-writer.js'
import { STATUS } from './status.js'

export const OK = 0x00
export const EOF = 0xfe
export const ERR = 0xff
export const LOCAL_INFILE = 0xfb
/** While signing in alone (protocol manual, "Authentication Phase Packets"). */
export const AUTH_SWITCH = 0xfe
export const AUTH_MORE_DATA = 0x01

const NONE = new Uint8Array(0)

export interface OkReply {
  readonly affected: number
  readonly lastInsertId: bigint
  readonly status: number
  readonly warnings: number
  readonly info: Uint8Array
  /** Session-state changes, as they came; empty where there are none. */
  readonly changes: Uint8Array
}

export interface EofReply {
  readonly warnings: number
  readonly status: number
}

export interface ErrReply {
  readonly code: number
  /** Five characters; HY000 where the server sent none. */
  readonly state: string
  readonly message: string
}

/** `tracks`: SESSION_TRACK was agreed. Throws `GH_WIRE`. The first byte (0x00, or 0xFE as an EOF) is not judged. */
export function readOk(content: Uint8Array, tracks: boolean): OkReply {
  const reader = readPacket(content, 1)
  const affected = reader.lenenc() ?? 0
  const lastInsertId = readLenencBig(reader)
  const status = reader.u16()
  const warnings = reader.u16()
  if (reader.left === 0) return { affected, lastInsertId, status, warnings, info: NONE, changes: NONE }
  const info = reader.lenencBytes() ?? NONE
  const changed = tracks && (status & STATUS.SESSION_STATE_CHANGED) !== 0 && reader.left > 0
  const changes = changed ? (reader.lenencBytes() ?? NONE) : NONE
  return { affected, lastInsertId, status, warnings, info, changes }
}

/** Identifiers may be over 2^53: BIGINT UNSIGNED. */
function readLenencBig(reader: ReturnType<typeof readPacket>): bigint {
  const first = reader.u8()
  if (first < 0xfb) return BigInt(first)
  if (first === 0xfc) return BigInt(reader.u16())
  if (first === 0xfd) return BigInt(reader.u24())
  return reader.u64()
}

export function readEof(content: Uint8Array, start = 0, end = content.length): EofReply {
  const reader = readPacket(content, start + 1, end)
  return { warnings: reader.u16(), status: reader.u16() }
}

/** What ends rows: an EOF, or where DEPRECATE_EOF was agreed (`short`) an OK that begins with 0xFE. SESSION_TRACK was agreed. */
export function readEnd(buffer: Uint8Array, short: boolean, start = 0, end = buffer.length): OkReply {
  if (short) return readOk(buffer.subarray(start, end), true)
  const { warnings, status } = readEof(buffer, start, end)
  // Invariant: no spread here. What is added behind one has a hidden class of its own in V8, made anew each time.
  return { affected: 0, lastInsertId: 0n, status, warnings, info: NONE, changes: NONE }
}

/** Before the handshake has ended an ERR carries no SQLSTATE. */
export function readErr(content: Uint8Array): ErrReply {
  const reader = readPacket(content, 1)
  const code = reader.u16()
  const rest = reader.rest()
  if (rest[0] !== 0x23 || rest.length < 6) return { code, state: 'HY000', message: text(rest) }
  return { code, state: text(rest.subarray(1, 6)), message: text(rest.subarray(6)) }
}

export interface OkParts {
  readonly affected?: number
  readonly lastInsertId?: bigint
  readonly status: number
  readonly warnings?: number
  readonly info?: Uint8Array
  /** With SESSION_TRACK agreed: the changes that the client is told of. */
  readonly tracks?: boolean
  readonly changes?: Uint8Array
}

export function okPayload(parts: OkParts, first: number = OK): Uint8Array {
  const { affected = 0, lastInsertId = 0n, warnings = 0, info, tracks = false, changes } = parts
  const told = tracks && changes !== undefined && changes.length > 0
  const status = told
    ? parts.status | STATUS.SESSION_STATE_CHANGED
    : parts.status & ~STATUS.SESSION_STATE_CHANGED
  const tail: Uint8Array[] = []
  if (told) tail.push(lenencString(info ?? new Uint8Array(0)), lenencString(changes))
  // Documented as the rest of the packet without SESSION_TRACK; servers write its length, and clients read that.
  else if (info !== undefined && info.length > 0) tail.push(lenencString(info))
  return payload([first], lenenc(affected), lenencBig(lastInsertId), u16(status), u16(warnings), ...tail)
}

function lenencBig(value: bigint): readonly number[] {
  if (value <= 0xffffffn) return lenenc(Number(value))
  const bytes = [0xfe]
  for (let shift = 0n; shift < 64n; shift += 8n) bytes.push(Number((value >> shift) & 255n))
  return bytes
}

export function eofPayload({ warnings, status }: EofReply): Uint8Array {
  return payload([EOF], u16(warnings), u16(status))
}

/** Bytes of a message that every client keeps (MYSQL_ERRMSG_SIZE). */
export const LONGEST_MESSAGE = 512

/** Without `state`, the form from before the handshake has ended. */
export function errPayload(code: number, message: string, state?: string): Uint8Array {
  const mark = state === undefined ? new Uint8Array(0) : utf8(`#${state}`)
  return payload([ERR], u16(code), mark, utf8(message))
}
