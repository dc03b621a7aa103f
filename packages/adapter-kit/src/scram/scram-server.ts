/** The server's side of SCRAM-SHA-256 and -PLUS over bytes, as strict as Postgres (RFC 5802, RFC 7677). */
import { timingSafeEqual } from 'node:crypto'
import { hmac, type ScramVerifier, sha256, xor } from './scram-keys.js'
import {
  assertNonce,
  attribute,
  bindingInput,
  type ChannelBinding,
  gs2Header,
  isNonce,
  MAX_CLIENT_MESSAGE,
  readBase64,
  readText,
  SCRAM_SHA_256_PLUS,
  scramMechanisms,
  writeText,
} from './scram-messages.js'

/** For the record alone: the client hears one message for all of them. */
export type ScramRefusal =
  | 'mechanism' // not one that was offered
  | 'malformed'
  | 'downgrade' // the client believes that we cannot bind, and we offered to
  | 'channel binding'
  | 'authorization identity'
  | 'extension'
  | 'nonce'
  | 'unknown user'
  | 'wrong password'

export interface ScramServerStep {
  readonly send?: Uint8Array
  /** `key`: which of the verifier's keys the proof fitted. */
  readonly done?:
    | { readonly ok: true; readonly key: number }
    | { readonly ok: false; readonly reason: ScramRefusal }
}

export interface ScramServer {
  /**
   * One message of the client's. undefined: the mechanism was named without an initial response, and is answered by an
   * empty challenge. Invariant: after `done` every further step fails.
   */
  step(message: Uint8Array | undefined): ScramServerStep
}

export interface ScramServerOptions {
  /** The client's choice, unchecked. */
  readonly mechanism: string
  /**
   * Asked once, with the name inside SCRAM (undefined if it is not a well-formed saslname). Postgres ignores that name:
   * the start-up message's counts. For an unknown user it returns a mock.
   */
  readonly verifier: (user: string | undefined) => ScramVerifier
  /** Present exactly when -PLUS was offered. */
  readonly channelBinding?: ChannelBinding
  /** At least 18 printable characters of fresh randomness. */
  readonly nonce: string
}

interface Opening {
  readonly verifier: ScramVerifier
  /** Expected in `c=` and `r=` of client-final. */
  readonly binding: string
  readonly nonce: string
  /** client-first-message-bare and server-first-message, joined by a comma. */
  readonly transcript: string
}

type Read<T> = T | ScramRefusal

export function createScramServer(options: ScramServerOptions): ScramServer {
  assertNonce(options.nonce)
  let state: 'start' | 'challenged' | 'ended' = 'start'
  let empty = false
  let opening: Opening | undefined

  const fail = (reason: ScramRefusal): ScramServerStep => {
    state = 'ended'
    return { done: { ok: false, reason } }
  }

  return {
    step(message) {
      if (state === 'ended') return fail('malformed')
      if (message === undefined) {
        if (state !== 'start' || empty) return fail('malformed')
        empty = true
        return { send: new Uint8Array() }
      }
      const text = readText(message, MAX_CLIENT_MESSAGE)
      if (text === undefined) return fail('malformed')
      if (opening === undefined) {
        const opened = readClientFirst(text, options)
        if (typeof opened === 'string') return fail(opened)
        opening = opened.opening
        state = 'challenged'
        return { send: writeText(opened.challenge) }
      }
      const closed = readClientFinal(text, opening)
      if (typeof closed === 'string') return fail(closed)
      state = 'ended'
      return { send: writeText(closed.answer), done: { ok: true, key: closed.key } }
    },
  }
}

function readClientFirst(
  text: string,
  options: ScramServerOptions,
): Read<{ readonly opening: Opening; readonly challenge: string }> {
  const { mechanism, channelBinding } = options
  if (!scramMechanisms(channelBinding).includes(mechanism)) return 'mechanism'
  const plus = mechanism === SCRAM_SHA_256_PLUS
  const [flag = '', authorization, ...bare] = text.split(',')

  if (flag.startsWith('p=')) {
    if (!plus) return 'malformed'
    if (flag !== `p=${channelBinding?.type}`) return 'channel binding'
  } else if (flag !== 'n' && flag !== 'y') return 'malformed'
  else if (plus) return 'malformed'
  else if (flag === 'y' && channelBinding !== undefined) return 'downgrade'

  if (authorization?.startsWith('a=')) return 'authorization identity'
  if (authorization !== '') return 'malformed'
  if (bare.some((part) => part.startsWith('m='))) return 'extension'
  const user = attribute(bare[0], 'n')
  const clientNonce = attribute(bare[1], 'r')
  if (user === undefined || !isNonce(clientNonce) || !bare.slice(2).every(isExtension)) return 'malformed'

  const verifier = options.verifier(readName(user))
  const nonce = clientNonce + options.nonce
  const salt = Buffer.from(verifier.salt).toString('base64')
  const challenge = `r=${nonce},s=${salt},i=${verifier.iterations}`
  const binding = plus
    ? bindingInput(gs2Header(flag, channelBinding), channelBinding)
    : bindingInput(gs2Header(flag))
  return { opening: { verifier, binding, nonce, transcript: `${bare.join(',')},${challenge}` }, challenge }
}

function readClientFinal(
  text: string,
  opening: Opening,
): Read<{ readonly answer: string; readonly key: number }> {
  const parts = text.split(',')
  const proof = readBase64(attribute(parts.pop(), 'p'))
  const binding = attribute(parts[0], 'c')
  const nonce = attribute(parts[1], 'r')
  if (proof?.length !== 32 || binding === undefined || nonce === undefined) return 'malformed'
  if (parts.some((part) => part.startsWith('m='))) return 'extension'
  if (!parts.slice(2).every(isExtension)) return 'malformed'
  if (binding !== opening.binding) return 'channel binding'
  if (nonce !== opening.nonce) return 'nonce'

  const authMessage = writeText(`${opening.transcript},${parts.join(',')}`)
  const { keys, mock } = opening.verifier
  // Every key is tried, so that the time does not tell which one fitted.
  let fitting = -1
  keys.forEach((key, index) => {
    const clientKey = xor(proof, hmac(key.storedKey, authMessage))
    if (timingSafeEqual(sha256(clientKey), key.storedKey) && fitting < 0) fitting = index
  })
  const key = keys[fitting]
  if (mock) return 'unknown user'
  if (key === undefined) return 'wrong password'
  return { answer: `v=${hmac(key.serverKey, authMessage).toString('base64')}`, key: fitting }
}

/** Optional extensions are ignored, as RFC 5802 §5.1 asks. */
function isExtension(part: string): boolean {
  return /^[A-Za-z]=./s.test(part)
}

/** saslname: `=2C` and `=3D` stand for comma and equals sign; UTF-8. */
function readName(escaped: string): string | undefined {
  if (/=(?!2C|3D)/.test(escaped)) return undefined
  const bytes = writeText(escaped.replaceAll('=2C', ',').replaceAll('=3D', '='))
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
