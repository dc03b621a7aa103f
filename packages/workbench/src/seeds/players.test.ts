/** Threads that play: found things come back with their seed, a thread is asked again, one that breaks is replaced. */
import { expect, test } from 'vitest'
import type { Order } from './player.js'
import { playAll } from './players.js'

const INDEX = new URL('../../dist/index.js', import.meta.url)

/** A player whose every seed of so much is found wrong, or breaks it. */
const script = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { threadId } from 'node:worker_threads'
    import { carryOut } from '${INDEX}'
    await carryOut(async ({ kind }, seed) => {
      if (kind === 'breaks') throw new Error('broken by ' + seed)
      if (kind === 'astray') void Promise.reject(new Error('nobody waits for ' + seed))
      await undefined
      const wrong = kind === 'wrong' && seed % 10 === 0 ? ['by thread ' + threadId] : []
      return { wrong, frames: 3, expected: ['a'], heard: ['b'], says: 'it says' }
    })`)}`,
)
const order = { first: 100, length: 1, sequences: 40, frames: 0 } satisfies Partial<Order>
const threads = (found: readonly string[]) =>
  new Set(found.flatMap((each) => /by thread (\d+)/.exec(each)?.[1] ?? []))

test('each seed is played once, what is wrong comes back with it, and the next order finds the same threads', async () => {
  const { played, frames, found } = await playAll(script, { ...order, kind: 'wrong' })
  expect(played).toBeGreaterThanOrEqual(40)
  expect(frames).toBe(3 * played)
  expect(found.map((each) => Number(/^wrong (\d+)/.exec(each)?.[1])).sort()).toEqual([100, 110, 120, 130])
  const again = await playAll(script, { ...order, kind: 'wrong' })
  expect(threads(again.found)).toEqual(threads(found))
  const plain = await playAll(script, { ...order, kind: 'plain', sequences: 0, frames: 31 })
  expect(plain.found).toEqual([])
  expect(plain.frames).toBeGreaterThanOrEqual(31)
})

test('a thread that breaks rejects its order, and others play the next', async () => {
  const before = threads((await playAll(script, { ...order, kind: 'wrong' })).found)
  await expect(playAll(script, { ...order, kind: 'breaks' })).rejects.toThrow('broken by 10')
  const after = threads((await playAll(script, { ...order, kind: 'wrong' })).found)
  expect([...after].filter((thread) => before.has(thread))).toEqual([])
})

test('a fault that nobody waits for is found', async () => {
  const { found } = await playAll(script, { ...order, kind: 'astray' })
  expect(found.join('\n')).toContain('astray: Error: nobody waits for 10')
})
