import { expect, test } from 'vitest'
import type { Lane } from './lane.js'
import { createQueue } from './queue.js'

/** A lane that answers when it is told to. */
function createStage(
  name: string,
): Lane<string, string> & { readonly asked: string[]; answer(): Promise<void> } {
  const asked: string[] = []
  const open: (() => void)[] = []
  return {
    asked,
    async answer() {
      open.shift()?.()
      await new Promise(setImmediate)
    },
    analyse: (ask) =>
      new Promise((resolve) => {
        asked.push(ask)
        open.push(() => resolve(`${name} read ${ask}`))
      }),
    start: async () => undefined,
    learn: async () => undefined,
    close: async () => undefined,
  }
}

test('a long text waits for long ones, a short one for short ones', async () => {
  const [one, long] = [createStage('one'), createStage('long')]
  const queue = createQueue([one], long)
  const first = queue.analyse('monster', 100_000)
  void queue.analyse('second monster', 100_000)
  const short = queue.analyse('a', 10)
  expect([one.asked, long.asked]).toEqual([['a'], ['monster']])
  await one.answer()
  expect(await short).toBe('one read a')
  await long.answer()
  expect(await first).toBe('long read monster')
  expect(long.asked).toEqual(['monster', 'second monster'])
})

test('short texts that waited for a slow one are taken by the other worker', async () => {
  const [one, long] = [createStage('one'), createStage('long')]
  const queue = createQueue([one], long)
  void queue.analyse('slow', 10)
  const waited = queue.analyse('quick', 10)
  expect(long.asked).toEqual([])
  await expect.poll(() => long.asked).toEqual(['quick'])
  await long.answer()
  expect(await waited).toBe('long read quick')
  // From then on at once.
  void queue.analyse('next', 10)
  expect(long.asked).toEqual(['quick', 'next'])
})

test('a lane that rejects is no end of the queue', async () => {
  const broken = { ...createStage('one'), analyse: () => Promise.reject(new Error('gone')) }
  const queue = createQueue<string, string>([broken], createStage('long'))
  expect(await queue.analyse('a', 1)).toBe('the parser failed')
  expect(await queue.analyse('b', 1)).toBe('the parser failed')
})
