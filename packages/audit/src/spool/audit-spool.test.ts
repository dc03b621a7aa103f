import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import type { Taking } from '@gatehouse/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  allOf,
  type Bench,
  completed,
  decidedAs,
  permitted,
  read,
  type Seen,
  signedIn,
  spoolBench,
  standing,
  statement,
} from '../sample-records.js'

let bench: Bench
beforeEach(() => {
  bench = spoolBench()
})
afterEach(() => bench.clear())

const phases = (records: readonly Seen[]) => records.map(({ unmapped }) => unmapped.gatehouse.phase)
const ids = (records: readonly Seen[]) => records.map(({ metadata }) => metadata.uid)

function segmentsIn(dir: string): string[] {
  const chain = readdirSync(dir, { withFileTypes: true }).find((entry) => entry.isDirectory())
  return chain === undefined
    ? []
    : readdirSync(`${dir}/${chain.name}`).map((name) => `${dir}/${chain.name}/${name}`)
}

describe.each(['fsync', 'write'] as const)('with durability %s', (durability) => {
  test('R23 R24 records stand in the order they were taken once their callback comes', async () => {
    const spool = bench.open({ durability })
    expect(spool.signedIn(signedIn)).toBe('taken')
    expect(spool.decided(decidedAs(1), false)).toBe('taken')
    expect(spool.decided(decidedAs(2), false)).toBe('taken')
    let called = false
    spool.afterDecisions(() => {
      called = true
    })
    expect(called).toBe(false)
    expect(await standing(spool)).toBe('written')
    expect(called).toBe(true)
    expect(spool.completed(completed(decidedAs(2)))).toBe('taken')
    expect(await standing(spool, 'outcomes')).toBe('written')
    await standing(spool)
    const all = await allOf(spool)
    expect(ids(all)).toEqual([`${signedIn.id}-i`, 's1-d', 's2-d', 's2-o'])
    expect(all.map(({ metadata }) => metadata.sequence)).toEqual([1, 2, 3, 4])
    expect(spool.stats()).toMatchObject({ open: 1, sequence: 4, unshipped: { records: 4 } })
  })

  test('callbacks come in the order they were asked for, later ones too, and never at once', async () => {
    const spool = bench.open({ durability })
    const order: number[] = []
    for (let at = 0; at < 50; at += 1) {
      spool.decided(decidedAs(at), false)
      spool.afterDecisions(() => order.push(at))
    }
    await standing(spool)
    expect(order).toEqual(Array.from({ length: 50 }, (_, at) => at))
    // Nothing is outstanding now: the callback still comes.
    expect(await standing(spool)).toBe('written')
    expect(await standing(spool, 'outcomes')).toBe('written')
  })

  test('what a written record brings about waits for the loop: nobody alone holds up the others', async () => {
    const spool = bench.open({ durability })
    let at = 0
    const goOn = () => {
      if (at === 1000) return
      at += 1
      const record = decidedAs(at)
      spool.decided(record, false)
      spool.completed(completed(record))
      spool.afterOutcomes(goOn)
    }
    goOn()
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate)
    expect(at).toBeLessThan(10)
    at = 1000
    await standing(spool)
  })

  test('R24 a restart goes on where the chain ended, and writes `unknown` for a decision without outcome', async () => {
    const first = bench.open({ durability })
    first.decided(decidedAs(1), false)
    first.decided(decidedAs(2), false)
    first.completed(completed(decidedAs(1)))
    await standing(first)
    const { chain } = first
    first.close()
    const second = bench.open({ durability })
    expect(second.chain).toBe(chain)
    await standing(second)
    const all = await allOf(second)
    expect(ids(all)).toEqual(['s1-d', 's2-d', 's1-o', 's2-o'])
    expect(all.map(({ metadata }) => metadata.sequence)).toEqual([1, 2, 3, 4])
    const unknown = all.at(-1)
    expect(unknown).toMatchObject({
      class_uid: 6005,
      status_id: 0,
      query_info: { uid: 's2' },
      actor: { user: { name: 'alice' } },
      unmapped: {
        gatehouse: { phase: 'outcome', outcome: { status: 'unknown' }, actions: [{ verb: 'read' }] },
      },
    })
    second.close()
    const third = bench.open({ durability })
    await standing(third)
    expect(await allOf(third)).toHaveLength(4)
  })
})

test('R24 a decision that outlived many segments still gets its `unknown` when the last one alone knows of it', async () => {
  const first = bench.open({ maxBytes: 4 * 1024 * 1024, durability: 'write' })
  first.decided(decidedAs('old'), false)
  for (let at = 0; at < 1500; at += 1) {
    first.decided(decidedAs(at), false)
    first.completed(completed(decidedAs(at)))
    if (at % 20 === 0) await standing(first)
  }
  await standing(first)
  const segments = segmentsIn(bench.dir).sort()
  expect(segments.length).toBeGreaterThan(3)
  first.close()
  const second = bench.open({ maxBytes: 4 * 1024 * 1024 })
  await standing(second)
  const all = await allOf(second)
  expect(all.filter(({ metadata }) => metadata.uid === 'old-o')).toMatchObject([
    { unmapped: { gatehouse: { outcome: { status: 'unknown' } } } },
  ])
  expect(all.map(({ metadata }) => metadata.sequence)).toEqual(all.map((_, at) => at + 1))
})

