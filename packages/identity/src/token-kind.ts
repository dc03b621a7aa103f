/** Whether a JWT is an access token that may come as a bearer's; only RFC 9068's `at+jwt` says so by itself. */
import type { JWTPayload, ProtectedHeaderParameters } from 'jose'
import type { SignInRefusal } from './sign-in-refusal.js'

/** Bound to one authentication or one code: OpenID Connect Core §2, §3.3.2.11. */
const ID_TOKEN_CLAIMS = ['nonce', 'at_hash', 'c_hash', 's_hash']

/** What access tokens of the common providers carry and their ID tokens do not. */
const ACCESS_TOKEN_CLAIMS = [
  'scope', // RFC 9068, Keycloak, Auth0
  'client_id', // RFC 9068
  'scp', // Okta, Entra
  'cid', // Okta
  'permissions', // Auth0
  'gty', // Auth0
  'appid', // Entra v1
  'azpacr', // Entra v2
  'idtyp', // Entra, applications
]

export function wrongKind(header: ProtectedHeaderParameters, claims: JWTPayload): SignInRefusal | undefined {
  const typ = String(header.typ ?? 'jwt')
    .toLowerCase()
    .replace(/^application\//, '')
  if (typ !== 'jwt' && typ !== 'at+jwt') return 'token kind'
  // Keycloak says it in the payload.
  const inner = claims.typ === undefined ? undefined : String(claims.typ).toLowerCase()
  if (inner === 'id') return 'id token'
  if (inner !== undefined && inner !== 'bearer') return 'token kind'
  // A logout or security-event token (RFC 8417).
  if (Object.hasOwn(claims, 'events')) return 'token kind'
  if (Object.hasOwn(claims, 'cnf')) return 'bound token'
  if (typ === 'at+jwt') return undefined
  if (ID_TOKEN_CLAIMS.some((claim) => Object.hasOwn(claims, claim))) return 'id token'
  if (inner === 'bearer' || ACCESS_TOKEN_CLAIMS.some((claim) => Object.hasOwn(claims, claim)))
    return undefined
  return 'id token'
}
