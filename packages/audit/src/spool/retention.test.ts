import { readdirSync, utimesSync } from 'node:fs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { allOf, type Bench, completed, decidedAs, spoolBench, standing } from '../sample-records.js'
import { droppable } from './retention.js'
import type { AuditSpool } from './spool-options.js'

let bench: Bench
beforeEach(() => {
  bench = spoolBench()
})
afterEach(() => bench.clear())

function segmentsOf(spool: AuditSpool): string[] {
  const folder = `${spool.dir}/${spool.chain.slice(spool.chain.indexOf('/') + 1)}`
  return readdirSync(folder)
    .filter((name) => name.endsWith('.seg'))
    .sort()
    .map((name) => `${folder}/${name}`)
}

async function fill(spool: AuditSpool, from: number, to: number): Promise<number> {
  let refused = 0
  for (let at = from; at < to; at += 1) {
    if (spool.decided(decidedAs(at), false) === 'full') refused += 1
    spool.completed(completed(decidedAs(at)))
    if (at % 5 === 0) await standing(spool)
  }
  await standing(spool)
  return refused
}

const maxBytes = 400_000

test('R25 without a sink the oldest segments make room, and a record names their range and head', async () => {
  const spool = bench.open({ maxBytes, durability: 'write' })
  expect(await fill(spool, 0, 800)).toBe(0)
  expect(spool.stats().bytes).toBeLessThanOrEqual(maxBytes)
  const all = await allOf(spool)
  const [first] = all
  expect(first?.metadata.sequence).toBeGreaterThan(1)
  const dropped = all.filter(({ class_uid }) => class_uid === 0)
  expect(dropped.length).toBeGreaterThan(0)
  expect(dropped.at(-1)).toMatchObject({
    unmapped: {
      gatehouse: {
        spool: {
          event: 'dropped',
          to: (first?.metadata.sequence ?? 0) - 1,
          head: expect.stringMatching(/^[\da-f]{64}$/),
        },
      },
    },
  })
  spool.close()
  const again = bench.open({ maxBytes })
  expect(again.decided(decidedAs('again'), false)).toBe('taken')
})

test('R25 what is older than `retain` goes by itself', async () => {
  const spool = bench.open({ maxBytes, durability: 'write' })
  await fill(spool, 0, 100)
  spool.close()
  const [oldest = ''] = segmentsOf(spool)
  utimesSync(oldest, new Date(0), new Date(Date.now() - 8 * 86_400_000))
  const again = bench.open({ maxBytes })
  await vi.waitFor(() => expect(segmentsOf(again)).not.toContain(oldest), { timeout: 5000 })
  await standing(again)
  expect((await allOf(again)).at(-1)).toMatchObject({
    unmapped: { gatehouse: { spool: { event: 'dropped', from: 1 } } },
  })
})

test('R25 with a sink nothing goes before it is acknowledged: the spool refuses instead', async () => {
  const spool = bench.open({ maxBytes, durability: 'write', shipped: true, retain: 0 })
  expect(await fill(spool, 0, 800)).toBeGreaterThan(0)
  const kept = await allOf(spool)
  expect(kept[0]?.metadata.sequence).toBe(1)
  const reader = spool.reader()
  const { cursor } = await reader.next(400, 1e9)
  spool.acknowledge(cursor)
  expect(spool.decided(decidedAs('room'), false)).toBe('taken')
  await standing(spool)
  const left = await allOf(spool)
  expect(left[0]?.metadata.sequence).toBeLessThanOrEqual(cursor.sequence + 1)
  expect(left.some(({ class_uid }) => class_uid === 0)).toBe(false)
})

test('only whole runs from the oldest go', () => {
  const segment = (first: number, closedAt: number) => ({
    first,
    last: first + 9,
    size: 10,
    closedAt,
    sha256: '',
  })
  const closed = [segment(1, 0), segment(11, 90), segment(21, 0)]
  const limits = { now: 100, retain: 50, need: 0, shipped: Number.POSITIVE_INFINITY }
  expect(droppable(closed, limits).map(({ first }) => first)).toEqual([1])
  expect(droppable(closed, { ...limits, need: 15 }).map(({ first }) => first)).toEqual([1, 11, 21])
  expect(droppable(closed, { ...limits, need: 100, shipped: 19 }).map(({ first }) => first)).toEqual([1])
})
