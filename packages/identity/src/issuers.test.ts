/** Against a real OpenID provider: what its own tokens become. */
import { type OidcProvider, startOidcProvider } from '@gatehouse/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createIdentities } from './identities.js'
import type { IssuerOptions } from './issuer.js'
import { createIssuers } from './issuers.js'
import { createLocalUsers } from './local-users.js'

let provider: OidcProvider
beforeAll(async () => {
  provider = await startOidcProvider()
})
afterAll(() => provider.stop())

const corp = (): IssuerOptions => ({
  name: 'corp',
  issuer: provider.issuer,
  audience: 'gatehouse',
  subject: '/preferred_username',
  groups: '/groups',
  clients: ['gatehouse-cli'],
})
const issuers = (options: Partial<IssuerOptions> = {}, now = Date.now, cooldown = 30_000) =>
  createIssuers([{ ...corp(), ...options }], { now, cooldown })
const claims = { groups: ['analysts', 'staff'] }
async function token(extra: Record<string, unknown> = {}) {
  return (await provider.signIn('alice', { claims: { ...claims, ...extra } })).accessToken
}
const verdict = async (text: string, options: Partial<IssuerOptions> = {}) =>
  issuers(options).verifyToken(text, {})

describe('a person', () => {
  test('R9 with a token of a listed client', async () => {
    const before = Math.floor(Date.now() / 1000) * 1000
    const identity = await verdict(await token())
    expect(identity).toMatchObject({
      subject: 'alice',
      name: 'alice',
      issuer: 'corp',
      home: true,
      groups: ['analysts', 'staff'],
      provenBy: 'token',
    })
    expect(identity).not.toHaveProperty('agent')
    expect(identity).toHaveProperty('claims.client_id', 'gatehouse-cli')
    const expiresAt = 'expiresAt' in identity ? (identity.expiresAt ?? 0) : 0
    expect(expiresAt).toBeGreaterThanOrEqual(before + 300_000)
    expect(expiresAt).toBeLessThan(before + 400_000)
  })

  test('groups may stand anywhere, under any name', async () => {
    const text = await token({ 'https://example.com/g': ['x'], realm_access: { roles: ['y'] }, one: 'z' })
    expect(await verdict(text, { groups: '/https:~1~1example.com~1g' })).toMatchObject({ groups: ['x'] })
    expect(await verdict(text, { groups: '/realm_access/roles' })).toMatchObject({ groups: ['y'] })
    expect(await verdict(text, { groups: '/one' })).toMatchObject({ groups: ['z'] })
    expect(await verdict(await token({ groups: [] }))).toMatchObject({ groups: [] })
  })
})

describe('R9 an agent', () => {
  test('alone: client credentials', async () => {
    const text = await provider.clientToken('reporter', { claims })
    expect(await verdict(text)).toMatchObject({ subject: 'reporter', agent: 'reporter' })
    expect(await verdict(text)).not.toHaveProperty('onBehalfOf')
    expect(await verdict(text, { clients: ['reporter'] })).toMatchObject({ agent: 'reporter' })
  })

  test('for a person: a client that is not listed', async () => {
    expect(await verdict(await token(), { clients: [] })).toMatchObject({
      subject: 'alice',
      agent: 'gatehouse-cli',
      onBehalfOf: 'alice',
    })
  })

  test('for a person: the outermost actor of `act`, though the client is listed', async () => {
    const text = await token({ act: { sub: 'planner', act: { sub: 'intake' } } })
    expect(await verdict(text)).toMatchObject({ subject: 'alice', agent: 'planner', onBehalfOf: 'alice' })
  })

  test.each([
    ['a string', 'planner'],
    ['null', null],
    ['a list', ['planner']],
    ['without a name', { act: { sub: 'intake' } }],
    ['with an empty name', { sub: '' }],
    ['of another issuer', { sub: 'planner', iss: 'https://elsewhere.example' }],
  ])('`act` %s is refused', async (_name, act) => {
    expect(await verdict(await token({ act }))).toEqual({ refused: 'actor' })
  })
})

