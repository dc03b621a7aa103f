import { REFUSAL_CODES } from '@gatehouse/core'
import { deserialize } from 'bson'
import { describe, expect, test } from 'vitest'
import { failureDocument, farewellFailure } from './refusing.js'

const told = (code: (typeof REFUSAL_CODES)[number]) =>
  deserialize(failureDocument(farewellFailure(code, 'so')))

describe('what drivers do on their own with a farewell', () => {
  test('56 too many at the door: the label that keeps a pool, and none that makes a driver come back at once', () => {
    expect(told('GH_TOO_MANY')).toMatchObject({ ok: 0, code: 202, errorLabels: ['SystemOverloadedError'] })
  })
  test('96 no other has a label, and none has one that asks for another try', () => {
    for (const code of REFUSAL_CODES)
      if (code !== 'GH_TOO_MANY') expect(told(code), code).not.toHaveProperty('errorLabels')
  })
})
