/** The client's side of SCRAM-SHA-256 and -PLUS over bytes; trusts nothing that the server declares (RFC 5802, RFC 7677). */
import { timingSafeEqual } from 'node:crypto'
import { GatehouseError } from '@gatehouse/core'
import { saslprep } from './saslprep.js'
import { clientKeyOf, hmac, saltPassword, serverKeyOf, sha256, xor } from './scram-keys.js'
import {
  assertNonce,
  attribute,
  bindingInput,
  type ChannelBinding,
  gs2Header,
  isNonce,
  readBase64,
  readText,
  SCRAM_SHA_256,
  SCRAM_SHA_256_PLUS,
  writeText,
} from './scram-messages.js'

export type ScramFailure =
  | 'malformed'
  | 'extension'
  | 'nonce' // it does not continue ours
  | 'over a ceiling' // message, nonce, salt or iterations
  | 'refused' // the server said `e=`
  | 'server signature' // the server does not know the password

export interface ScramClientStep {
  readonly send?: Uint8Array
  readonly done?: { readonly ok: true } | { readonly ok: false; readonly reason: ScramFailure }
}

export interface ScramClient {
  readonly mechanism: string
  /** client-first-message, the initial response. */
  readonly initial: Uint8Array
  /**
   * One message of the server's. Invariant: only `done: {ok: true}` says that the server has proven itself; whoever
   * takes a server's "authenticated" without it talks to a stranger.
   */
  step(message: Uint8Array): Promise<ScramClientStep>
}

export interface ScramClientOptions {
  readonly mechanism: string
  readonly password: string
  /** Left out for Postgres, which takes the start-up message's. */
  readonly user?: string
  /** Needed for -PLUS. Without it the header says `n`: we do not claim a binding that we did not try. */
  readonly channelBinding?: ChannelBinding
  /** At least 18 printable characters of fresh randomness. */
  readonly nonce: string
  readonly maxIterations?: number
  /** Characters of the whole nonce. */
  readonly maxNonce?: number
  /** Bytes of one message of the server's. */
  readonly maxMessage?: number
}

interface Expectation {
  readonly serverSignature: Buffer
}

export function createScramClient(options: ScramClientOptions): ScramClient {
  assertNonce(options.nonce)
  const { mechanism, channelBinding, maxMessage = 4096 } = options
  const plus = mechanism === SCRAM_SHA_256_PLUS
  if ((!plus && mechanism !== SCRAM_SHA_256) || (plus && channelBinding === undefined)) {
    throw new GatehouseError('GH_INVARIANT', `cannot speak \`${mechanism}\` here`)
  }
  const header = plus ? gs2Header('p', channelBinding) : gs2Header('n')
  const bare = `n=${escapeName(options.user ?? '')},r=${options.nonce}`
  let expectation: Expectation | undefined
  let state: 'first' | 'busy' | 'final' | 'ended' = 'first'

  const fail = (reason: ScramFailure): ScramClientStep => {
    state = 'ended'
    return { done: { ok: false, reason } }
  }

  const answer = async (text: string): Promise<ScramClientStep> => {
    const challenge = readChallenge(text, options)
    if (typeof challenge === 'string') return fail(challenge)
    const final = `c=${bindingInput(header, plus ? channelBinding : undefined)},r=${challenge.nonce}`
    const authMessage = writeText(`${bare},${text},${final}`)
    const salted = await saltPassword(saslprep(options.password), challenge.salt, challenge.iterations)
    if (state !== 'busy') return fail('malformed')
    const clientKey = clientKeyOf(salted)
    const proof = xor(clientKey, hmac(sha256(clientKey), authMessage))
    expectation = { serverSignature: hmac(serverKeyOf(salted), authMessage) }
    state = 'final'
    return { send: writeText(`${final},p=${proof.toString('base64')}`) }
  }

  return {
    mechanism,
    initial: writeText(header + bare),
    async step(message) {
      if (state === 'ended' || state === 'busy') return fail('malformed')
      if (message.length > maxMessage) return fail('over a ceiling')
      const text = readText(message, maxMessage)
      if (text === undefined) return fail('malformed')
      if (state === 'first') {
        state = 'busy'
        return answer(text)
      }
      const parts = text.split(',')
      if (attribute(parts[0], 'e') !== undefined) return fail('refused')
      const signature = readBase64(attribute(parts[0], 'v'))
      if (signature?.length !== 32 || expectation === undefined) return fail('malformed')
      if (!timingSafeEqual(signature, expectation.serverSignature)) return fail('server signature')
      state = 'ended'
      return { done: { ok: true } }
    },
  }
}

interface Challenge {
  readonly nonce: string
  readonly salt: Buffer
  readonly iterations: number
}

/** server-first-message: `r=…,s=…,i=…`, then extensions, which are ignored unless mandatory. */
function readChallenge(text: string, options: ScramClientOptions): Challenge | ScramFailure {
  const { maxIterations = 1_000_000, maxNonce = 512 } = options
  const parts = text.split(',')
  if (attribute(parts[0], 'e') !== undefined) return 'refused'
  if (parts.some((part) => part.startsWith('m='))) return 'extension'
  const nonce = attribute(parts[0], 'r')
  const salt = readBase64(attribute(parts[1], 's'))
  const iterations = attribute(parts[2], 'i')
  if (!isNonce(nonce) || salt === undefined || salt.length === 0) return 'malformed'
  if (iterations === undefined || !/^[1-9][0-9]*$/.test(iterations)) return 'malformed'
  if (nonce.length > maxNonce || salt.length > 512 || Number(iterations) > maxIterations)
    return 'over a ceiling'
  if (!nonce.startsWith(options.nonce) || nonce.length === options.nonce.length) return 'nonce'
  return { nonce, salt, iterations: Number(iterations) }
}

/** saslname of RFC 5802 §5.1, its UTF-8 bytes one character each. */
function escapeName(user: string): string {
  return Buffer.from(user, 'utf8').toString('latin1').replaceAll('=', '=3D').replaceAll(',', '=2C')
}
