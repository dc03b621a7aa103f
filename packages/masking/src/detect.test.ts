import { expect, test } from 'vitest'
import { detectClasses } from './detect.js'

test.each([
  ['jane@example.com', ['email']],
  ['jane@localhost', []],
  ['4111 1111 1111 1111', ['card']],
  ['4111 1111 1111 1112', []],
  ['378282246310005', ['card']],
  ['DE89 3704 0044 0532 0130 00', ['iban']],
  ['DE88 3704 0044 0532 0130 00', []],
  ['+49 30 901820', ['phone']],
  ['555-123-4567', ['phone']],
  ['20240131', []],
  ['2024-01-31', []],
  ['192.168.0.1', ['ip']],
  ['2001:db8::1', ['ip']],
  ['300.1.1.1', []],
  ['12:34:56', []],
  ['123-45-6789', ['national-id']],
  ['123456789', []],
  ['000-45-6789', []],
  ['x'.repeat(100_000), []],
  ['', []],
])('%j', (value, classes) => {
  expect(detectClasses(value)).toEqual(classes)
})
