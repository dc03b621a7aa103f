import { spawn } from 'node:child_process'
import { once } from 'node:events'
import * as nodeFs from 'node:fs'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  allOf,
  type Bench,
  completed,
  decidedAs,
  permitted,
  type Seen,
  signedIn,
  spoolBench,
  standing,
} from '../sample-records.js'
import type { SpoolFiles } from './spool-files.js'

let bench: Bench
beforeEach(() => {
  bench = spoolBench()
})
afterEach(() => bench.clear())

const ids = (records: readonly Seen[]) => records.map(({ metadata }) => metadata.uid)
const numbers = (records: readonly Seen[]) => records.map(({ metadata }) => metadata.sequence)

function segmentsIn(dir: string): string[] {
  const chain = nodeFs.readdirSync(dir, { withFileTypes: true }).find((entry) => entry.isDirectory())?.name
  return nodeFs
    .readdirSync(`${dir}/${chain}`)
    .filter((name) => name.endsWith('.seg'))
    .sort()
    .map((name) => `${dir}/${chain}/${name}`)
}

/** A disk that fails while told to: after `room` more bytes of writes, or at the next sync. */
function failingDisk() {
  const disk = { room: Number.POSITIVE_INFINITY, sync: false, synced: new Set<number>(), again: 0 }
  const full = () => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  const files: SpoolFiles = {
    ...nodeFs,
    writeSync: ((fd: number, bytes: Uint8Array, from: number, length: number) => {
      if (disk.room <= 0) throw full()
      const count = nodeFs.writeSync(fd, bytes, from, Math.min(length, disk.room))
      disk.room -= count
      return count
    }) as typeof nodeFs.writeSync,
    fdatasync: ((fd: number, then: (error: Error | null) => void) => {
      if (!disk.sync) return nodeFs.fdatasync(fd, then)
      if (disk.synced.has(fd)) disk.again += 1
      disk.synced.add(fd)
      setImmediate(then, Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' }))
    }) as typeof nodeFs.fdatasync,
    fdatasyncSync: ((fd: number) => {
      if (disk.sync) throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })
      nodeFs.fdatasyncSync(fd)
    }) as typeof nodeFs.fdatasyncSync,
  }
  return { disk, files }
}

