import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Bench, completed, decidedAs, permitted, spoolBench, standing } from '../sample-records.js'
import { readSpool, type TailedRecord } from './read-spool.js'
import { printable, recordLine } from './record-line.js'

let bench: Bench
beforeEach(() => {
  bench = spoolBench()
})
afterEach(() => bench.clear())

async function all(records: AsyncIterable<TailedRecord>): Promise<number[]> {
  const sequences: number[] = []
  for await (const { sequence } of records) sequences.push(sequence)
  return sequences
}

test('reads while another process writes, over segments, from any number', async () => {
  const spool = bench.open({ maxBytes: 2 * 1024 * 1024, durability: 'write' })
  for (let at = 0; at < 100; at += 1) {
    spool.decided(decidedAs(at), false)
    spool.completed(completed(decidedAs(at)))
    await standing(spool)
  }
  expect(await all(readSpool(bench.dir))).toEqual(Array.from({ length: 200 }, (_, at) => at + 1))
  expect(await all(readSpool(bench.dir, { from: 150 }))).toEqual(
    Array.from({ length: 51 }, (_, at) => at + 150),
  )
  const stop = new AbortController()
  const following = readSpool(bench.dir, { follow: true, from: 'end', signal: stop.signal })
  const next = following.next()
  // Where the end is it finds out in its own time: what is written after that is the first that it gives.
  let fresh = 0
  const writing = setInterval(() => spool.decided(decidedAs(`new-${fresh++}`), false), 50)
  const { value } = await next
  clearInterval(writing)
  expect(value).toMatchObject({ record: { metadata: { uid: expect.stringMatching(/^new-\d+-d$/) } } })
  let ended = following.next()
  stop.abort()
  while (!(await ended).done) ended = following.next()
})

test('an unfinished frame at the end ends the reading; a damaged one is said', async () => {
  const spool = bench.open({ durability: 'write' })
  spool.decided(decidedAs(1), false)
  spool.decided(decidedAs(2), false)
  await standing(spool)
  const chain = spool.chain.slice(spool.chain.indexOf('/') + 1)
  const [name = ''] = readdirSync(`${bench.dir}/${chain}`)
  const path = `${bench.dir}/${chain}/${name}`
  const whole = readFileSync(path)
  writeFileSync(path, whole.subarray(0, whole.length - 7))
  expect(await all(readSpool(bench.dir))).toEqual([1])
  const flipped = Buffer.from(whole)
  flipped[whole.length - 20] = (flipped[whole.length - 20] ?? 0) ^ 1
  writeFileSync(path, flipped)
  await expect(all(readSpool(bench.dir))).rejects.toThrow(/is damaged at offset \d+/)
})

test('R27 a line for a person has nothing in it that steers a terminal', async () => {
  const evil = 'a\u001b[2J\u202eb\u2066\n\r\u0085\u2028\u{e0001}c'
  const spool = bench.open()
  const statement = { ...permitted.statement, text: `select ${evil}`, command: evil }
  const session = { ...permitted.session, identity: { ...permitted.session.identity, name: evil } }
  spool.decided({ ...permitted, statement, session }, false)
  await standing(spool)
  for await (const { record, json } of readSpool(bench.dir)) {
    const line = recordLine(record)
    expect(line).toMatch(/decision {2}a\\u001b\[2J\\u202eb/)
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    expect(json).toMatch(/^[\x20-\x7e]+$/)
  }
  expect(printable('café 漢字 🦊')).toBe('café 漢字 🦊')
})

test('a line says when, who, what and how it ended, also for what is no record of ours', () => {
  expect(recordLine(null)).toBe('- #')
  const line = recordLine({
    time: 1_795_219_200_123,
    message: 'alice: SELECT shop.public.customers: permitted, done',
    metadata: { sequence: 8 },
    status_code: '00000',
    unmapped: { gatehouse: { phase: 'outcome', outcome: { status: 'done', returned: 3, affected: 0 } } },
  })
  expect(line).toBe(
    '2026-11-21T00:00:00.123Z #8 outcome   alice: SELECT shop.public.customers: permitted, done (3 returned, 0 affected, 00000)',
  )
})
