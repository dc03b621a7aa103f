import { expect, test } from 'vitest'
import { createBackoff } from './backoff.js'

function clocked(capacity = 100) {
  let time = 1_000_000
  const backoff = createBackoff({ now: () => time, capacity })
  return { ...backoff, pass: (milliseconds: number) => (time += milliseconds) }
}
const times = (count: number, act: () => number) => Array.from({ length: count }, act)

test('refusals of one source wait ever longer, up to five seconds, and are forgiven in time', () => {
  const { failed, pass } = clocked()
  let login = 0
  const waits = times(9, () => failed('192.0.2.1', `user-${login++}`))
  expect(waits.slice(0, 4)).toEqual([100, 200, 400, 800])
  expect(waits.at(-1)).toBe(5000)
  expect(failed('192.0.2.2', 'alice')).toBe(100)
  pass(3_600_000)
  expect(failed('192.0.2.1', 'alice')).toBe(100)
})

test('R15 guesses from elsewhere at a login do not slow the source that has succeeded with it', () => {
  const { failed, succeeded } = clocked(1000)
  succeeded('192.0.2.1', 'alice')
  let host = 0
  times(30, () => failed(`198.51.100.${host++}`, 'alice'))
  expect(failed('198.51.100.99', 'alice')).toBe(5000)
  expect(failed('192.0.2.1', 'alice')).toBe(100)
  expect(failed('192.0.2.9', 'bob')).toBe(100)
})

test('own successes do not buy guesses at others', () => {
  const { failed, succeeded } = clocked()
  const waits = times(8, () => {
    succeeded('192.0.2.1', 'mallory')
    return failed('192.0.2.1', 'alice')
  })
  expect(waits.at(-1)).toBe(5000)
})

test('R15 memory stays bounded under a flood of sources and names, and trust survives failures', () => {
  const { failed, succeeded } = clocked(50)
  succeeded('192.0.2.1', 'alice')
  for (let index = 0; index < 20_000; index++)
    failed(`10.0.${index >> 8}.${index & 255}`, `user-${index}`.repeat(99))
  times(20, () => failed('203.0.113.5', 'alice'))
  expect(failed('192.0.2.1', 'alice')).toBe(100)
})

test('an IPv6 network of one customer is one source; a mapped IPv4 address is itself', () => {
  const { failed } = clocked()
  expect(failed('2001:db8:1:2::1', 'a')).toBe(100)
  expect(failed('2001:db8:1:2:ffff::9', 'b')).toBe(200)
  expect(failed('2001:0db8:0001:0002::3%eth0', 'c')).toBe(400)
  expect(failed('2001:db8:1:3::1', 'd')).toBe(100)
  expect(failed('::1', 'e')).toBe(100)
  expect(failed('192.0.2.7', 'f')).toBe(100)
  expect(failed('::ffff:192.0.2.7', 'g')).toBe(200)
  expect(failed('/run/gatehouse.sock', 'h')).toBe(100)
})
