import { expect, test } from 'vitest'
import { type Issuer, readIssuers } from './issuer.js'
import { createIssuerKeys } from './issuer-keys.js'

test('after a failure nothing is fetched for a while, and a clock that was set back makes that no longer', async () => {
  let clock = 1_800_000_000_000
  let asked = 0
  const [issuer] = readIssuers([{ name: 'corp', issuer: 'https://idp.example', audience: 'gatehouse' }])
  const keys = createIssuerKeys(issuer as Issuer, {
    now: () => clock,
    fetch: () => {
      asked += 1
      return Promise.reject(new Error('away'))
    },
  })
  await expect(keys.keySet()).rejects.toMatchObject({ code: 'GH_ISSUER' })
  await expect(keys.keySet()).rejects.toMatchObject({ code: 'GH_ISSUER' })
  expect(asked).toBe(1)
  clock -= 3_600_000
  await expect(keys.keySet()).rejects.toMatchObject({ code: 'GH_ISSUER' })
  expect(asked).toBe(2)
})
