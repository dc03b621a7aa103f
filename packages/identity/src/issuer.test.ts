import { expect, test } from 'vitest'
import { type IssuerOptions, readIssuers } from './issuer.js'

const corp: IssuerOptions = { name: 'corp', issuer: 'https://idp.example', audience: 'gatehouse' }

test.each<[string, Partial<IssuerOptions>, string]>([
  ['http off loopback', { issuer: 'http://idp.example' }, 'must be https'],
  [
    'http to a name that only looks like loopback',
    { issuer: 'http://127.0.0.1.evil.example' },
    'must be https',
  ],
  ['another scheme', { issuer: 'file:///etc/passwd' }, 'must be https'],
  ['credentials in the URL', { issuer: 'https://u:p@idp.example' }, 'no URL'],
  ['no URL', { issuer: 'idp' }, 'no URL'],
  ['a shared-key algorithm', { algorithms: ['RS256', 'HS256'] }, 'algorithms'],
  ['none', { algorithms: ['none'] }, 'algorithms'],
  ['no algorithm', { algorithms: [] }, 'algorithms'],
  ['a name with a colon', { name: 'a:b' }, 'cannot name'],
  ['the name of local users', { name: 'local' }, 'cannot name'],
  ['a path instead of a pointer', { groups: 'groups' }, 'JSON Pointer'],
  ['the whole document', { subject: '' }, 'JSON Pointer'],
  ['an empty audience', { audience: '' }, 'empty audience'],
])('%s stops the start', (_name, change, message) => {
  expect(() => readIssuers([{ ...corp, ...change }])).toThrow(message)
})

test('the first issuer is the default one; names and addresses are there once', () => {
  const other = { ...corp, name: 'partner', issuer: 'http://[::1]:9/' }
  expect(readIssuers([corp, other]).map(({ home }) => home)).toEqual([true, false])
  expect(() => readIssuers([corp, { ...other, name: 'corp' }])).toThrow('twice')
  expect(() => readIssuers([corp, { ...other, issuer: corp.issuer }])).toThrow('twice')
})
