/** The words of a SCRAM conversation that both sides share (RFC 5802 §5 and §7). */
import { GatehouseError } from '@gatehouse/core'

export const SCRAM_SHA_256 = 'SCRAM-SHA-256'
export const SCRAM_SHA_256_PLUS = 'SCRAM-SHA-256-PLUS'

export interface ChannelBinding {
  readonly type: 'tls-server-end-point'
  /** RFC 5929 §4.1: the hash of the server's certificate; see `endpointBinding`. */
  readonly data: Uint8Array
}

/** Longer than any honest message; Postgres takes 1,024 bytes too. */
export const MAX_CLIENT_MESSAGE = 1024

/** What a server offers: binding first, so that clients which can use it do. */
export function scramMechanisms(channelBinding?: ChannelBinding): readonly string[] {
  return channelBinding === undefined ? [SCRAM_SHA_256] : [SCRAM_SHA_256_PLUS, SCRAM_SHA_256]
}

/** One character per byte, so that AuthMessage is the bytes that travelled; undefined for what no message may hold. */
export function readText(message: Uint8Array, most: number): string | undefined {
  if (message.length === 0 || message.length > most || message.includes(0)) return undefined
  return Buffer.from(message.buffer, message.byteOffset, message.length).toString('latin1')
}

export function writeText(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

/** The value of `name=value`, or undefined when the part is another attribute. */
export function attribute(part: string | undefined, name: string): string | undefined {
  return part?.startsWith(`${name}=`) ? part.slice(2) : undefined
}

/** `printable` of RFC 5802 §7; the comma cannot occur in a part that was split at commas. */
export function isNonce(text: string | undefined): text is string {
  return text !== undefined && /^[\x21-\x2b\x2d-\x7e]+$/.test(text)
}

/** Strict: anything that would not be written the same way again is undefined. */
export function readBase64(text: string | undefined): Buffer | undefined {
  if (text === undefined) return undefined
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}

/** Own nonces come from the caller's randomness; a short or unprintable one is a fault, not an answer. */
export function assertNonce(nonce: string): void {
  if (!isNonce(nonce) || nonce.length < 18) {
    throw new GatehouseError('GH_INVARIANT', 'a SCRAM nonce needs 18 or more printable characters')
  }
}

export function gs2Header(flag: string, binding?: ChannelBinding): string {
  return binding === undefined ? `${flag},,` : `p=${binding.type},,`
}

/** `c=` of client-final: the header as it was sent, then the binding's data (RFC 5802 §5.1). */
export function bindingInput(header: string, binding?: ChannelBinding): string {
  const data = binding?.data ?? new Uint8Array()
  return Buffer.concat([writeText(header), data]).toString('base64')
}
