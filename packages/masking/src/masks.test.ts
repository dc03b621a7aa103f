import { isIssuedMask, MASK_KINDS } from '@gatehouse/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maskForComputed } from './mask-algebra.js'
import { maskBytes, maskUuid } from './mask-bytes.js'
import { createMaskKey } from './mask-key.js'
import { maskDecimal, maskFloat, maskInteger } from './mask-number.js'
import { maskText, REDACTED } from './mask-text.js'

const key = createMaskKey(new Uint8Array(32).fill(7))
const ssn = key.forField('shop.public.customers.ssn')
const other = key.forField('shop.public.customers.phone')
const int4 = { minimum: -(2n ** 31n), maximum: 2n ** 31n - 1n }

describe('R18 masks of text', () => {
  test('redact is one constant, whatever the value', () => {
    fc.assert(fc.property(fc.string(), (value) => maskText('redact', [], value, ssn) === REDACTED))
  })

  test.each([
    ['email', 'jane.doe@example.com', '***@example.com'],
    ['email', 'x@mail.example.co.uk', '***@mail.example.co.uk'],
    ['email', 'a@b@example.com', '***'],
    ['email', 'jane doe', '***'],
    ['email', 'me@localhost', '***'],
    ['card', '4111 1111 1111 1234', '***1234'],
    ['phone', '+1-555-123-4567', '***4567'],
    ['iban', 'DE89370400440532013000', '***3000'],
    ['national-id', '123-45-6789', '***6789'],
    ['postcode', '10115', '***15'],
    ['person-name', 'Alice Example', 'A***'],
    ['person-name', 'Bob', '***'],
    ['person-name', '𝒜lexandra', '𝒜***'],
    ['secret', 'tok_live_1234567890', '***'],
    ['gender', 'female', '***'],
    ['', '1234', '***'],
    ['', '', '***'],
    ['', 'abc\uFFFDdefghij', '***'],
  ])('partial of %s %j is %j', (name, value, masked) => {
    expect(maskText('partial', [name], value, undefined)).toBe(masked)
  })

  test('partial never shows more than about a third, and never its length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (value) => {
        const masked = maskText('partial', [], value, undefined) ?? ''
        const shown = Array.from(masked).length - 3
        return shown <= 4 && shown * 3 <= Array.from(value).length + 1
      }),
    )
  })

  test('hash and pseudonym are stable within a field and differ between fields and keys', () => {
    const second = createMaskKey(new Uint8Array(32).fill(8)).forField('shop.public.customers.ssn')
    for (const kind of ['hash', 'pseudonym'] as const) {
      const masked = maskText(kind, [], '123-45-6789', ssn)
      expect(masked).toBe(maskText(kind, [], '123-45-6789', ssn))
      for (const one of [other, second]) expect(maskText(kind, [], '123-45-6789', one)).not.toBe(masked)
      expect(maskText(kind, [], '123-45-6780', ssn)).not.toBe(masked)
    }
    expect(maskText('hash', [], 'x', ssn)).toMatch(/^[\da-f]{32}$/)
    expect(maskText('pseudonym', [], 'x', ssn)).toMatch(/^p_[a-z2-7]{16}$/)
    expect(maskText('pseudonym', ['email'], 'x', ssn)).toMatch(/^p_[a-z2-7]{16}@masked\.invalid$/)
    // RFC 4648 §10: `fooba` is MZXW6YTB.
    const known = { digest: () => new TextEncoder().encode('foobafoobafoobafoobafoobafooba..') }
    expect(maskText('pseudonym', ['email'], 'x', known)).toBe('p_mzxw6ytbmzxw6ytb@masked.invalid')
    expect(maskText('hash', [], 'x', known)).toBe('666f6f6261666f6f6261666f6f626166')
  })

  test('without a key, and where a mask does not fit, the answer is null', () => {
    for (const kind of ['hash', 'pseudonym', 'bucket', 'year', 'null'] as const) {
      expect(maskText(kind, [], 'value', undefined)).toBeNull()
    }
    expect(() => createMaskKey(new Uint8Array(31))).toThrow('not 32')
  })

  test('an issued mask is known again', () => {
    for (const kind of ['redact', 'partial', 'pseudonym'] as const) {
      expect(isIssuedMask(maskText(kind, ['email'], 'jane@example.com', ssn) ?? '')).toBe(true)
    }
    for (const value of ['jane@example.com', '', 'a *** b', '***bold*** text', 'p_short']) {
      expect(isIssuedMask(value)).toBe(false)
    }
    expect(isIssuedMask('J***')).toBe(true)
  })
})

describe('R18 masks of other types keep the type', () => {
  test('integers', () => {
    expect(maskInteger('bucket', 52341n, int4, ssn)).toBe(50000n)
    expect(maskInteger('bucket', -52341n, int4, ssn)).toBe(-50000n)
    expect(maskInteger('bucket', 9n, int4, ssn)).toBe(0n)
    fc.assert(
      fc.property(fc.bigInt({ min: int4.minimum, max: int4.maximum }), (value) => {
        const drawn = maskInteger('pseudonym', value, int4, ssn) ?? -1n
        const bucket = maskInteger('bucket', value, int4, ssn) ?? 1n << 40n
        return drawn >= 0n && drawn <= int4.maximum && bucket >= int4.minimum && bucket <= int4.maximum
      }),
    )
    for (const kind of ['null', 'redact', 'hash', 'year', 'partial'] as const) {
      expect(maskInteger(kind, 5n, int4, ssn)).toBeNull()
    }
  })

  test('floats and decimals', () => {
    expect(maskFloat('bucket', 523.7)).toBe(500)
    expect(maskFloat('bucket', -9.9e22)).toBe(-9e22)
    expect(maskFloat('bucket', 0.5)).toBe(0)
    expect(maskFloat('bucket', 1e21)).toBe(1e21)
    expect(maskFloat('bucket', Number.NaN)).toBeNull()
    expect(maskDecimal('bucket', '-0052341.99')).toBe('-50000')
    expect(maskDecimal('bucket', '.5')).toBe('0')
    expect(maskDecimal('bucket', 'NaN')).toBeNull()
    expect(maskDecimal('bucket', '')).toBeNull()
  })

  test('uuids and bytes', () => {
    const masked = maskUuid('pseudonym', new Uint8Array(16), ssn)
    expect(Buffer.from(masked ?? []).toString('hex')).toMatch(/^.{12}8.{3}[89ab].{15}$/)
    expect(maskUuid('redact', new Uint8Array(16), ssn)).toBeNull()
    expect(maskBytes('hash', new Uint8Array(3), ssn)).toHaveLength(16)
    expect(maskBytes('hash', new Uint8Array(3), undefined)).toBeNull()
  })
})

describe('R18 algebra', () => {
  test('a computed output never gets a mask that depends on the value', () => {
    expect(MASK_KINDS.map(maskForComputed)).toEqual([
      'null',
      ...Array.from({ length: MASK_KINDS.length - 1 }, () => 'redact'),
    ])
  })
})
