/** An issuer that signs whatever it is asked to: tokens that a well-behaved provider does not give out. */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer } from 'node:http'

export interface HostileIssuer {
  readonly url: string
  /** A good access token of RS256, with these claims and header members instead. */
  token(claims?: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>): string
  stop(): Promise<void>
}

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

export async function openHostileIssuer(): Promise<HostileIssuer> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const keys = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'own', alg: 'RS256', use: 'sig' }] }
  let url = ''
  const server = createServer((request, response) => {
    const body = request.url === '/jwks' ? keys : { issuer: url, jwks_uri: `${url}/jwks` }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  return {
    url,
    token(claims = {}, header = {}) {
      const now = Math.floor(Date.now() / 1000)
      const good = {
        iss: url,
        aud: 'gatehouse',
        sub: 'nobody',
        client_id: 'hostile-cli',
        scope: 'api',
        groups: ['analysts'],
        iat: now,
        exp: now + 300,
      }
      return signed({ ...good, ...claims }, header, privateKey)
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** RS256 with `key`, whatever the header says. */
export function signed(
  claims: Readonly<Record<string, unknown>>,
  header: Readonly<Record<string, unknown>>,
  key: KeyObject,
): string {
  const text = `${base64url({ alg: 'RS256', kid: 'own', typ: 'at+jwt', ...header })}.${base64url(claims)}`
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`
}

/** Another header, claims or signature on a token that was good; `hmac` signs anew with that secret. */
export function tamper(
  token: string,
  change: {
    readonly header?: Readonly<Record<string, unknown>>
    readonly claims?: Readonly<Record<string, unknown>>
    readonly signature?: string
    readonly hmac?: string
  },
): string {
  const [header = '', claims = '', signature = ''] = token.split('.')
  const changed = (part: string, more: Readonly<Record<string, unknown>> | undefined) =>
    more === undefined
      ? part
      : base64url({ ...(JSON.parse(Buffer.from(part, 'base64url').toString()) as object), ...more })
  const text = `${changed(header, change.header)}.${changed(claims, change.claims)}`
  if (change.hmac !== undefined)
    return `${text}.${createHmac('sha256', change.hmac).update(text).digest('base64url')}`
  return `${text}.${change.signature ?? signature}`
}