describe.each(['fsync', 'write'] as const)('with durability %s', (durability) => {
  test('R24 a disk that fills in mid-record refuses statements, then heals with nothing lost or doubled', async () => {
    const { disk, files } = failingDisk()
    const spool = bench.open({ files, durability })
    spool.decided(decidedAs('running'), false)
    expect(await standing(spool)).toBe('written')
    disk.room = 100
    spool.decided(decidedAs('torn'), false)
    expect(await standing(spool)).toBe('failed')
    expect(spool.decided(decidedAs('refused'), true)).toBe('full')
    expect(await standing(spool, 'outcomes')).toBe('failed')
    // What ends meanwhile is written once it can be.
    expect(spool.completed(completed(decidedAs('running')))).toBe('full')
    expect(spool.completed(completed(decidedAs('torn'), { status: 'refused' }))).toBe('full')
    expect(spool.signedIn({ ...signedIn, kind: 'ended' })).toBe('full')
    expect(spool.stats().failure).toMatch(/ENOSPC/)
    disk.room = Number.POSITIVE_INFINITY
    await vi.waitFor(() => expect(spool.stats().failure).toBeUndefined(), { timeout: 5000 })
    expect(spool.decided(decidedAs('after'), false)).toBe('taken')
    expect(await standing(spool)).toBe('written')
    const all = await allOf(spool)
    expect(ids(all).filter((id) => !id.endsWith('-n'))).toEqual([
      'running-d',
      'torn-d',
      'running-o',
      'torn-o',
      `${signedIn.id}-e`,
      'after-d',
    ])
    expect(numbers(all)).toEqual(all.map((_, at) => at + 1))
    expect(all.find(({ class_uid }) => class_uid === 0)).toMatchObject({
      severity_id: 5,
      unmapped: { gatehouse: { spool: { event: 'failed' } } },
    })
    spool.close()
    const again = bench.open({ durability })
    await standing(again)
    expect(ids(await allOf(again)).at(-1)).toBe('after-o')
  })

  test.each(['openSync', 'writeSync', 'fdatasyncSync', 'renameSync', 'fsyncSync'] as const)(
    'R24 %s fails just where a segment follows another: nothing is lost or doubled, and a new start reads it all',
    async (step) => {
      let armed = false
      let failed = 0
      const next = new Set<number>()
      const fail = (applies: boolean) => {
        if (!armed || !applies) return
        failed += 1
        throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
      }
      const files: SpoolFiles = {
        ...nodeFs,
        openSync: ((path: string, ...more: [string, number?]) => {
          const isNext = path.endsWith('.seg.new')
          fail(step === 'openSync' && isNext)
          const fd = nodeFs.openSync(path, ...more)
          if (isNext) next.add(fd)
          return fd
        }) as typeof nodeFs.openSync,
        writeSync: ((fd: number, bytes: Uint8Array, from: number, length: number) => {
          fail(step === 'writeSync' && next.has(fd))
          return nodeFs.writeSync(fd, bytes, from, length)
        }) as typeof nodeFs.writeSync,
        fdatasyncSync: (fd: number) => {
          fail(step === 'fdatasyncSync' && next.has(fd))
          nodeFs.fdatasyncSync(fd)
        },
        renameSync: ((from: string, to: string) => {
          fail(step === 'renameSync' && from.endsWith('.seg.new'))
          nodeFs.renameSync(from, to)
        }) as typeof nodeFs.renameSync,
        fsyncSync: (fd: number) => {
          fail(step === 'fsyncSync')
          nodeFs.fsyncSync(fd)
        },
        closeSync: (fd: number) => {
          next.delete(fd)
          nodeFs.closeSync(fd)
        },
      }
      const spool = bench.open({ files, durability, maxBytes: 1 << 20 })
      const taken: string[] = []
      const write = async (id: string) => {
        const record = decidedAs(id)
        if (spool.decided(record, false) !== 'taken') return
        taken.push(`${id}-d`)
        await standing(spool)
        spool.completed(completed(record))
        await standing(spool, 'outcomes')
      }
      await write('first')
      armed = true
      for (let count = 0; failed === 0; count += 1) await write(`before-${count}`)
      expect(spool.stats().failure).toMatch(/ENOSPC/)
      armed = false
      await vi.waitFor(() => expect(spool.stats().failure).toBeUndefined(), { timeout: 30_000 })
      for (let count = 0; count < 20; count += 1) await write(`after-${count}`)
      const all = await allOf(spool)
      expect(numbers(all)).toEqual(all.map((_, at) => at + 1))
      expect(ids(all).filter((id) => id.endsWith('-d'))).toEqual(taken)
      expect(new Set(ids(all)).size).toBe(all.length)
      spool.close()
      const again = bench.open({ durability, maxBytes: 1 << 20 })
      await standing(again)
      expect(ids(await allOf(again)).slice(0, all.length)).toEqual(ids(all))
    },
  )

  test('a disk that stays full over a restart is recovered from too', async () => {
    const { disk, files } = failingDisk()
    const spool = bench.open({ files, durability })
    spool.decided(decidedAs('good'), false)
    await standing(spool)
    disk.room = 500
    spool.decided(decidedAs('torn'), false)
    expect(await standing(spool)).toBe('failed')
    spool.close()
    const again = bench.open({ durability })
    await standing(again)
    expect(ids(await allOf(again)).filter((id) => !id.endsWith('-n'))).toEqual(['good-d', 'good-o'])
  })
})

