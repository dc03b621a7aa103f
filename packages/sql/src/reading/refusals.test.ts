import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Shelf } from './plan-cache.js'
import { createRefusals } from './refusals.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const shelf: Shelf<string> = {
  texts: { young: new Map(), old: new Map() },
  shapes: { young: new Map(), old: new Map() },
  variants: new Map(),
}

test('a refusal is known by its exact text and context, and not for long', () => {
  const refusals = createRefusals<string>(1000)
  refusals.keep(shelf, 'selec 1', 'no', 10)
  expect(refusals.find(shelf, 'selec 1')).toBe('no')
  expect(refusals.find(shelf, 'selec 2')).toBeUndefined()
  expect(refusals.find({ ...shelf }, 'selec 1')).toBeUndefined()
  vi.advanceTimersByTime(1000)
  expect(refusals.find(shelf, 'selec 1')).toBeUndefined()
})

test('R30 a flood of them stays within its bytes', () => {
  const refusals = createRefusals<string>(1000)
  for (let at = 0; at < 10_000; at++) {
    refusals.keep(shelf, `selec ${at}`, 'no', 100)
    expect(refusals.count()).toBeLessThanOrEqual(10)
  }
  refusals.keep(shelf, 'huge', 'no', 300)
  expect(refusals.find(shelf, 'huge')).toBeUndefined()
})
