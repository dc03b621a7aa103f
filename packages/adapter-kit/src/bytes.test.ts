import fc from 'fast-check'
import { expect, test } from 'vitest'
import { strictText, strictTextAt } from './bytes.js'

test('a part of a buffer reads as the part by itself', () => {
  const plain = fc.uint8Array({ max: 0x7f, maxLength: 40 })
  const text = fc.string({ unit: 'binary', maxLength: 20 }).map((each) => new TextEncoder().encode(each))
  fc.assert(
    fc.property(fc.oneof(plain, text, fc.uint8Array({ maxLength: 40 })), fc.nat(8), (bytes, before) => {
      const buffer = new Uint8Array(before + bytes.length + 3).fill(0xff)
      buffer.set(bytes, before)
      expect(strictTextAt(buffer, before, before + bytes.length)).toBe(strictText(bytes))
    }),
  )
})

test('what is not well-formed UTF-8 is no text, however short', () => {
  expect(strictTextAt(Uint8Array.of(0x61, 0xc3, 0x62), 0, 3)).toBeUndefined()
  expect(strictTextAt(Uint8Array.of(0xc3, 0xa9), 0, 1)).toBeUndefined()
  expect(strictTextAt(Uint8Array.of(0xc3, 0xa9), 0, 2)).toBe('é')
  expect(strictTextAt(new Uint8Array(4), 2, 2)).toBe('')
})
