/** Table: tokens that must not let anybody in, each with the reason that its record gives. */
import { createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto'
import type { OidcProvider } from '@gatehouse/workbench'
import { type HostileIssuer, signed, tamper } from './hostile-issuer.js'

/** Configured are `corp`, `hostile` and `nowhere`, which nobody answers for. */
export interface TokenSources {
  readonly corp: OidcProvider
  readonly unknown: OidcProvider
  readonly hostile: HostileIssuer
  readonly nowhere: string
}

/** `user` signs in with it. */
type Making = (user: string, on: TokenSources) => Promise<string> | string

const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const now = Math.floor(Date.now() / 1000)
const claims = (...roles: string[]) => ({ realm: { roles } })

async function good(corp: OidcProvider, user: string, more: Record<string, unknown> = {}): Promise<string> {
  return (await corp.signIn(user, { claims: { ...claims('analysts'), ...more } })).accessToken
}

async function publicPem(corp: OidcProvider): Promise<string> {
  const { keys } = (await (await fetch(`${corp.issuer}/jwks`)).json()) as { keys: JsonWebKey[] }
  const [key = {}] = keys
  return createPublicKey({ key, format: 'jwk' }).export({ format: 'pem', type: 'spki' }).toString()
}

export const HOSTILE_TOKENS: readonly (readonly [name: string, reason: string, make: Making])[] = [
  // First: its failure is remembered for a while, and the provider comes up later.
  [
    'whose issuer cannot be reached',
    'issuer unreachable',
    (user, on) => on.hostile.token({ sub: user, iss: on.nowhere }),
  ],
  [
    'an issuer that is not configured',
    'wrong issuer',
    async (user, on) => (await on.unknown.signIn(user)).accessToken,
  ],
  [
    'an issuer by another spelling of its name',
    'wrong issuer',
    (user, on) => on.hostile.token({ sub: user, iss: `${on.hostile.url}/` }),
  ],
  [
    'another audience',
    'wrong audience',
    async (user, on) =>
      (await on.corp.signIn(user, { audience: 'elsewhere', claims: claims('analysts') })).accessToken,
  ],
  [
    'its ID token',
    'wrong audience',
    async (user, on) => (await on.corp.signIn(user, { claims: claims('analysts') })).idToken,
  ],
  [
    'an ID token that was made out to us',
    'id token',
    (user, on) => on.hostile.token({ sub: user, nonce: 'n', scope: undefined }, { typ: 'JWT' }),
  ],
  ['past its time', 'expired', (user, on) => on.hostile.token({ sub: user, exp: now - 60 })],
  ['without an end', 'malformed', (user, on) => on.hostile.token({ sub: user, exp: undefined })],
  ['not yet valid', 'not yet valid', (user, on) => good(on.corp, user, { nbf: now + 6_000 })],
  [
    'algorithm none',
    'algorithm',
    async (user, on) => tamper(await good(on.corp, user), { header: { alg: 'none' }, signature: '' }),
  ],
  [
    'HS256 with the public key as secret',
    'algorithm',
    async (user, on) =>
      tamper(await good(on.corp, user), { header: { alg: 'HS256' }, hmac: await publicPem(on.corp) }),
  ],
  [
    'a key that nobody published',
    'unknown key',
    async (user, on) => tamper(await good(on.corp, user), { header: { kid: 'mine' } }),
  ],
  [
    'a key that it brings along',
    'unknown key',
    (user, on) =>
      signed(
        {
          iss: on.hostile.url,
          aud: 'gatehouse',
          sub: user,
          client_id: 'hostile-cli',
          groups: [],
          exp: now + 9_999,
        },
        { kid: 'mine', jwk: { kty: 'RSA' }, jku: 'http://127.0.0.1:1/jwks' },
        stranger,
      ),
  ],
  [
    'claims changed after it was signed',
    'bad signature',
    async (user, on) => tamper(await good(on.corp, user), { claims: { realm: { roles: ['admins'] } } }),
  ],
  [
    'groups left out because there are too many',
    'groups overage',
    (user, on) => good(on.corp, user, { hasgroups: true }),
  ],
  [
    'groups left out, by claim names',
    'groups overage',
    (user, on) => good(on.corp, user, { _claim_names: { groups: 'src1' } }),
  ],
  ['no groups', 'groups missing', async (user, on) => (await on.corp.signIn(user)).accessToken],
  [
    'groups that are no names',
    'groups missing',
    (user, on) => good(on.corp, user, { realm: { roles: [7] } }),
  ],
  ["another person's", 'sign-in name', (_user, on) => good(on.corp, 'somebody-else')],
  ['bound to a key', 'bound token', (user, on) => on.hostile.token({ sub: user, cnf: { jkt: 'x' } })],
  [
    'a logout token',
    'token kind',
    (user, on) => on.hostile.token({ sub: user, events: {} }, { typ: 'logout+jwt' }),
  ],
  [
    'made out to nobody',
    'client missing',
    (user, on) => on.hostile.token({ sub: user, client_id: undefined }),
  ],
  [
    'a name of another issuer',
    'ambiguous name',
    (user, on) => good(on.corp, user, { preferred_username: 'other:zoe' }),
  ],
  ['no token at all', 'unknown user', () => 'a-password-of-nobody'],
]
