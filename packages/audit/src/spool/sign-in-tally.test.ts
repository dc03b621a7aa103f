import type { SignedIn } from '@gatehouse/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { allOf, type Bench, signedIn, spoolBench, standing } from '../sample-records.js'
import { createTallyKeeper, sourceOf } from './sign-in-tally.js'

let bench: Bench
beforeEach(() => {
  bench = spoolBench()
})
afterEach(() => bench.clear())

const { session: _, ...stranger } = signedIn
function failure(address: string, at: number): SignedIn {
  return {
    ...stranger,
    id: `${address}-${at}`,
    at,
    kind: 'refused',
    peer: { address, port: 1 },
    refusal: 'GH_SIGN_IN',
  }
}

test('R15 a source’s first ten failures of a minute are records of their own, the rest one count', async () => {
  const spool = bench.open()
  for (let at = 0; at < 500; at += 1) expect(spool.signedIn(failure('192.0.2.7', at))).toBe('taken')
  expect(spool.signedIn(failure('192.0.2.8', 500))).toBe('taken')
  spool.close()
  const again = bench.open()
  await standing(again)
  const all = await allOf(again)
  expect(all).toHaveLength(12)
  expect(all[0]).toMatchObject({
    class_uid: 3002,
    type_uid: 300201,
    status_id: 2,
    status_code: 'GH_SIGN_IN',
    user: { name: 'alice', type_id: 0 },
    src_endpoint: { ip: '192.0.2.7' },
  })
  expect(all.at(-1)).toMatchObject({
    class_uid: 3002,
    count: 490,
    src_endpoint: { ip: '192.0.2.7' },
    status_id: 2,
  })
})

test('R15 many sources together are bounded too, and nothing is left uncounted', () => {
  const keeper = createTallyKeeper(() => false)
  let own = 0
  const sources = 30_000
  for (let at = 0; at < sources; at += 1) {
    const address = `2001:db8:${(at >> 8).toString(16)}:${(at & 255).toString(16)}::1`
    if (keeper.admits(failure(address, 0))) own += 1
  }
  expect(own).toBe(600)
  let counted = 0
  let records = 0
  for (
    let due = keeper.due(60_000, () => 'x', true);
    due.length > 0;
    due = keeper.due(60_000, () => 'x', true)
  ) {
    expect(due.length).toBeLessThanOrEqual(600)
    records += due.length
    for (const { count } of due) counted += count
  }
  expect(own + counted).toBe(sources)
  expect(records).toBeLessThanOrEqual(10_001)
})

test('R15 when room is scarce failures are only counted', () => {
  const keeper = createTallyKeeper(() => true)
  expect(keeper.admits(failure('192.0.2.7', 0))).toBe(false)
  expect(keeper.due(59_999, () => 'x')).toEqual([])
  expect(keeper.due(60_000, () => 'x')).toMatchObject([{ source: '192.0.2.7', count: 1 }])
})

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::'],
  ['2001:db8:1:2::9', '2001:db8:1:2::'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2::'],
  ['fe80::1%eth0', 'fe80:0:0:0::'],
  ['::1', '0:0:0:0::'],
  ['', 'local'],
])('source of `%s` is `%s`', (address, source) => {
  expect(sourceOf(address)).toBe(source)
})

test('R15 a clock that was set back holds no count back for the time that it lost', () => {
  const tally = createTallyKeeper(() => false)
  const hour = 3_600_000
  const then = 10 * hour
  for (let at = 0; at < 12; at += 1) tally.admits(failure('192.0.2.7', then + at))
  expect(tally.due(then + 1000, () => 'id')).toEqual([])
  expect(tally.due(then - hour, () => 'id')).toMatchObject([{ source: '192.0.2.7', count: 2 }])
  expect(tally.admits(failure('192.0.2.7', then - hour))).toBe(true)
})
