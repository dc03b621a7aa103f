/** Verifies access tokens of the configured issuers; a resource server's side of OAuth 2.0 (RFC 9068, RFC 8725). */
import { GatehouseError, type Identity } from '@gatehouse/core'
import {
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
  type ProtectedHeaderParameters,
} from 'jose'
import { type Issuer, type IssuerOptions, readIssuers } from './issuer.js'
import { createIssuerKeys, type IssuerKeys, type KeysOptions } from './issuer-keys.js'
import { type Refused, refused, type SignInRefusal } from './sign-in-refusal.js'
import { readIdentity } from './token-identity.js'
import { wrongKind } from './token-kind.js'

export interface Issuers {
  /** `audience`: the listener's own, if it narrows its issuer's. */
  verifyToken(token: string, listener: { readonly audience?: string }): Promise<Identity | Refused>
  /** Discovers every issuer and gives the faults: for the start and `check`. Sign-in tries again by itself. */
  warm(): Promise<readonly GatehouseError[]>
  /** The first issuer that has a client whose tokens are people's, and the first of these. */
  readonly human: { readonly url: string; readonly client: string } | undefined
}

/** Seconds by which clocks may differ. */
const TOLERANCE = 30
/** Postgres' own ceiling for a token. */
const MAX_TOKEN = 65_535

/** Throws GH_CONFIGURATION for what can be known without asking the issuers. */
export function createIssuers(list: readonly IssuerOptions[], options: KeysOptions): Issuers {
  const issuers = new Map<string, { readonly issuer: Issuer; readonly keys: IssuerKeys }>()
  for (const issuer of readIssuers(list)) {
    issuers.set(issuer.url, { issuer, keys: createIssuerKeys(issuer, options) })
  }
  const human = [...issuers.values()].flatMap(({ issuer }) =>
    [...issuer.clients].slice(0, 1).map((client) => ({ url: issuer.url, client })),
  )[0]
  const names = [...issuers.values()].map(({ issuer }) => issuer.name)

  return {
    human,
    async verifyToken(token, listener) {
      const peeked = peek(token)
      if (peeked === undefined) return refused('malformed')
      // Only to choose whose keys to ask; nothing is believed before the signature holds.
      const entry = typeof peeked.claims.iss === 'string' ? issuers.get(peeked.claims.iss) : undefined
      if (entry === undefined) return refused('wrong issuer')
      const { issuer, keys } = entry
      if (!issuer.algorithms.includes(String(peeked.header.alg))) return refused('algorithm')
      const now = options.now()
      let claims: JWTPayload
      try {
        const verified = await jwtVerify(token, reachable(keys), {
          issuer: issuer.url,
          audience: listener.audience ?? issuer.audience,
          algorithms: [...issuer.algorithms],
          clockTolerance: TOLERANCE,
          currentDate: new Date(now),
          requiredClaims: ['exp'],
        })
        claims = verified.payload
      } catch (error) {
        return refused(reasonOf(error))
      }
      if (claims.iat !== undefined && claims.iat > now / 1000 + TOLERANCE) return refused('not yet valid')
      const wrong = wrongKind(peeked.header, claims)
      if (wrong !== undefined) return refused(wrong)
      return readIdentity(
        claims,
        issuer,
        names.filter((name) => name !== issuer.name),
      )
    },

    async warm() {
      const results = await Promise.allSettled([...issuers.values()].map(({ keys }) => keys.keySet()))
      return results.flatMap((result) => (result.status === 'rejected' ? [toFault(result.reason)] : []))
    },
  }
}

interface Peeked {
  readonly header: ProtectedHeaderParameters
  readonly claims: JWTPayload
}

function peek(token: string): Peeked | undefined {
  if (token.length > MAX_TOKEN) return undefined
  try {
    return { header: decodeProtectedHeader(token), claims: decodeJwt(token) }
  } catch {
    return undefined
  }
}

/** `jku`, `x5u` and `jwk` of the header are never looked at: keys come from the issuer's own document alone. */
function reachable(keys: IssuerKeys): JWTVerifyGetKey {
  return async (header, token) => {
    try {
      const keySet = await keys.keySet()
      return await keySet(header, token)
    } catch (error) {
      throw error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys
        ? error
        : toFault(error)
    }
  }
}

function reasonOf(error: unknown): SignInRefusal {
  if (error instanceof GatehouseError) return 'issuer unreachable'
  if (error instanceof errors.JWTExpired) return 'expired'
  if (error instanceof errors.JOSEAlgNotAllowed) return 'algorithm'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'bad signature'
  if (error instanceof errors.JWKSNoMatchingKey) return 'unknown key'
  if (error instanceof errors.JWKSMultipleMatchingKeys) return 'unknown key'
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'iss') return 'wrong issuer'
    if (error.claim === 'aud') return 'wrong audience'
    if (error.claim === 'nbf' && error.reason === 'check_failed') return 'not yet valid'
  }
  return 'malformed'
}

function toFault(cause: unknown): GatehouseError {
  if (cause instanceof GatehouseError) return cause
  return new GatehouseError('GH_ISSUER', 'an issuer cannot be used', { cause })
}
