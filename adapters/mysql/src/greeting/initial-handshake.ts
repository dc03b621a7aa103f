/** The server's first packet, HandshakeV10 (protocol manual, "Protocol::HandshakeV10"). */
import { utf8 } from '@gatehouse/adapter-kit'
import { nulString, payload, STATUS, u16, u32 } from '../messages/index.js'
import type { Offer } from './offered.js'

/** utf8mb4_general_ci: the one that both flavours have had for ever. */
const COLLATION = 45

export const NONCE_BYTES = 20

export interface InitialHandshake {
  readonly serverVersion: string
  readonly threadId: number
  readonly nonce: Uint8Array
  readonly offer: Offer
  readonly plugin: string
}

export function initialHandshake(parts: InitialHandshake): Uint8Array {
  const { nonce } = parts
  const { capabilities, extended } = parts.offer
  return payload(
    [10],
    nulString(parts.serverVersion),
    u32(parts.threadId),
    nonce.subarray(0, 8),
    [0],
    u16(capabilities),
    [COLLATION],
    u16(STATUS.AUTOCOMMIT),
    u16(capabilities >>> 16),
    [NONCE_BYTES + 1, 0, 0, 0, 0, 0, 0],
    u32(extended),
    nonce.subarray(8),
    [0],
    utf8(parts.plugin),
    [0],
  )
}

/** 20 bytes from 1 to 127 without `$`: clients keep it as a NUL-terminated string, servers store it between dollar signs. */
export function createNonce(random: (size: number) => Uint8Array): Uint8Array {
  const nonce = new Uint8Array(NONCE_BYTES)
  let filled = 0
  while (filled < NONCE_BYTES) {
    for (const byte of random(2 * NONCE_BYTES)) {
      const candidate = byte & 0x7f
      if (candidate === 0 || candidate === 0x24) continue
      nonce[filled] = candidate
      filled += 1
      if (filled === NONCE_BYTES) break
    }
  }
  return nonce
}
