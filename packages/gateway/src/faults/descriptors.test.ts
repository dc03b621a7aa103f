/** No file may be opened any more: a process at its limit of descriptors (EMFILE), alone and as one of several workers. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allThere, crewConfig, workerPids } from '../end-to-end/crew-stage.js'
import type { Guest } from './database.js'
import { type House, openHouse } from './house.js'
import { postgres } from './postgres.js'
import { allowTime, rounds, within } from './rounds.js'

allowTime()

/** The process opens no more than `spare` files beyond those it has, until what is returned is called. */
function starve(pid: number, spare: number): () => void {
  const before = /Max open files\s+(\d+)/.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1] ?? ''
  const limit = (most: number | string) => {
    const { status } = spawnSync('prlimit', ['--pid', String(pid), `--nofile=${most}:`])
    if (status !== 0) throw new Error(`prlimit ended with ${status}`)
  }
  // A descriptor's number is what is limited: the lowest that is free comes next.
  const numbers = new Set(readdirSync(`/proc/${pid}/fd`).map(Number))
  let most = 0
  for (let left = spare; left > 0 || numbers.has(most); most += 1) if (!numbers.has(most)) left -= 1
  limit(most)
  return () => limit(before)
}

const able = process.platform === 'linux' && spawnSync('prlimit', ['--version']).status === 0
if (!able)
  console.log('SKIPPED prlimit: not found — apt-get install util-linux (a process without descriptors)')

describe.runIf(able)('descriptors', () => {
  /** What a process leaves free as others go decides which. */
  const ANSWERS = ['let in', postgres.codes.unreachable, undefined, 'ECONNRESET']
  let house: House
  beforeAll(async () => {
    house = await openHouse(postgres)
  })
  afterAll(() => house?.stop())

  const asks = (guest: Guest) => house.book.note((name) => guest.ask(`select city as ${name} from customers`))

  test('those inside go on, newcomers are told or cut, and all are let in again', async () => {
    const serving = await house.serve()
    await rounds('a gateway that may open no more files', { short: 1, long: 20 }, async () => {
      const inside = await house.enter(serving, 'ben')
      // None; one for the client, none for the database; a little more.
      for (const spare of [0, 1, 2, 5]) {
        const feed = starve(serving.program.pid, spare)
        const heard = await Promise.all(Array.from({ length: 6 }, () => house.newcomer(serving)))
        for (const each of heard) expect(ANSWERS).toContain(each)
        expect(await asks(inside)).toBe('done')
        feed()
        await house.turns(serving, 'green')
        expect(await house.newcomer(serving)).toBe('let in')
      }
      await inside.end()
      await house.quiet(serving)
      await house.agree()
    })
    expect(await serving.program.stop()).toBe(0)
  })

  test('a worker that may open none is passed over: nobody waits for it for ever, and it takes clients again', async () => {
    house.configure(crewConfig(house.upstream.port, 2))
    const serving = await house.serve()
    await rounds('a worker that may open no more files', { short: 1, long: 20 }, async () => {
      const [one = 0, two = 0] = workerPids(serving)
      for (const [starved, other] of [
        [one, two],
        [two, one],
      ] as const) {
        const inside = [await house.enter(serving, 'ann'), await house.enter(serving, 'ann')]
        const feed = starve(starved, 0)
        for (let count = 0; count < 3; count += 1) expect(ANSWERS).toContain(await house.newcomer(serving))
        const starves = starve(other, 0)
        // With nobody left its connection ends, as at one process without descriptors.
        expect(ANSWERS).toContain(await house.newcomer(serving))
        for (const guest of inside) expect(await asks(guest)).toBe('done')
        starves()
        feed()
        await within('all are there', allThere(serving))
        expect(await house.newcomer(serving)).toBe('let in')
        for (const guest of inside) await guest.end()
        await house.quiet(serving)
        await house.agree()
      }
    })
    expect(await serving.program.stop()).toBe(0)
  })
})
