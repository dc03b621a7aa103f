/** What records repeat is stored once, and comes back whole, wherever reading begins and whatever the disk did. */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { allOf, type Bench, completed, decidedAs, spoolBench, standing } from '../sample-records.js'
import { bodySize, FRAME_HEAD, putFrame, readFrame } from './frame.js'
import { createDefinitions, createPieces, textOf } from './piece.js'
import type { AuditSpool } from './spool-options.js'

let bench: Bench
beforeEach(() => {
  bench = spoolBench()
})
afterEach(() => bench.clear())

function segmentBytes(spool: AuditSpool): number {
  const folder = `${spool.dir}/${spool.chain.slice(spool.chain.indexOf('/') + 1)}`
  const names = readdirSync(folder).filter((name) => name.endsWith('.seg'))
  return names.reduce((sum, name) => sum + readFileSync(`${folder}/${name}`).length, 0)
}

async function write(spool: AuditSpool, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += 1) {
    spool.decided(decidedAs(at), false)
    spool.completed(completed(decidedAs(at)))
    if (at % 7 === 0) await standing(spool)
  }
  await standing(spool)
}

test('records take a fraction of their size on the disk, and each is read back whole', async () => {
  const spool = bench.open({ durability: 'write' })
  await write(spool, 0, 200)
  const all = await allOf(spool)
  expect(all).toHaveLength(400)
  const whole = all.reduce((sum, record) => sum + JSON.stringify(record).length, 0)
  expect(segmentBytes(spool)).toBeLessThan(whole / 2)
})

test('a reader that begins in the middle of a segment knows what was defined before', async () => {
  const spool = bench.open({ durability: 'write' })
  await write(spool, 0, 50)
  const { cursor } = await spool.reader().next(30, 1e9)
  const rest = await spool.reader(cursor).next(1000, 1e9)
  expect(rest.records).toHaveLength(70)
  for (const { json } of rest.records) expect(() => JSON.parse(json.toString())).not.toThrow()
})

test('a new segment defines anew what its first records refer to', async () => {
  const spool = bench.open({ durability: 'write', maxBytes: 2 * 1024 * 1024 })
  await write(spool, 0, 400)
  expect(await allOf(spool)).toHaveLength(800)
  spool.close()
  const again = bench.open({ durability: 'write', maxBytes: 2 * 1024 * 1024 })
  await write(again, 400, 410)
  expect((await allOf(again)).length).toBeGreaterThanOrEqual(820)
})

test('a reference that leads nowhere is no record', () => {
  const definitions = createDefinitions()
  expect(definitions.take(Buffer.from([0x50, 0, 0, 0, 7, 0x61, 0x62]))).toBe(true)
  expect(definitions.expand(Buffer.from([0x31, 2, 0, 0, 0, 7, 0x32]))?.toString()).toBe('1ab2')
  expect(definitions.expand(Buffer.from([0x31, 2, 0, 0, 0, 8]))).toBeUndefined()
  expect(definitions.expand(Buffer.from([0x31, 2, 0, 0]))).toBeUndefined()
  expect(definitions.expand(Buffer.from('plain'))?.toString()).toBe('plain')
})

test('a body is written as its parts read, to the byte', () => {
  const piece = createPieces()
  const ascii = fc.string({ unit: 'binary-ascii', maxLength: 200 })
  const number = fc.oneof(
    fc.maxSafeInteger(),
    fc.integer(),
    fc.nat(),
    fc.constantFrom(0, 1e7, 1e15 - 1, 1e15),
  )
  const part = fc.oneof(ascii, number, ascii.map(piece))
  fc.assert(
    fc.property(fc.array(part, { minLength: 1 }), (parts) => {
      // The same text again is written from where it stands.
      const body = ['R ', ...parts, ...parts, ...parts.slice(-1), ...parts.slice(-1)]
      const expected = body.map(textOf).join('')
      expect(bodySize(body)).toBe(expected.length)
      const into = Buffer.alloc(FRAME_HEAD + expected.length)
      expect(putFrame(into, 0, body)).toBe(into.length)
      const read = readFrame(into, 0)
      expect(read.kind === 'frame' && read.body.toString('latin1')).toBe(expected)
    }),
  )
})

test('what is said once is not defined, what is said again is', async () => {
  const spool = bench.open({ durability: 'write' })
  spool.decided(decidedAs(0), false)
  await standing(spool)
  const once = segmentBytes(spool)
  spool.decided(decidedAs(1), false)
  await standing(spool)
  const twice = segmentBytes(spool)
  spool.decided(decidedAs(2), false)
  await standing(spool)
  // The second record defines what it refers to; from the third on a record is little but its own.
  expect(twice - once).toBeGreaterThan(once / 2)
  expect(segmentBytes(spool) - twice).toBeLessThan(once / 3)
  expect(await allOf(spool)).toHaveLength(3)
})
