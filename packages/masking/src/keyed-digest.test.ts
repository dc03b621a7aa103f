/** The digest behind hash and pseudonym is HMAC-SHA-256, whatever way it is computed. */
import { createHmac, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { keyedDigest } from './keyed-digest.js'

const key = randomBytes(32)
const expected = (value: Uint8Array | string) => createHmac('sha256', key).update(value).digest('hex')
const hex = (digest: Uint8Array) => Buffer.from(digest).toString('hex')

test('is the HMAC of every length, as bytes and as text', () => {
  const digest = keyedDigest(key)
  for (let length = 0; length < 1100; length += 1) {
    const bytes = randomBytes(length)
    expect(hex(digest(bytes))).toBe(expected(bytes))
    const [start, end] = [length >> 2, length - (length >> 3)]
    expect(hex(digest(bytes, start, end))).toBe(expected(bytes.subarray(start, end)))
    const text = 'zü€😀'.repeat(length).slice(0, length)
    expect(hex(digest(text))).toBe(expected(text))
  }
})

test('is the known answer of RFC 4231, case 2', () => {
  expect(hex(keyedDigest(Buffer.from('Jefe'))('what do ya want for nothing?'))).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  )
})

test('gives bytes that no later digest changes, under each of several keys', () => {
  const [one, other] = [keyedDigest(key), keyedDigest(randomBytes(64))]
  const first = one('value')
  const before = hex(first)
  other('value')
  one('another value')
  expect(hex(first)).toBe(before)
  expect(hex(other('value'))).not.toBe(before)
})
