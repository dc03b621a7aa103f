import { expect, test } from 'vitest'
import { proveCertificate, type ShownCertificate } from './certificate-proof.js'
import { distinguishedName, normalName } from './distinguished-name.js'
import { createLocalUsers } from './local-users.js'

const options = {
  secret: Buffer.alloc(32, 1),
  derive: async () => [{ storedKey: Buffer.alloc(32, 2), serverKey: Buffer.alloc(32, 3) }],
  hash: () => Buffer.alloc(32, 4),
}
const users = await createLocalUsers(
  [
    { name: 'etl', certificate: 'CN=etl,O=Example', groups: ['jobs'] },
    { name: 'uwe', certificate: 'CN=\\C3\\9Cwe', password: 'p', groups: [] },
  ],
  options,
)
const shown = (subject: string, expiresAt = 2000): ShownCertificate => ({
  kind: 'verified',
  subject,
  expiresAt,
})
const answer = (certificate: ShownCertificate, login = '', now = 1000) => {
  const proven = proveCertificate({ login, certificate }, users, now)
  return proven.kind === 'proven' ? proven.identity.name : proven.reason
}

test.each([
  ['C=DE\nO=A\\, B\nCN=y + OU=x\nCN=al/ice', 'CN=al/ice,CN=y+OU=x,O=A\\, B,C=DE'],
  ['O=a \\+ b\nCN=c', 'CN=c,O=a \\+ b'],
  ['O=a\\0ACN=admin\nCN=bob', 'CN=bob,O=a\\0ACN=admin'],
  ['CN=Ünï', 'CN=Ünï'],
])('%j is written as RFC 2253 does', (subject, name) => {
  expect(distinguishedName(subject)).toBe(name)
})

test('the bytes of a name may be written one by one', () => {
  expect(normalName('CN=\\C3\\9Cwe')).toBe('CN=Üwe')
  expect(normalName('CN=a\\2Cb')).toBe('CN=a\\2Cb')
  expect(answer(shown('CN=Üwe'))).toBe('uwe')
  expect(normalName('CN=a,  OU=b, O=c\\, d')).toBe('CN=a,OU=b,O=c\\, d')
})

test('who it is, by the subject alone', () => {
  expect(answer(shown('O=Example\nCN=etl'))).toBe('etl')
  expect(answer(shown('O=Example\nCN=etl'), 'etl')).toBe('etl')
  expect(answer(shown('O=Example\nCN=etl'), 'CN=etl,O=Example')).toBe('etl')
  expect(answer(shown('O=Example\nCN=etl'), 'uwe')).toBe('sign-in name')
  for (const other of [
    'CN=etl',
    'CN=etl\nO=Example',
    'O=Example\nCN=etl\nCN=x',
    'O=example\nCN=etl',
    'CN=etl\\,O=Example',
    '',
  ])
    expect(answer(shown(other)), other).toBe('unknown subject')
})

test('a time that has come, or none', () => {
  expect(answer(shown('O=Example\nCN=etl', 1000))).toBe('expired')
  expect(answer(shown('O=Example\nCN=etl', Number.NaN))).toBe('expired')
})

test('what TLS has not verified proves nothing, whatever is wrong', () => {
  expect(answer({ kind: 'none' })).toBe('no certificate')
  for (const [reason, said] of [
    ['CERT_HAS_EXPIRED', 'expired'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'unknown authority'],
    ['INVALID_PURPOSE', 'certificate purpose'],
    ['SOMETHING_NEW', 'bad certificate'],
  ])
    expect(answer({ kind: 'unverified', reason: reason ?? '', subject: 'O=Example\nCN=etl' })).toBe(said)
})

test('a user without a password is no mock that differs from nobody', async () => {
  expect(users.verifierFor('etl').mock).toBe(true)
  expect(users.doubleHashFor('etl', 'caching_sha2_password').mock).toBe(true)
  expect(await users.checkPassword('etl', '')).toBe(false)
})

test('no two users share a certificate', async () => {
  const twice = [
    { name: 'a', certificate: 'CN=Üwe', groups: [] },
    { name: 'b', certificate: 'CN=\\C3\\9Cwe', groups: [] },
  ]
  await expect(createLocalUsers(twice, options)).rejects.toMatchObject({ code: 'GH_CONFIGURATION' })
})