test('R24 after a failed fsync nothing is acknowledged, the same descriptor is not tried again, and no record is lost', async () => {
  const { disk, files } = failingDisk()
  const spool = bench.open({ files })
  spool.decided(decidedAs(1), false)
  await standing(spool)
  disk.sync = true
  spool.decided(decidedAs(2), false)
  expect(await standing(spool)).toBe('failed')
  expect(spool.decided(decidedAs(3), false)).toBe('full')
  // A reader sees only what is sure.
  expect(ids(await allOf(spool))).toEqual(['s1-d'])
  disk.sync = false
  await vi.waitFor(() => expect(spool.stats().failure).toBeUndefined(), { timeout: 5000 })
  expect(disk.again).toBe(0)
  spool.decided(decidedAs(4), false)
  await standing(spool)
  const all = await allOf(spool)
  expect(ids(all).filter((id) => !id.endsWith('-n'))).toEqual(['s1-d', 's2-d', 's4-d'])
  expect(numbers(all)).toEqual(all.map((_, at) => at + 1))
})

async function three(): Promise<void> {
  for (const name of ['a', 'b', 'c']) {
    const spool = bench.open({ durability: 'write' })
    spool.decided(decidedAs(name), false)
    spool.completed(completed(decidedAs(name)))
    await standing(spool)
    spool.close()
  }
}

describe('what an earlier process left', () => {
  test('a torn tail is cut at each possible byte, put aside and recorded', async () => {
    await three()
    const last = segmentsIn(bench.dir).at(-1) ?? ''
    const whole = nodeFs.readFileSync(last)
    for (const missing of [1, 8, 100, 1500, 3000, 4300, whole.length - 4, whole.length]) {
      nodeFs.writeFileSync(last, whole.subarray(0, whole.length - missing), { mode: 0o600 })
      const spool = bench.open({ durability: 'write' })
      await standing(spool)
      const all = await allOf(spool)
      expect(numbers(all)).toEqual(all.map((_, at) => at + 1))
      expect(ids(all).slice(0, 4)).toEqual(['a-d', 'a-o', 'b-d', 'b-o'])
      const decisions = ids(all).filter((id) => id.endsWith('-d'))
      for (const id of decisions) expect(ids(all)).toContain(id.replace(/-d$/, '-o'))
      spool.close()
      for (const path of segmentsIn(bench.dir).slice(2)) nodeFs.rmSync(path)
    }
  })

  test('zeros and noise after the last record are cut and said', async () => {
    await three()
    const last = segmentsIn(bench.dir).at(-1) ?? ''
    nodeFs.appendFileSync(last, Buffer.alloc(5000))
    const notes: string[] = []
    const spool = bench.open({ onNote: ({ kind }) => notes.push(kind) })
    expect(notes).toEqual(['truncated'])
    await standing(spool)
    const noted = (await allOf(spool)).at(-1)
    expect(noted).toMatchObject({
      severity_id: 4,
      unmapped: { gatehouse: { spool: { event: 'truncated', bytes: 5000 } } },
    })
  })

  test('a full disk at the start still lets the torn tail be cut', async () => {
    await three()
    nodeFs.appendFileSync(segmentsIn(bench.dir).at(-1) ?? '', Buffer.alloc(70_000, 1))
    const { disk, files } = failingDisk()
    disk.room = 2000
    const spool = bench.open({ files, durability: 'write' })
    expect(ids(await allOf(spool))).toEqual(['a-d', 'a-o', 'b-d', 'b-o', 'c-d', 'c-o'])
    disk.room = Number.POSITIVE_INFINITY
    await vi.waitFor(() => expect(spool.stats().failure).toBeUndefined(), { timeout: 5000 })
    await standing(spool)
    const all = await allOf(spool)
    expect(numbers(all)).toEqual(all.map((_, at) => at + 1))
    expect(all[6]).toMatchObject({
      unmapped: { gatehouse: { spool: { event: 'truncated', bytes: 70_000 } } },
    })
  })

  test.each([
    ['a flipped bit', (bytes: Buffer) => bytes.fill((bytes[900] ?? 0) ^ 4, 900, 901), /is damaged/],
    ['a cut', (bytes: Buffer) => bytes.subarray(0, bytes.length - 3), /is damaged/],
    ['nothing at all', () => Buffer.alloc(0), /is damaged/],
  ])('a segment in the middle with %s refuses the start and is named', async (_, damage, message) => {
    await three()
    const middle = segmentsIn(bench.dir)[1] ?? ''
    nodeFs.writeFileSync(middle, damage(nodeFs.readFileSync(middle)))
    expect(() => bench.open()).toThrow(message)
    expect(() => bench.open()).toThrow(middle)
  })

  test('a segment that was taken out, or replaced, refuses the start', async () => {
    await three()
    const [first = '', middle = '', last = ''] = segmentsIn(bench.dir)
    nodeFs.renameSync(middle, `${bench.dir}/aside`)
    expect(() => bench.open()).toThrow(`\`${last}\` is damaged: it does not follow`)
    nodeFs.renameSync(`${bench.dir}/aside`, middle)
    nodeFs.writeFileSync(middle, nodeFs.readFileSync(first))
    expect(() => bench.open()).toThrow(/is damaged/)
  })
})

