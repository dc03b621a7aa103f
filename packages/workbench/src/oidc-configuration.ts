/** What oidc-provider must be told so that access tokens are JWTs with groups and nobody is asked for consent. */
import type { Context, Provider, Token } from 'oidc-provider'

export interface OidcClient {
  readonly id: string
  /** With a secret it may use client credentials; without, it is a person's program (code flow with PKCE, refresh, device). */
  readonly secret?: string
}

/** What the next tokens of a person or a client carry. */
export interface TokenWish {
  readonly claims: Readonly<Record<string, unknown>>
  /** Seconds. */
  readonly ttl: number
  readonly audience: string
}

export interface OidcState {
  readonly clients: readonly OidcClient[]
  /** By subject, or client id. */
  readonly wishes: ReadonlyMap<string, TokenWish>
  /** Private JWKs, the signing one first. */
  readonly keys: readonly object[]
  readonly cookieKey: string
  readonly provider: () => Provider
}

export const REDIRECT = 'http://127.0.0.1/callback'
const RESOURCE = 'urn:gatehouse:'

/** A resource indicator is a URI; the audience that stands in the token may be any word. */
export function resourceOf(audience: string): string {
  return RESOURCE + encodeURIComponent(audience)
}

export function oidcConfiguration(state: OidcState): Record<string, unknown> {
  const wishOf = (token: Token) => state.wishes.get(token.accountId ?? token.clientId ?? '')
  return {
    clients: state.clients.map(describeClient),
    jwks: { keys: state.keys },
    cookies: { keys: [state.cookieKey] },
    scopes: ['openid', 'offline_access', 'groups'],
    claims: { openid: ['sub'], groups: ['groups', 'preferred_username'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    ttl: {
      AccessToken: (_context: Context, token: Token) => wishOf(token)?.ttl ?? 300,
      ClientCredentials: (_context: Context, token: Token) => wishOf(token)?.ttl ?? 300,
      IdToken: 300,
      Session: 3600,
      Grant: 3600,
      Interaction: 600,
    },
    findAccount: (_context: Context, subject: string) => ({
      accountId: subject,
      claims: () => ({ ...state.wishes.get(subject)?.claims, sub: subject }),
    }),
    extraTokenClaims: (_context: Context, token: Token) => wishOf(token)?.claims,
    interactions: {
      url: (_context: Context, interaction: { uid: string }) => `/interaction/${interaction.uid}`,
    },
    loadExistingGrant: (context: Context) => grantEverything(context, state),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_context: Context, _client: unknown, oneOf?: string) =>
          oneOf ?? resourceOf('gatehouse'),
        useGrantedResource: () => true,
        getResourceServerInfo: (_context: Context, resource: string) => ({
          scope: 'api',
          audience: decodeURIComponent(resource.slice(RESOURCE.length)),
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  }
}

async function grantEverything(context: Context, state: OidcState) {
  const { client, session } = context.oidc
  const grant = new (state.provider().Grant)({ accountId: session.accountId, clientId: client.clientId })
  grant.addOIDCScope('openid offline_access groups')
  const audience = state.wishes.get(session.accountId)?.audience ?? 'gatehouse'
  grant.addResourceScope(resourceOf(audience), 'api')
  await grant.save()
  return grant
}

function describeClient(client: OidcClient) {
  const common = { client_id: client.id, id_token_signed_response_alg: 'RS256' }
  if (client.secret !== undefined) {
    const grants = ['client_credentials']
    return {
      ...common,
      client_secret: client.secret,
      grant_types: grants,
      redirect_uris: [],
      response_types: [],
    }
  }
  return {
    ...common,
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    response_types: ['code'],
    redirect_uris: [REDIRECT],
  }
}