test('R24 the mark keeps a reserve for COMMIT, outcomes and endings; every taken decision can be completed', async () => {
  const spool = bench.open({ maxBytes: 1_200_000, shipped: true, durability: 'write' })
  let taken = 0
  while (spool.decided(decidedAs(taken), false) === 'taken') {
    taken += 1
    if (taken % 10 === 0) await standing(spool)
  }
  expect(taken).toBeGreaterThan(50)
  expect(spool.stats().bytes).toBeLessThanOrEqual(1_200_000 * 0.95)
  let sessions = 0
  while (spool.signedIn({ ...signedIn, id: `late${sessions}` }) === 'taken') sessions += 1
  expect(sessions).toBeLessThan(50)
  expect(spool.decided(decidedAs('commit'), true)).toBe('taken')
  expect(spool.signedIn({ ...signedIn, id: 'end', kind: 'ended' })).toBe('taken')
  const outcomes = Array.from({ length: taken }, (_, at) => spool.completed(completed(decidedAs(at))))
  expect(new Set<Taking>(outcomes)).toEqual(new Set(['taken']))
  expect(await standing(spool, 'outcomes')).toBe('written')
  expect(spool.stats()).toMatchObject({ open: 1 })
  expect(spool.stats().bytes).toBeLessThanOrEqual(1_200_000)
})

test('R26 a statement whose actions do not fit a record is refused, and that is recorded', async () => {
  const spool = bench.open()
  const fields = Array.from(
    { length: 6000 },
    (_, at) => ({ name: `c${at}`, uses: ['output'], classes: [] }) as const,
  )
  const wide = { ...statement, actions: [{ ...read, fields }] }
  expect(spool.decided(decidedAs('wide', { statement: wide }), false)).toBe('full')
  await standing(spool)
  expect(await allOf(spool)).toMatchObject([
    { unmapped: { gatehouse: { phase: 'decision', decision: { effect: 'forbid', code: 'GH_TOO_LARGE' } } } },
    {
      unmapped: { gatehouse: { phase: 'outcome', outcome: { status: 'refused', refusal: 'GH_TOO_LARGE' } } },
    },
  ])
  expect(spool.completed(completed(decidedAs('wide')))).toBe('full')
})

test('R23 an outcome without decision, a second outcome and a second decision of one id are not taken', async () => {
  const spool = bench.open()
  expect(spool.completed(completed(permitted))).toBe('full')
  expect(spool.decided(permitted, false)).toBe('taken')
  expect(spool.decided(permitted, false)).toBe('full')
  expect(spool.completed(completed(permitted))).toBe('taken')
  expect(spool.completed(completed(permitted))).toBe('full')
  await standing(spool)
  expect(phases(await allOf(spool))).toEqual(['decision', 'outcome'])
})

describe('R26 secrecy of the folder', () => {
  test('what it creates is 0700 and 0600', async () => {
    const spool = bench.open()
    spool.decided(permitted, false)
    await standing(spool)
    expect(statSync(bench.dir).mode & 0o777).toBe(0o700)
    for (const path of [...segmentsIn(bench.dir), `${bench.dir}/lock`, `${bench.dir}/chain.json`]) {
      expect(statSync(path).mode & 0o777, path).toBe(0o600)
    }
  })

  test.each(['folder', 'segment', 'link'])('a %s that others can reach refuses the start', async (what) => {
    const spool = bench.open()
    spool.decided(permitted, false)
    await standing(spool)
    spool.close()
    if (what === 'folder') chmodSync(bench.dir, 0o750)
    if (what === 'segment') chmodSync(segmentsIn(bench.dir)[0] ?? '', 0o640)
    if (what === 'link') symlinkSync('/etc/hostname', `${bench.dir}/cursor.json`)
    expect(() => bench.open()).toThrow(what === 'link' ? /not a plain file/ : /is open to others \(mode 0/)
  })
})

describe('one process, one instance', () => {
  test('a second opener is refused, also another process; a stale lock is not in the way', async () => {
    const spool = bench.open()
    expect(() => bench.open()).toThrow(/is in use by process/)
    spool.close()
    // The parent of this test lives and is somebody else.
    writeFileSync(`${bench.dir}/lock`, JSON.stringify({ pid: process.ppid, token: 'x', began: '' }), {
      mode: 0o600,
    })
    expect(() => bench.open()).toThrow(`in use by process ${process.ppid}`)
    const ended = { pid: process.ppid, token: 'x', began: 'another boot' }
    writeFileSync(`${bench.dir}/lock`, JSON.stringify(ended))
    expect(bench.open().decided(permitted, false)).toBe('taken')
  })

  test('the spool of another instance is refused', () => {
    bench.open().close()
    expect(() => bench.open({ instance: 'gw-2' })).toThrow(/holds the records of instance `gw-1`/)
  })

  test('a chain without its name is refused', () => {
    mkdirSync(bench.dir, { mode: 0o700 })
    mkdirSync(`${bench.dir}/some-chain`, { mode: 0o700 })
    expect(() => bench.open()).toThrow(/is damaged/)
  })

  test('after close everything is refused', async () => {
    const spool = bench.open()
    spool.close()
    expect(spool.decided(permitted, true)).toBe('full')
    expect(await standing(spool)).toBe('failed')
  })
})

test('numbers that are none leave a spool that can be read', async () => {
  const spool = bench.open()
  for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, 1e300, -1.5]) {
    const decided = decidedAs(`odd${odd}`, {
      at: odd,
      exchange: odd,
      statement: { ...statement, bytes: odd },
    })
    expect(spool.decided(decided, false)).toBe('taken')
    expect(spool.completed({ ...completed(decided, { returned: odd }), at: odd })).toBe('taken')
  }
  await standing(spool)
  expect(await allOf(spool)).toHaveLength(8)
  spool.close()
  expect(bench.open().stats().sequence).toBe(8)
})
