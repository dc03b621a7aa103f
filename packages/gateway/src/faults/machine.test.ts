/** What befalls the machine and its files: a clock that is set, a process that stands still, folders that are gone, a server without room. */
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Served } from '../end-to-end/home.js'
import { eventually } from '../end-to-end/stage.js'
import type { Guest } from './database.js'
import { type House, openHouse } from './house.js'
import { loadedFirst, SET_CLOCK } from './injection.js'
import { postgres } from './postgres.js'
import { allowTime, rounds, said, within } from './rounds.js'
import { startTraffic } from './traffic.js'

allowTime()

const HOUR = 3_600_000
const { unreachable, unwritten } = postgres.codes

let house: House
let serving: Served
const clock = () => join(house.folder, 'clock')
const serve = () => house.serve({ env: loadedFirst(house.folder, clock(), SET_CLOCK) })
const asks = (guest: Guest) => house.book.note((name) => guest.ask(`select city as ${name} from customers`))

beforeAll(async () => {
  house = await openHouse(postgres)
  serving = await serve()
})
afterAll(() => house?.stop())

async function busy(clients: number, count = 20) {
  const traffic = startTraffic(serving, house.book, clients)
  await within(
    'calls are answered',
    eventually(() => traffic.count >= count),
  )
  return traffic
}
const goesOn = async (traffic: { readonly count: number }, more = 30) => {
  const before = traffic.count
  await within(
    'calls are answered',
    eventually(() => traffic.count >= before + more),
  )
}

test('a clock that is set back and on by hours under load: nobody is cut or refused for it, every record stands', async () => {
  await rounds('a clock that is set', { short: 1, long: 20 }, async () => {
    const traffic = await busy(4)
    for (const offset of [-HOUR, 5 * HOUR, 0]) {
      writeFileSync(clock(), String(offset))
      await goesOn(traffic)
      expect(await house.newcomer(serving)).toBe('let in')
      await house.turns(serving, 'green')
    }
    await traffic.end()
    expect([...traffic.seen].sort()).toEqual(['done', 'failed', 'refused'])
    await house.quiet(serving)
    await house.agree()
  })
})

test('a gateway that stands still for a while: those inside go on where they were, who came meanwhile is let in', async () => {
  await rounds('SIGSTOP and SIGCONT of the gateway under load', { short: 1, long: 20 }, async () => {
    const traffic = await busy(4)
    process.kill(serving.program.pid, 'SIGSTOP')
    const newcomer = house.newcomer(serving)
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    process.kill(serving.program.pid, 'SIGCONT')
    expect(await newcomer).toBe('let in')
    await goesOn(traffic)
    await traffic.end()
    expect([...traffic.seen].sort()).toEqual(['done', 'failed', 'refused'])
    await house.quiet(serving)
    await house.agree()
  })
})

test('policies that are gone at a SIGHUP change nothing; back again, they are taken', async () => {
  const log = (what: string) => serving.program.output().split(what).length
  const reload = async (outcome: string) => {
    const before = log(outcome)
    process.kill(serving.program.pid, 'SIGHUP')
    await within(
      outcome,
      eventually(() => log(outcome) > before),
    )
  }
  const [policies, away] = [join(house.folder, 'policies'), join(house.folder, 'away')]
  const traffic = await busy(2)
  renameSync(policies, away)
  await reload('reload refused')
  await goesOn(traffic)
  renameSync(away, policies)
  await reload('"reloaded"')
  await goesOn(traffic)
  await traffic.end()
  // What the policy forbids was refused all the while.
  expect([...traffic.seen].sort()).toEqual(['done', 'failed', 'refused'])
  await house.quiet(serving)
  await house.agree()
  said('policies that are gone at a SIGHUP', 1)
})

test('a database that has no more room: newcomers are told, those inside go on, the catalog stays current', async () => {
  await rounds('a database at its connection limit', { short: 1, long: 20 }, async () => {
    const limit = (most: number) => house.upstream.ask(`alter role gatehouse connection limit ${most}`)
    const inside = [await house.enter(serving, 'ann'), await house.enter(serving, 'ben')]
    await limit(1)
    expect([await house.newcomer(serving), await house.newcomer(serving)]).toEqual([unreachable, unreachable])
    for (const guest of inside) expect(await asks(guest)).toBe('done')
    await house.turns(serving, 'green')
    await limit(-1)
    expect(await house.newcomer(serving)).toBe('let in')
    for (const guest of inside) await guest.end()
    await house.quiet(serving)
    await house.agree()
  })
})

// The last: what was in the folder is gone.
test('a spool whose folder is taken away: everybody is refused, why is said, and a new start begins anew', async () => {
  const inside = await house.enter(serving, 'ben')
  expect(await asks(inside)).toBe('done')
  rmSync(join(house.folder, 'var'), { recursive: true })
  await house.turns(serving, 'red')
  expect(await asks(inside)).toBe('unwritten')
  expect(await house.newcomer(serving)).toBe(unwritten)
  expect(serving.program.output()).toContain('is gone')
  await inside.end()
  await within('it ends', serving.program.stop())
  serving = await serve()
  expect(await house.newcomer(serving)).toBe('let in')
  expect(await serving.program.stop()).toBe(0)
  said('a spool whose folder is taken away', 1)
})
