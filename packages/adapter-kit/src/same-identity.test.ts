import type { Identity } from '@gatehouse/core'
import { expect, test } from 'vitest'
import { isSameIdentity } from './same-identity.js'

const ann: Identity = {
  subject: 'ann',
  name: 'ann',
  issuer: 'corp',
  home: true,
  groups: ['a', 'b'],
  claims: { sub: 'ann', exp: 1, iat: 1, jti: 'x', groups: ['a', 'b'], acr: '2' },
  provenBy: 'token',
  expiresAt: 1,
}

test('another token of the same person with the same rights', () => {
  const claims = { jti: 'y', acr: '2', groups: ['b', 'a'], sub: 'ann', exp: 2, iat: 2, nonce: 'n' }
  expect(isSameIdentity(ann, { ...ann, groups: ['b', 'a'], claims, expiresAt: 2 })).toBe(true)
})

test.each<[string, Partial<Identity>]>([
  ['another subject', { subject: 'ben' }],
  ['another name', { name: 'ben' }],
  ['another issuer', { issuer: 'other' }],
  ['an issuer that is not at home', { home: false }],
  ['a group more', { groups: ['a', 'b', 'c'] }],
  ['a group less', { groups: ['a'] }],
  ['an agent', { agent: 'bot' }],
  ['on behalf of somebody', { onBehalfOf: 'ben' }],
  ['another proof', { provenBy: 'password' }],
  ['another claim', { claims: { ...ann.claims, acr: '1' } }],
  ['a claim more', { claims: { ...ann.claims, admin: true } }],
  ['a claim less', { claims: { sub: 'ann' } }],
])('%s is somebody else', (_what, other) => {
  expect(isSameIdentity(ann, { ...ann, ...other })).toBe(false)
})
