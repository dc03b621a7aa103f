/** Turns proofs into identities, for one configuration; a reload makes a new one. */
import type { Identity } from '@gatehouse/core'
import { decodeProtectedHeader } from 'jose'
import { NONE, proveCertificate, type ShownCertificate } from './certificate-proof.js'
import type { Issuers } from './issuers.js'
import type { DoubleHash, HashPlugin, LocalUsers, Verifier } from './local-users.js'
import type { SignInRefusal } from './sign-in-refusal.js'

/** adapter-kit's `Proof`. */
export type Proof =
  | { readonly kind: 'cleartext'; readonly login: string; readonly secret: string }
  /** A stepper has verified it against `scramVerifier(login)` or `doubleHash(login, plugin)`. */
  | { readonly kind: 'scram' | 'scramble'; readonly login: string }
  | { readonly kind: 'certificate'; readonly login: string; readonly certificate?: ShownCertificate }

export type Proven =
  | { readonly kind: 'proven'; readonly identity: Identity }
  | { readonly kind: 'refused'; readonly reason: SignInRefusal; readonly login?: string }

export interface ListenerAuth {
  readonly auth: readonly string[]
  /** Narrows its issuer's. */
  readonly audience?: string
}

export interface Identities {
  scramVerifier(login: string): Verifier
  doubleHash(login: string, plugin: HashPlugin): DoubleHash
  prove(proof: Proof, listener: ListenerAuth): Promise<Proven>
  /** Where people get tokens by themselves: the first issuer that says for which client. */
  readonly issuer: { readonly url: string; readonly client: string } | undefined
}

export interface IdentitiesOptions {
  readonly users: LocalUsers
  readonly issuers: Issuers
  readonly now: () => number
}

/** The sign-in name of whoever lets the token say who they are (R9). */
const ANY_SUBJECT = 'token'

export function createIdentities({ users, issuers, now }: IdentitiesOptions): Identities {
  const local = (login: string): Proven => {
    const identity = users.identityOf(login)
    return identity === undefined ? refuse('unknown user') : { kind: 'proven', identity }
  }

  const byPassword = async (login: string, secret: string): Promise<Proven> => {
    if (await users.checkPassword(login, secret)) return local(login)
    return refuse(users.identityOf(login) === undefined ? 'unknown user' : 'wrong password')
  }

  const byToken = async (login: string, token: string, listener: ListenerAuth): Promise<Proven> => {
    const identity = await issuers.verifyToken(token, listener)
    if ('refused' in identity) return refuse(identity.refused)
    if (login !== identity.subject && login !== ANY_SUBJECT) return refuse('sign-in name')
    return { kind: 'proven', identity }
  }

  return {
    scramVerifier: (login) => users.verifierFor(login),
    doubleHash: (login, plugin) => users.doubleHashFor(login, plugin),
    issuer: issuers.human,
    async prove(proof, listener) {
      const passwords = listener.auth.includes('password')
      if (proof.kind === 'certificate') {
        if (!listener.auth.includes('certificate')) return refuse('method not allowed')
        return proveCertificate({ certificate: NONE, ...proof }, users, now())
      }
      if (proof.kind !== 'cleartext') return passwords ? local(proof.login) : refuse('method not allowed')
      const { login, secret } = proof
      if (listener.auth.includes('token') && looksLikeToken(secret)) return byToken(login, secret, listener)
      if (passwords) return byPassword(login, secret)
      return refuse(listener.auth.includes('token') ? 'malformed' : 'method not allowed')
    },
  }
}

/**
 * The compact serialisation of a JWS (RFC 7515 §7.1): three parts in base64url, the last empty with `alg: none`. A
 * password may have two dots; that its first part is a JSON object as well is no accident.
 */
function looksLikeToken(secret: string): boolean {
  if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(secret)) return false
  try {
    decodeProtectedHeader(secret)
    return true
  } catch {
    return false
  }
}

function refuse(reason: SignInRefusal): Proven {
  return { kind: 'refused', reason }
}
