import { expect, test, vi } from 'vitest'
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

test('no short text is lent to a worker that has not started', async () => {
  let ready = () => {}
  const start = () =>
    new Promise<void>((resolve) => {
      ready = resolve
    })
  const one = createStage('one')
  const long = { ...createStage('long'), start: vi.fn(start) }
  const queue = createQueue([one], long)
  void queue.analyse('slow', 10)
  const second = queue.analyse('second', 10)
  await expect.poll(() => long.start.mock.calls.length).toBe(1)
  await one.answer()
  // Its own worker was free first.
  expect(one.asked).toEqual(['slow', 'second'])
  const third = queue.analyse('third', 10)
  expect(long.asked).toEqual([])
  ready()
  await expect.poll(() => long.asked).toEqual(['third'])
  await one.answer()
  await long.answer()
  expect([await second, await third]).toEqual(['one read second', 'long read third'])
  expect(long.start).toHaveBeenCalledTimes(1)
})

test('a worker that cannot be started helps nobody, and nobody is lost', async () => {
  const one = createStage('one')
  const long = { ...createStage('long'), start: vi.fn(() => Promise.reject(new Error('no memory'))) }
  const queue = createQueue([one], long)
  void queue.analyse('slow', 10)
  const second = queue.analyse('second', 10)
  // It is tried again while somebody waits.
  await expect.poll(() => long.start.mock.calls.length).toBeGreaterThan(1)
  await one.answer()
  await one.answer()
  expect(await second).toBe('one read second')
  expect(long.asked).toEqual([])
})

test('a lane that rejects is no end of the queue', async () => {
  const broken = { ...createStage('one'), analyse: () => Promise.reject(new Error('gone')) }
  const queue = createQueue<string, string>([broken], createStage('long'))
  expect(await queue.analyse('a', 1)).toBe('the parser failed')
  expect(await queue.analyse('b', 1)).toBe('the parser failed')
})
