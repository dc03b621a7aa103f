/** The password exchange with a client: scrambles for local users, the secret itself where tokens are taken (mysql-wire §2.5). */
import {
  type Hall,
  provesReversedScramble,
  provesScramble,
  type ScramblePlugin,
  strictText,
  type Wire,
} from '@gatehouse/adapter-kit'
import type { Identity } from '@gatehouse/core'
import { AUTH_MORE_DATA, AUTH_SWITCH, type Dialogue, nulString, payload } from '../messages/index.js'
import { createNonce } from './initial-handshake.js'

export type ClientProof =
  | { readonly kind: 'proven'; readonly identity: Identity }
  | { readonly kind: 'refused'; readonly reason: string }
  /** The client speaks no method that is taken here, and can't be asked for another. */
  | { readonly kind: 'incapable' }

export const SHA2 = 'caching_sha2_password'
export const NATIVE = 'mysql_native_password'
const CLEAR = 'mysql_clear_password'

const FAST_OK = 3
const FULL = 4

/** What the client has said already. */
export interface Claim {
  readonly login: string
  readonly plugin: string | undefined
  /** To `nonce`; undefined: there is no answer yet that could be believed. */
  readonly answer: Uint8Array | undefined
  readonly nonce: Uint8Array
  /** PLUGIN_AUTH is agreed: it can be asked for another method. */
  readonly switches: boolean
  /** It takes the server for one from before 5.5.16, where no mark stood before what comes amid the exchange. */
  readonly unmarked?: boolean
}

const refused = (reason: string): ClientProof => ({ kind: 'refused', reason })

export async function proveClient(client: Dialogue, hall: Hall, claim: Claim): Promise<ClientProof> {
  const plugin = claim.plugin ?? (claim.switches ? undefined : NATIVE)
  // Some answer nothing where the greeting named another plugin than theirs: they wait to be asked.
  const waits = claim.switches && plugin !== SHA2 && claim.answer !== undefined && isEmpty(claim.answer)
  const given = { ...claim, plugin, answer: waits ? undefined : claim.answer }
  if (plugin === CLEAR && isSafe(client.wire))
    return proveSecret(hall, claim.login, given.answer ?? (await ask(client, CLEAR)))
  return hall.auth.includes('token') ? askSecret(client, hall, given) : askScramble(client, hall, given)
}

/** Whether a secret may travel as it is. */
function isSafe({ encrypted, peer: { address } }: Wire): boolean {
  if (encrypted || address === '' || address === '::1') return true
  return address.startsWith('127.') || address.startsWith('::ffff:127.')
}

async function askScramble(client: Dialogue, hall: Hall, claim: Claim): Promise<ClientProof> {
  const known: readonly (string | undefined)[] = hall.nativePassword ? [SHA2, NATIVE] : [SHA2]
  const { login, switches } = claim
  let { plugin, nonce, answer } = claim
  if (answer === undefined || !known.includes(plugin)) {
    if (!switches) return { kind: 'incapable' }
    // Whoever offered the older one of its own accord has nothing newer.
    const wanted = known.includes(plugin) ? (plugin as ScramblePlugin) : SHA2
    nonce = createNonce(hall.random)
    answer = await ask(client, wanted, nonce)
    plugin = wanted
  }
  if (isEmpty(answer)) return refused('empty password')
  const method: ScramblePlugin = plugin === NATIVE ? NATIVE : SHA2
  const verifier = hall.scrambleVerifier(login, method)
  const usual = provesScramble(method, verifier, nonce, answer)
  const reversed = method === SHA2 && provesReversedScramble(verifier, nonce, answer)
  // Invariant: one connection tries one password. Who is wrong is not asked again, by no method.
  if (!usual && !reversed) return refused(verifier.mock === true ? 'unknown user' : 'wrong password')
  const proven = await hall.prove({ kind: 'scramble', login })
  // Who reverses it (sqlx) takes the word before the OK for the OK itself.
  if (proven.kind === 'proven' && method === SHA2 && usual) client.write(moreData(claim, FAST_OK))
  return proven
}

/** Over TLS caching_sha2_password sends the secret when asked for "full" authentication; in the clear it would want an RSA key. */
async function askSecret(client: Dialogue, hall: Hall, claim: Claim): Promise<ClientProof> {
  const { login, plugin, answer, switches } = claim
  if (!isSafe(client.wire)) return refused('cleartext without TLS')
  if (!client.wire.encrypted) {
    if (!switches) return { kind: 'incapable' }
    return proveSecret(hall, login, await ask(client, CLEAR))
  }
  let scramble = answer
  if (plugin !== SHA2 || scramble === undefined) {
    if (!switches) return { kind: 'incapable' }
    scramble = await ask(client, SHA2, createNonce(hall.random))
  }
  if (isEmpty(scramble)) return refused('empty password')
  client.write(moreData(claim, FULL))
  return proveSecret(hall, login, await client.read())
}

const moreData = ({ unmarked }: Claim, what: number): Uint8Array =>
  payload(unmarked === true ? [what] : [AUTH_MORE_DATA, what])

async function ask(client: Dialogue, plugin: string, nonce?: Uint8Array): Promise<Uint8Array> {
  client.write(payload([AUTH_SWITCH], nulString(plugin), nonce ?? [], nonce === undefined ? [] : [0]))
  return client.read()
}

async function proveSecret(hall: Hall, login: string, answer: Uint8Array): Promise<ClientProof> {
  if (isEmpty(answer)) return refused('empty password')
  const end = answer.indexOf(0)
  const secret = strictText(answer.subarray(0, end))
  if (end !== answer.length - 1 || secret === undefined) return refused('malformed')
  return hall.prove({ kind: 'cleartext', login, secret })
}

/** No password is no bytes, or a lone NUL. */
function isEmpty(answer: Uint8Array): boolean {
  return answer.length === 0 || (answer.length === 1 && answer[0] === 0)
}
