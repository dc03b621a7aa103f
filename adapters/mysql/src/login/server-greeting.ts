/** What a server says first (protocol manual, "Protocol::HandshakeV10"). */
import { text } from '@gatehouse/adapter-kit'
import { GatehouseError } from '@gatehouse/core'
import { CLIENT, ERR, readErr, readPacket } from '../messages/index.js'

export interface ServerGreeting {
  readonly serverVersion: string
  readonly threadId: number
  readonly capabilities: number
  /** MariaDB's, valid only where LONG_PASSWORD is clear. */
  readonly extended: number
  /** 20 bytes. */
  readonly nonce: Uint8Array
  readonly plugin: string
}

const fault = (what: string) => new GatehouseError('GH_WIRE', what)

/** Throws `GH_WIRE`. */
export function readServerGreeting(packet: Uint8Array): ServerGreeting {
  if (packet[0] === ERR) throw fault(`the upstream took no connection: error ${readErr(packet).code}`)
  if (packet[0] !== 10) throw fault('the upstream does not greet as MySQL does')
  const reader = readPacket(packet, 1)
  const serverVersion = text(reader.nulBytes())
  const threadId = reader.u32()
  const first = reader.bytes(8)
  reader.skip(1)
  const low = reader.u16()
  reader.skip(3)
  const capabilities = (low | (reader.u16() << 16)) >>> 0
  const nonceBytes = reader.u8()
  reader.skip(6)
  const extended = reader.u32()
  const needed =
    CLIENT.PROTOCOL_41 |
    CLIENT.SECURE_CONNECTION |
    CLIENT.PLUGIN_AUTH |
    CLIENT.CONNECT_ATTRS |
    CLIENT.SESSION_TRACK
  if ((capabilities & needed) !== needed)
    throw fault('the upstream is too old: it lacks session tracking, connection attributes or plugins')
  // The last of its bytes is a NUL that is no part of the nonce.
  const second = reader.bytes(Math.max(13, nonceBytes - 8))
  return {
    serverVersion,
    threadId,
    capabilities,
    extended: (capabilities & CLIENT.LONG_PASSWORD) === 0 ? extended : 0,
    nonce: Buffer.concat([first, second.subarray(0, 12)]),
    plugin: text(reader.nulBytes()),
  }
}
