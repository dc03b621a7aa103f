import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCstring, zeroAt } from './messages.js'

test('a string ends at its first zero byte, near or far, and never beyond the frame', () => {
  const body = fc.uint8Array({ maxLength: 100 }).chain((bytes) =>
    fc.record({
      bytes: fc.constant(bytes),
      zero: fc.nat(bytes.length),
      at: fc.nat(bytes.length),
      end: fc.nat(bytes.length),
    }),
  )
  fc.assert(
    fc.property(body, ({ bytes, zero, at, end }) => {
      const buffer = bytes.map((byte) => byte || 1)
      if (zero < buffer.length) buffer[zero] = 0
      const expected = zero >= at && zero < end && zero < buffer.length ? zero : -1
      expect(zeroAt(buffer, at, end)).toBe(expected)
      const read = readCstring(buffer, at, end)
      expect(read?.next).toBe(expected < 0 ? undefined : expected + 1)
      if (expected >= 0) expect(read?.bytes).toEqual(buffer.subarray(at, expected))
    }),
  )
})
