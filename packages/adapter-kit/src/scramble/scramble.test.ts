import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  provesReversedScramble,
  provesScramble,
  type ScramblePlugin,
  scramble,
  scrambleHash,
} from './scramble.js'

const PLUGINS: readonly ScramblePlugin[] = ['caching_sha2_password', 'mysql_native_password']
const NONCE = Buffer.from('abcdefghijklmnopqrst')

test('answers as mysql2 does', () => {
  // auth_41.calculateToken('pässword', …) and caching_sha2_password.calculateToken of mysql2 3.24.6.
  expect(Buffer.from(scramble('mysql_native_password', 'pässword', NONCE)).toString('hex')).toBe(
    'b6aee8c0bffcfce0688367927687201f2596afc6',
  )
  expect(Buffer.from(scramble('caching_sha2_password', 'pässword', NONCE)).toString('hex')).toBe(
    'f8ff87710421e89cadca70a6ad4c567e6f1deeefe615068ddd56db0fcec9f54c',
  )
})

test('keeps what `select sha1(unhex(sha1(…)))` gives', () => {
  const sha1 = (data: string | Buffer) => createHash('sha1').update(data).digest()
  expect(Buffer.from(scrambleHash('mysql_native_password', 'secret'))).toEqual(sha1(sha1('secret')))
})

test('the right password over the same nonce proves, nothing else', () => {
  const nonce = fc.uint8Array({ minLength: 20, maxLength: 20 })
  fc.assert(
    fc.property(
      fc.constantFrom(...PLUGINS),
      fc.string(),
      fc.string(),
      nonce,
      nonce,
      (plugin, right, wrong, one, other) => {
        const verifier = { hash: scrambleHash(plugin, right) }
        const answer = scramble(plugin, right, one)
        expect(provesScramble(plugin, verifier, one, answer)).toBe(true)
        expect(provesScramble(plugin, { ...verifier, mock: true }, one, answer)).toBe(false)
        fc.pre(wrong !== right && Buffer.compare(one, other) !== 0)
        expect(provesScramble(plugin, verifier, one, scramble(plugin, wrong, one))).toBe(false)
        expect(provesScramble(plugin, verifier, other, answer)).toBe(false)
      },
    ),
  )
})

test('a mask that is hashed in the other order proves the same password, and no other', () => {
  const sha256 = (...parts: readonly Uint8Array[]) =>
    parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
  const reversed = (password: string, nonce: Uint8Array) => {
    const once = sha256(Buffer.from(password))
    const mask = sha256(nonce, sha256(once))
    return once.map((byte, at) => byte ^ (mask[at] as number))
  }
  const verifier = { hash: scrambleHash('caching_sha2_password', 'secret') }
  const proves = (answer: Uint8Array, mock = false) =>
    provesReversedScramble({ ...verifier, mock }, NONCE, answer)
  expect(proves(scramble('caching_sha2_password', 'secret', NONCE))).toBe(false)
  expect(proves(reversed('secret', NONCE))).toBe(true)
  expect(proves(reversed('Secret', NONCE))).toBe(false)
  expect(proves(reversed('secret', NONCE.subarray(1)))).toBe(false)
  expect(proves(reversed('secret', NONCE), true)).toBe(false)
})

test('an answer of another length proves nothing', () => {
  for (const plugin of PLUGINS) {
    const verifier = { hash: scrambleHash(plugin, 'secret') }
    const answer = scramble(plugin, 'secret', NONCE)
    for (const other of [
      new Uint8Array(),
      Uint8Array.of(0),
      answer.subarray(1),
      Buffer.concat([answer, answer]),
    ])
      expect(provesScramble(plugin, verifier, NONCE, other)).toBe(false)
  }
})