describe('refused, each with its reason', () => {
  test('wrong audience', async () => {
    const other = (await provider.signIn('alice', { claims, audience: 'another' })).accessToken
    expect(await verdict(other)).toEqual({ refused: 'wrong audience' })
    expect(await issuers().verifyToken(other, { audience: 'another' })).toMatchObject({ name: 'alice' })
    expect(await issuers().verifyToken(await token(), { audience: 'orders' })).toEqual({
      refused: 'wrong audience',
    })
  })

  test('wrong issuer, though it differs by a slash', async () => {
    expect(await verdict(await token(), { issuer: 'https://idp.example' })).toEqual({
      refused: 'wrong issuer',
    })
    expect(await verdict(await token(), { issuer: `${provider.issuer}/` })).toEqual({
      refused: 'wrong issuer',
    })
  })

  test('expired, by a clock that may differ by 30 s', async () => {
    const text = await token()
    const late = (seconds: number) => issuers({}, () => Date.now() + seconds * 1000).verifyToken(text, {})
    expect(await late(325)).toMatchObject({ name: 'alice' })
    expect(await late(335)).toEqual({ refused: 'expired' })
  })

  test('not yet valid: `nbf`, and `iat` in the future', async () => {
    const soon = Math.floor(Date.now() / 1000) + 100
    expect(await verdict(await token({ nbf: soon }))).toEqual({ refused: 'not yet valid' })
    const early = issuers({}, () => Date.now() - 60_000)
    expect(await early.verifyToken(await token(), {})).toEqual({ refused: 'not yet valid' })
  })

  test('the ID token of the same sign-in', async () => {
    const { idToken } = await provider.signIn('alice', { claims })
    expect(await issuers().verifyToken(idToken, { audience: 'gatehouse-cli' })).toEqual({
      refused: 'id token',
    })
  })

  test.each([
    ['hasgroups', true],
    ['hasgroups', 'true'],
    ['_claim_names', { groups: 'src1' }],
    ['_claim_sources', { src1: { endpoint: 'https://graph.example' } }],
  ])('overage: %s', async (marker, value) => {
    expect(await verdict(await token({ [marker]: value }))).toEqual({ refused: 'groups overage' })
  })

  test.each([
    ['no claim', undefined],
    ['a number', 7],
    ['an object', { a: 'b' }],
    ['numbers among names', ['a', 7]],
    ['an empty name', ['']],
    ['an invisible character', ['ad\u200bmins']],
  ])('groups missing: %s', async (_name, groups) => {
    expect(await verdict(await token({ groups }))).toEqual({ refused: 'groups missing' })
  })

  test.each([
    ['no claim', undefined],
    ['empty', ''],
    ['a number', 7],
    ['a control character', 'alice\n'],
    ['a bidirectional one', 'ali\u202ece'],
    ['a NUL', 'alice\0'],
    ['very long', 'a'.repeat(257)],
  ])('subject missing: %s', async (_name, preferred_username) => {
    expect(await verdict(await token({ preferred_username }))).toEqual({ refused: 'subject missing' })
  })

  test('a token that only the holder of a key may present', async () => {
    expect(await verdict(await token({ cnf: { jkt: 'x' } }))).toEqual({ refused: 'bound token' })
  })

  test('R9 a name of the default issuer that reads like one of another', async () => {
    const partner = { ...corp(), name: 'partner', issuer: 'https://partner.example' }
    const both = createIssuers([corp(), partner], { now: Date.now })
    const odd = [{ preferred_username: 'partner:bob' }, { groups: ['partner:admins'] }]
    for (const extra of odd) {
      expect(await both.verifyToken(await token(extra), {})).toEqual({ refused: 'ambiguous name' })
    }
    const away = createIssuers([partner, corp()], { now: Date.now })
    expect(await away.verifyToken(await token(), {})).toMatchObject({ home: false, issuer: 'corp' })
  })
})

test('keys that the issuer rotates are found; forgotten ones are refused', async () => {
  const verifier = issuers({}, Date.now, 0)
  const old = await token()
  expect(await verifier.verifyToken(old, {})).toMatchObject({ name: 'alice' })
  provider.rotateKeys()
  expect(await verifier.verifyToken(await token(), {})).toMatchObject({ name: 'alice' })
  expect(await verifier.verifyToken(old, {})).toMatchObject({ name: 'alice' })
  provider.rotateKeys({ forget: true })
  expect(await verifier.verifyToken(await token(), {})).toMatchObject({ name: 'alice' })
  expect(await verifier.verifyToken(old, {})).toEqual({ refused: 'unknown key' })
})

test('R9 a token signs in under its subject or as `token`, and under no other name', async () => {
  const users = await createLocalUsers([], {
    secret: Buffer.alloc(32),
    derive: async () => [],
    hash: () => Buffer.alloc(0),
  })
  const { prove } = createIdentities({ users, issuers: issuers(), now: Date.now })
  const secret = await token()
  const as = (login: string, auth = ['token']) => prove({ kind: 'cleartext', login, secret }, { auth })
  expect(await as('alice')).toMatchObject({ kind: 'proven', identity: { name: 'alice', provenBy: 'token' } })
  expect(await as('token')).toMatchObject({ kind: 'proven', identity: { name: 'alice' } })
  for (const login of ['bob', 'Alice', 'alice ', 'corp:alice', '']) {
    expect(await as(login)).toEqual({ kind: 'refused', reason: 'sign-in name' })
  }
  expect(await as('alice', ['password'])).toMatchObject({ kind: 'refused' })
})
