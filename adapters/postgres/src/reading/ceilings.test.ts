import { describe, expect, test } from 'vitest'
import { ceilingsOf, overCeiling, readMilliseconds } from './ceilings.js'

describe('R14 ceilings of time', () => {
  test.each([
    ['5', 5],
    ['5000', 5000],
    [' 5 s ', 5000],
    ['1.5s', 1500],
    ['2min', 120_000],
    ['1h', 3_600_000],
    ['1d', 86_400_000],
    ['400us', 0],
    ['0', 0],
    ['0.4', 0],
  ])('R14 %j is read as the server reads it', (value, milliseconds) => {
    expect(readMilliseconds(value)).toBe(milliseconds)
  })

  test.each([
    '010',
    '0x10',
    '1e3',
    '-1',
    '+5',
    '5 S',
    '5sec',
    '',
    's',
    '1 0',
    '5;',
    '∞',
    '1e',
    '0b11',
    '1_000',
  ])('R14 %j could be read otherwise than it looks, and is not taken', (value) => {
    expect(readMilliseconds(value)).toBeUndefined()
  })

  test('R14 none, more and no limit at all are over the ceiling; less is not', () => {
    const ceilings = ceilingsOf({ statement: 1, message: 1, statementTime: 5000, lockTime: 0 })
    expect([...ceilings.keys()]).toEqual(['statement_timeout'])
    for (const value of ['0', '5001', '6s', '1us', 'off', undefined])
      expect(overCeiling(ceilings, 'statement_timeout', value)).toContain('can only be lowered')
    for (const value of ['1', '5000', '5s', '0.05min'])
      expect(overCeiling(ceilings, 'statement_timeout', value)).toBeUndefined()
    expect(overCeiling(ceilings, 'lock_timeout', '0')).toBeUndefined()
  })
})
