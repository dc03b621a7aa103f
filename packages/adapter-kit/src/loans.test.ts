import { expect, test } from 'vitest'
import { giveBack, lend, unlent } from './loans.js'

const MIB = 1024 * 1024

// Stores are compared by `===`: an assertion on two of them would go through their millions of bytes.

test('what was given back is lent again, and to one at a time', () => {
  const first = lend(3 * MIB)
  expect(first.bytes.length).toBeGreaterThanOrEqual(3 * MIB)
  giveBack(first)
  const second = lend(3 * MIB)
  expect(second.bytes === first.bytes).toBe(true)
  // Whoever had it before cannot give it back a second time.
  giveBack(first)
  const third = lend(3 * MIB)
  expect(third.bytes === second.bytes).toBe(false)
  giveBack(second)
  giveBack(third)
})

test('what is far too large, or too small, serves nobody', () => {
  const large = lend(8 * MIB)
  giveBack(large)
  for (const size of [100, 64 * 1024, 2 * MIB, 9 * MIB]) {
    const other = lend(size)
    expect(other.bytes === large.bytes).toBe(false)
    expect(other.bytes.length).toBeGreaterThanOrEqual(size)
  }
})

test('R30 what is wanted and has not come yet is not believed', () => {
  expect(lend(40 * MIB, 100_000).bytes.length).toBeLessThan(120_000)
})

test('R30 what is kept for the next has a bound, and the oldest goes first', () => {
  const loans = Array.from({ length: 12 }, () => lend(6 * MIB))
  for (const loan of loans) giveBack(loan)
  const kept = new Set(Array.from({ length: 12 }, () => lend(6 * MIB).bytes))
  const again = loans.map(({ bytes }) => kept.has(bytes))
  expect(again.filter(Boolean)).toHaveLength(8)
  expect(again.slice(4)).not.toContain(false)
})

test('what was never lent is not kept', () => {
  const own = unlent(5 * MIB)
  expect(own.bytes.length).toBe(5 * MIB)
  giveBack(own)
  expect(lend(5 * MIB).bytes === own.bytes).toBe(false)
})
