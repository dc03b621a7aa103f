import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { at } from './timers.js'

const HOUR = 3_600_000
let clock = 0
let told = 0

beforeEach(() => {
  clock = 1_800_000_000_000
  told = 0
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const until = (time: number) =>
  at(
    time,
    () => clock,
    () => {
      told += 1
    },
  )

/** Time that timers and the clock agree on. */
function pass(milliseconds: number): void {
  for (let left = milliseconds; left > 0; left -= 1000) {
    const step = Math.min(1000, left)
    clock += step
    vi.advanceTimersByTime(step)
  }
}

test('it calls back when the time has come, once', () => {
  until(clock + HOUR)
  pass(HOUR - 1)
  expect(told).toBe(0)
  pass(1)
  pass(HOUR)
  expect(told).toBe(1)
})

test('a machine that slept, or a clock that was set on, is noticed within a minute: no token is longer than it says', () => {
  until(clock + HOUR)
  pass(5_000)
  clock += 8 * HOUR
  vi.advanceTimersByTime(60_000)
  expect(told).toBe(1)
})

test('a clock that was set back does not end anybody early', () => {
  until(clock + 30_000)
  clock -= HOUR
  pass(HOUR)
  expect(told).toBe(0)
  pass(30_000)
  expect(told).toBe(1)
})

test('it can be called off at any time, and one far away is no matter', () => {
  const off = until(clock + 60 * 24 * HOUR)
  pass(HOUR)
  off()
  clock += 60 * 24 * HOUR
  vi.advanceTimersByTime(HOUR)
  expect(told).toBe(0)
})