const CHILD = `
const [dist, samples, dir, durability] = process.argv.slice(1)
const { createAuditSpool } = await import(dist)
const { decidedAs, completed } = await import(samples)
let n = 0
const spool = createAuditSpool({ dir, instance: 'gw-1', durability, maxBytes: 64 << 20, retain: 1e9, shipped: false,
  version: '1', now: Date.now, newId: () => 'n' + process.pid + '-' + n++ })
let id = 0
const told = []
const client = () => {
  const decided = decidedAs(process.pid + '-' + id++)
  spool.decided(decided, false)
  spool.afterDecisions(() => {
    process.stdout.write('d ' + decided.id + '\\n')
    setTimeout(() => {
      spool.completed(completed(decided))
      spool.afterOutcomes(() => { process.stdout.write('o ' + decided.id + '\\n'); client() })
    }, Math.random() * 20)
  })
}
for (let at = 0; at < 50; at += 1) client()
`

test.each(['fsync', 'write'])(
  'R24 killed -9 under load (%s): what was acknowledged stands, every decision has one outcome',
  async (durability) => {
    const dist = new URL('../../dist/index.js', import.meta.url).href
    const samples = new URL('../../dist/sample-records.js', import.meta.url).href
    const acknowledged: string[] = []
    for (let round = 0; round < 3; round += 1) {
      const args = ['--input-type=module', '-e', CHILD, dist, samples, bench.dir, durability]
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      let printed = ''
      child.stdout.on('data', (chunk: Buffer) => {
        printed += String(chunk)
        if (printed.length > 20_000) child.kill('SIGKILL')
      })
      await once(child, 'close')
      acknowledged.push(...printed.split('\n').slice(0, -1))
    }
    const spool = bench.open({ durability: 'fsync' })
    expect(await standing(spool)).toBe('written')
    const all = await allOf(spool)
    expect(numbers(all)).toEqual(all.map((_, at) => at + 1))
    const there = new Set(ids(all))
    expect(there.size).toBe(all.length)
    for (const line of acknowledged) {
      const [kind, id] = line.split(' ')
      expect(there.has(`${id}-${kind}`), line).toBe(true)
    }
    for (const id of there) if (id.endsWith('-d')) expect(there.has(id.replace(/-d$/, '-o')), id).toBe(true)
    const unknown = all.filter(({ unmapped }) => unmapped.gatehouse.outcome?.status === 'unknown')
    expect(unknown.length).toBeGreaterThan(0)
    expect(spool.decided(permitted, false)).toBe('taken')
  },
  240_000,
)
