/** Whether two proofs are of one person with the same rights: only the token itself may be another. */
import { isDeepStrictEqual } from 'node:util'
import type { Identity } from '@gatehouse/core'

/** Of one token, not of its owner: RFC 7519 §4.1, OpenID Connect Core §2, Entra's own. */
const OF_A_TOKEN: ReadonlySet<string> = new Set([
  ...[
    'exp',
    'iat',
    'nbf',
    'jti',
    'sid',
    'nonce',
    'auth_time',
    'at_hash',
    'c_hash',
    'uti',
    'aio',
    'rh',
    'xms_ftd',
  ],
])

export function isSameIdentity(one: Identity, other: Identity): boolean {
  return (
    one.issuer === other.issuer &&
    one.subject === other.subject &&
    one.name === other.name &&
    one.home === other.home &&
    one.agent === other.agent &&
    one.onBehalfOf === other.onBehalfOf &&
    one.provenBy === other.provenBy &&
    isDeepStrictEqual([...one.groups].sort(), [...other.groups].sort()) &&
    isDeepStrictEqual(lasting(one.claims), lasting(other.claims))
  )
}

/** Groups stand in it, too, in whatever order an issuer lists them. */
function lasting(claims: Identity['claims']): ReadonlyMap<string, unknown> {
  return new Map(
    Object.entries(claims)
      .filter(([name]) => !OF_A_TOKEN.has(name))
      .map(([name, value]) => [name, Array.isArray(value) ? [...value].sort() : value]),
  )
}
