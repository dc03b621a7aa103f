/** What is unpacked is exactly what was declared, or nothing. */
import { deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { inflateExactly } from './inflate.js'

const plain = Buffer.from('the quick brown fox '.repeat(20_000))
const packed = deflateSync(plain)

test('what was packed comes back', () => {
  expect(inflateExactly(packed, plain.length).equals(plain)).toBe(true)
  expect(inflateExactly(deflateSync(Buffer.from('x')), 1).toString()).toBe('x')
})

test('a size that lies is a fault', () => {
  for (const size of [1, plain.length - 1, plain.length + 1, plain.length * 2])
    expect(() => inflateExactly(packed, size)).toThrow('compressed data')
})

test('a bomb is not unpacked', () => {
  const bomb = deflateSync(Buffer.alloc(50_000_000))
  expect(() => inflateExactly(bomb, 1000)).toThrow('longer than it was said to be')
})

test('what is cut off, spoilt or followed by more is a fault', () => {
  expect(() => inflateExactly(packed.subarray(0, -1), plain.length)).toThrow('compressed data')
  expect(() => inflateExactly(Buffer.concat([packed, Buffer.from([0])]), plain.length)).toThrow(
    'bytes behind',
  )
  expect(() => inflateExactly(new Uint8Array(), 1)).toThrow('compressed data')
  const spoilt = Buffer.from(packed)
  spoilt[spoilt.length - 1] = (spoilt[spoilt.length - 1] as number) ^ 1
  expect(() => inflateExactly(spoilt, plain.length)).toThrow('compressed data')
})
