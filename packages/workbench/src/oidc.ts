/** A real OpenID provider on loopback, with people who sign in by themselves. */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { freePort } from '@gatehouse/embedded'
import type { Provider } from 'oidc-provider'
import {
  type OidcClient,
  oidcConfiguration,
  REDIRECT,
  resourceOf,
  type TokenWish,
} from './oidc-configuration.js'

export interface OidcOptions {
  readonly port?: number
  /** Left out: `gatehouse-cli`, a person's, and `reporter` with the secret `reporter-secret`, an agent's. */
  readonly clients?: readonly OidcClient[]
  /** Of tokens that don't ask for another; `gatehouse` by default. */
  readonly audience?: string
}

export interface TokenRequest {
  /** Groups and whatever else the token shall carry, beside what the provider itself puts there. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** Seconds; 300 by default. */
  readonly ttl?: number
  readonly audience?: string
}

export interface OidcProvider {
  /** `http://127.0.0.1:PORT` */
  readonly issuer: string
  readonly port: number
  readonly audience: string
  /** A person's access token by the code flow with PKCE; `preferred_username` is the subject unless claims say otherwise. */
  signIn(subject: string, request?: TokenRequest & { readonly client?: string }): Promise<SignedIn>
  /** A program's access token by client credentials. */
  clientToken(client: string, request?: TokenRequest): Promise<string>
  /** Signs with a new key from now on; the old one stays published unless `forget`. */
  rotateKeys(options?: { readonly forget?: boolean }): void
  stop(): Promise<void>
}

export interface SignedIn {
  readonly accessToken: string
  readonly idToken: string
}

const CLIENTS: readonly OidcClient[] = [
  { id: 'gatehouse-cli' },
  { id: 'reporter', secret: 'reporter-secret' },
]

/** In this process; resolves when discovery answers. Tokens of one subject are to be asked for one after the other. */
export async function startOidcProvider(options: OidcOptions = {}): Promise<OidcProvider> {
  const oidcProvider = await import('oidc-provider')
  const port = options.port ?? (await freePort())
  const issuer = `http://127.0.0.1:${port}`
  const audience = options.audience ?? 'gatehouse'
  const clients = options.clients ?? CLIENTS
  const wishes = new Map<string, TokenWish>()
  const cookieKey = randomBytes(16).toString('hex')
  let keys = [signingKey()]
  const build = () => {
    const made: Provider = new oidcProvider.Provider(
      issuer,
      oidcConfiguration({ clients, wishes, keys, cookieKey, provider: () => made }),
    )
    return { provider: made, answer: made.callback() }
  }
  let current = build()
  const server = createServer((request, response) => {
    const work = request.url?.startsWith('/interaction/')
      ? finishInteraction(current.provider, request, response)
      : current.answer(request, response)
    work.catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const wish = (name: string, request: TokenRequest) => {
    const claims = { preferred_username: name, ...request.claims }
    wishes.set(name, { claims, ttl: request.ttl ?? 300, audience: request.audience ?? audience })
    return resourceOf(request.audience ?? audience)
  }
  return {
    issuer,
    port,
    audience,
    signIn: (subject, request = {}) =>
      codeFlow(issuer, request.client ?? 'gatehouse-cli', subject, wish(subject, request)),
    async clientToken(client, request = {}) {
      const secret = clients.find(({ id }) => id === client)?.secret ?? ''
      const resource = wish(client, request)
      const form = { grant_type: 'client_credentials', scope: 'api', resource }
      const answer = await post(`${issuer}/token`, form, `Basic ${btoa(`${client}:${secret}`)}`)
      return String(answer.access_token)
    },
    rotateKeys({ forget = false } = {}) {
      keys = forget ? [signingKey()] : [signingKey(), ...keys]
      current = build()
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function signingKey(): object {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    ...privateKey.export({ format: 'jwk' }),
    use: 'sig',
    alg: 'RS256',
    kid: randomBytes(6).toString('hex'),
  }
}

/** Whoever `login_hint` names has signed in. */
async function finishInteraction(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { params } = await provider.interactionDetails(request, response)
  const result = { login: { accountId: params.login_hint ?? 'nobody' }, consent: {} }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true })
}

/** A browser's part of the code flow: cookies are kept, redirects followed until the one that carries the code. */
async function codeFlow(
  issuer: string,
  client: string,
  subject: string,
  resource: string,
): Promise<SignedIn> {
  const verifier = randomBytes(32).toString('base64url')
  const question = new URLSearchParams({
    client_id: client,
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: 'openid groups api',
    resource,
    login_hint: subject,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const cookies = new Map<string, string>()
  let url = `${issuer}/auth?${question}`
  for (let hop = 0; !url.startsWith(REDIRECT); hop += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie } })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    const next = answer.headers.get('location')
    if (next === null || hop > 10)
      throw new Error(`sign-in of \`${subject}\` failed: ${answer.status} ${await answer.text()}`)
    url = new URL(next, issuer).href
  }
  const code = new URL(url).searchParams.get('code')
  if (code === null) throw new Error(`sign-in of \`${subject}\` failed: ${url}`)
  const form = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT,
    client_id: client,
    code_verifier: verifier,
    resource,
  }
  const answer = await post(`${issuer}/token`, form)
  return { accessToken: String(answer.access_token), idToken: String(answer.id_token) }
}

async function post(
  url: string,
  form: Record<string, string>,
  authorization?: string,
): Promise<Record<string, unknown>> {
  const headers = authorization === undefined ? {} : { authorization }
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form), headers })
  const body = (await answer.json()) as Record<string, unknown>
  if (!answer.ok) throw new Error(`the token endpoint answered ${answer.status}: ${JSON.stringify(body)}`)
  return body
}
