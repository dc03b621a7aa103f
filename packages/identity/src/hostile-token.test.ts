/** Tokens that no honest provider signs, against a key set that a real server publishes. */
import { createHmac, createPublicKey } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createIssuers } from './issuers.js'

const own = await generateKeyPair('RS256', { extractable: true })
const stranger = await generateKeyPair('RS256', { extractable: true })
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

let issuer = ''
let server: Server
let fetched: string[] = []
let answer: (path: string) => { readonly status: number; readonly body: string } | undefined = () => undefined

async function jwks() {
  return { keys: [{ ...(await exportJWK(own.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }] }
}
beforeAll(async () => {
  const document = JSON.stringify(await jwks())
  server = createServer((request, response) => {
    const path = request.url ?? ''
    fetched.push(path)
    const discovery = JSON.stringify({ issuer, jwks_uri: `${issuer}/jwks` })
    const special = answer(path)
    response.writeHead(special?.status ?? 200, { 'content-type': 'application/json' })
    response.end(special?.body ?? (path === '/jwks' ? document : discovery))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())
beforeEach(() => {
  fetched = []
  answer = () => undefined
})

let time = Date.now()
const verifier = () =>
  createIssuers([{ name: 'corp', issuer, audience: 'gatehouse', clients: ['cli'] }], { now: () => time })
const seconds = () => Math.floor(time / 1000)
const honest = (): JWTPayload => ({
  iss: issuer,
  aud: 'gatehouse',
  sub: 'alice',
  client_id: 'cli',
  iat: seconds(),
  exp: seconds() + 300,
})
const sign = (claims: JWTPayload, header: Record<string, unknown> = {}, key = own.privateKey) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header }).sign(key)
const verify = (token: string) => verifier().verifyToken(token, {})

test('the honest one is taken', async () => {
  expect(await verify(await sign(honest()))).toMatchObject({ subject: 'alice' })
  expect(await verify(await sign(honest(), { typ: 'at+jwt' }))).toMatchObject({ subject: 'alice' })
})

test('alg none', async () => {
  const unsigned = `${base64url({ alg: 'none' })}.${base64url(honest())}.`
  expect(await verify(unsigned)).toEqual({ refused: 'algorithm' })
  expect(await verify(`${base64url({ alg: 'None' })}.${base64url(honest())}.`)).toEqual({
    refused: 'algorithm',
  })
  expect(await verify(`${base64url({})}.${base64url(honest())}.`)).toEqual({ refused: 'algorithm' })
})

test('key confusion: HS256 with the public key as the secret', async () => {
  const input = `${base64url({ alg: 'HS256', kid: 'k1' })}.${base64url(honest())}`
  const secrets = [
    await exportSPKI(own.publicKey),
    createPublicKey({ key: (await exportJWK(own.publicKey)) as never, format: 'jwk' }).export({
      type: 'spki',
      format: 'der',
    }),
  ]
  for (const secret of secrets) {
    const mac = createHmac('sha256', secret).update(input).digest('base64url')
    expect(await verify(`${input}.${mac}`)).toEqual({ refused: 'algorithm' })
  }
})

test('an algorithm that is not allowed, though the key could', async () => {
  const token = await new SignJWT(honest())
    .setProtectedHeader({ alg: 'RS512', kid: 'k1' })
    .sign(
      await crypto.subtle.importKey(
        'jwk',
        await exportJWK(own.privateKey),
        { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' },
        false,
        ['sign'],
      ),
    )
  expect(await verify(token)).toEqual({ refused: 'algorithm' })
})

test("a stranger's signature, a changed payload, a cut signature", async () => {
  expect(await verify(await sign(honest(), {}, stranger.privateKey))).toEqual({ refused: 'bad signature' })
  const [head, , tail] = (await sign(honest())).split('.')
  expect(await verify(`${head}.${base64url({ ...honest(), sub: 'root' })}.${tail}`)).toEqual({
    refused: 'bad signature',
  })
  expect(await verify(`${head}.${base64url(honest())}.`)).toEqual({ refused: 'bad signature' })
})

test('no changed character makes another identity', async () => {
  const issuers = verifier()
  const token = await sign(honest())
  const taken = await issuers.verifyToken(token, {})
  for (let index = 0; index < token.length; index++) {
    const changed = token.slice(0, index) + (token[index] === 'A' ? 'B' : 'A') + token.slice(index + 1)
    const result = await issuers.verifyToken(changed, {})
    if (!('refused' in result)) expect(result).toEqual(taken)
  }
})

test('keys that the token itself brings are never looked at', async () => {
  const jwk = await exportJWK(stranger.publicKey)
  const header = { kid: 'mine', jwk, jku: `${issuer}/evil`, x5u: `${issuer}/evil` }
  expect(await verify(await sign(honest(), header, stranger.privateKey))).toEqual({ refused: 'unknown key' })
  expect(await verify(await sign(honest(), { ...header, kid: 'k1' }, stranger.privateKey))).toEqual({
    refused: 'bad signature',
  })
  expect(fetched).not.toContain('/evil')
})

test('a header that demands what we do not know', async () => {
  const input = `${base64url({ alg: 'RS256', kid: 'k1', crit: ['odd'], odd: 1 })}.${base64url(honest())}.AA`
  expect(await verify(input)).toEqual({ refused: 'malformed' })
})

test('a flood of unknown keys fetches once', async () => {
  const issuers = verifier()
  for (let index = 0; index < 50; index++) {
    const token = await sign(honest(), { kid: `flood-${index}` })
    expect(await issuers.verifyToken(token, {})).toEqual({ refused: 'unknown key' })
  }
  expect(fetched.filter((path) => path === '/jwks')).toHaveLength(1)
  expect(await issuers.verifyToken(await sign(honest()), {})).toMatchObject({ subject: 'alice' })
})

test('an issuer that is down denies, is not hammered, and is asked again later', async () => {
  const issuers = verifier()
  answer = () => ({ status: 503, body: '{}' })
  const token = await sign({ ...honest(), exp: seconds() + 3600 })
  for (let index = 0; index < 10; index++) {
    expect(await issuers.verifyToken(token, {})).toEqual({ refused: 'issuer unreachable' })
  }
  expect(fetched).toHaveLength(1)
  expect(await issuers.warm()).toHaveLength(1)
  answer = (path) => (path === '/jwks' ? { status: 500, body: '' } : undefined)
  time += 6_000
  expect(await issuers.verifyToken(token, {})).toEqual({ refused: 'issuer unreachable' })
  answer = () => undefined
  time += 6_000
  expect(await issuers.verifyToken(token, {})).toMatchObject({ subject: 'alice' })
  expect(await issuers.warm()).toEqual([])
})

test.each([
  [
    'names another issuer',
    () => JSON.stringify({ issuer: 'https://else.example', jwks_uri: `${issuer}/jwks` }),
  ],
  ['names it with a slash', () => JSON.stringify({ issuer: `${issuer}/`, jwks_uri: `${issuer}/jwks` })],
  ['sends us elsewhere for keys', () => JSON.stringify({ issuer, jwks_uri: 'http://192.0.2.1/jwks' })],
  ['names no keys', () => JSON.stringify({ issuer })],
  ['is no JSON', () => 'nonsense'],
  ['never ends', () => ' '.repeat(2 * 1024 * 1024)],
])('R28 a discovery document that %s denies', async (_name, body) => {
  answer = (path) => (path === '/jwks' ? undefined : { status: 200, body: body() })
  expect(await verify(await sign(honest()))).toEqual({ refused: 'issuer unreachable' })
  expect(fetched).not.toContain('/jwks')
})

test.each<[string, Record<string, unknown>, string]>([
  ['no exp', { exp: undefined }, 'malformed'],
  ['exp as text', { exp: '9999999999' }, 'malformed'],
  ['exp beyond any clock', { exp: 1e300 }, 'malformed'],
  ['iat as text', { iat: 'now' }, 'malformed'],
  ['aud that only begins alike', { aud: 'gatehouse2' }, 'wrong audience'],
  ['no aud', { aud: undefined }, 'wrong audience'],
  ['aud as an object', { aud: { gatehouse: true } }, 'wrong audience'],
  ['iss as a list', { iss: ['x'] }, 'wrong issuer'],
  ['no client', { client_id: undefined, scope: 'x' }, 'client missing'],
  ['an odd client beside a good one', { azp: 7 }, 'client missing'],
  ['an ID token without any hash', { client_id: undefined, azp: 'cli' }, 'id token'],
  ['an ID token that says so', { typ: 'ID' }, 'id token'],
  ['a nonce', { nonce: 'n' }, 'id token'],
  ['a refresh token', { typ: 'Refresh' }, 'token kind'],
  ['a logout token', { events: {} }, 'token kind'],
])('%s', async (_name, change, reason) => {
  expect(await verify(await sign({ ...honest(), ...change }))).toEqual({ refused: reason })
})

test('R9 all claims that name the client must name a listed one', async () => {
  expect(await verify(await sign({ ...honest(), azp: 'other' }))).toMatchObject({ agent: 'cli' })
  expect(await verify(await sign({ ...honest(), azp: 'cli' }))).not.toHaveProperty('agent')
})

test("another typ than an access token's", async () => {
  for (const typ of ['logout+jwt', 'dpop+jwt', 'application/secevent+jwt']) {
    expect(await verify(await sign(honest(), { typ }))).toEqual({ refused: 'token kind' })
  }
})

test.each(['', '.', '..', 'a.b.c', 'e30.e30.', `${'A'.repeat(70_000)}.A.A`, '\0.\0.\0', 'e30.W10.AA'])(
  'rubbish %#',
  async (token) => {
    const result = await verify(token)
    expect(['malformed', 'wrong issuer']).toContain('refused' in result ? result.refused : 'taken')
    expect(fetched).toEqual([])
  },
)
