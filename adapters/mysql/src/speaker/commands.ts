/** What a client has sent, cut into commands, and which exchange of its own each belongs to. */
import { COM } from '../messages/index.js'
import { cutPacket } from './packets.js'
import type { ReplyKind } from './reply.js'

export interface Command {
  readonly code: number
  readonly kind: ReplyKind
  readonly payload: Buffer
  /** Of the reply's first packet. */
  readonly following: number
  /** Of a prepared statement, where the command names one. */
  readonly id: number
}

export const KINDS: Readonly<Record<number, ReplyKind>> = {
  [COM.QUERY]: 'query',
  [COM.STMT_EXECUTE]: 'execute',
  [COM.STMT_BULK_EXECUTE]: 'execute',
  [COM.STMT_PREPARE]: 'prepare',
  [COM.STMT_FETCH]: 'fetch',
  [COM.FIELD_LIST]: 'fields',
  [COM.STATISTICS]: 'text',
  [COM.PROCESS_INFO]: 'query',
  [COM.STMT_SEND_LONG_DATA]: 'none',
  [COM.STMT_CLOSE]: 'none',
  [COM.QUIT]: 'none',
}

/** Whole commands up to the first bytes that cannot be one. */
export function commandsOf(sent: Uint8Array): readonly Command[] {
  const bytes = Buffer.from(sent.buffer, sent.byteOffset, sent.length)
  const found: Command[] = []
  for (let at = 0; bytes[at + 3] === 0; ) {
    const packet = cutPacket(bytes, at)
    if (packet === undefined || packet.payload.length === 0) break
    at = packet.end
    const { payload, following } = packet
    const code = payload[0] as number
    const id = payload.length < 5 ? 0 : payload.readUInt32LE(1)
    found.push({ code, kind: KINDS[code] ?? 'ok', payload, following, id })
  }
  return found
}

/** Looks at headers alone. */
export function hasPrepared(sent: Uint8Array): boolean {
  const byte = (at: number) => sent[at] as number
  for (let at = 0; at + 4 < sent.length; at += 4 + (byte(at) | (byte(at + 1) << 8) | (byte(at + 2) << 16)))
    if (byte(at + 4) === COM.STMT_PREPARE) return true
  return false
}
