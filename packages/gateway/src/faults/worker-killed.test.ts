/** One of several workers dies by force while clients ask it and the others things of every kind. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allThere, crewConfig, isAlive, workerPids } from '../end-to-end/crew-stage.js'
import type { Served } from '../end-to-end/home.js'
import { eventually } from '../end-to-end/stage.js'
import { overEach } from './database.js'
import { DATABASES, often } from './databases.js'
import { type House, openHouse } from './house.js'
import { allowTime, rounds, within } from './rounds.js'
import { startTraffic } from './traffic.js'

allowTime()

overEach(DATABASES, (database) => {
  let house: House
  let serving: Served

  const roomy = (text: string) =>
    text.replace(
      'connections: 200, perUser: 200, greeting: 30s',
      'connections: 3000, perUser: 3000, greeting: 60s',
    )

  beforeAll(async () => {
    house = await openHouse(database, { configuration: (port) => crewConfig(port, 3, roomy) })
    serving = await house.serve()
  })
  afterAll(() => house?.stop())

  test('R24 kill -9 of a worker under load: what ran is recorded, a successor takes its place', async () => {
    await rounds(
      `kill -9 of a worker under load, ${database.name}`,
      { short: often(database, 4), long: 50 },
      async (round) => {
        const traffic = startTraffic(serving, house.book, 6)
        // Somewhere else in the mixture, another of them, each time.
        await within(
          'calls are answered',
          eventually(() => traffic.count >= 20 + ((round * 13) % 60)),
        )
        const pids = workerPids(serving)
        expect(pids).toHaveLength(3)
        const victim = pids[round % 3] as number
        process.kill(victim, 'SIGKILL')
        // Those who come meanwhile are served by the others, or by the successor.
        const newcomers = startTraffic(serving, house.book, 3)
        const before = newcomers.count
        await within(
          'newcomers are answered',
          eventually(() => newcomers.count >= before + 20),
        )
        await within('a successor is there', allThere(serving))
        expect(workerPids(serving)).not.toContain(victim)
        await Promise.all([traffic.end(), newcomers.end()])
        await house.quiet(serving)
        await house.gone()
        const found = await house.agree()
        expect(found.replied).toBeGreaterThan(0)
      },
    )
    expect(await serving.program.stop()).toBe(0)
    await house.agree()
  })

  // Which database stands behind makes no difference to it.
  if (database === DATABASES[0])
    test('a worker that stands still holds up its own clients and one newcomer at the most, and goes on where it was', async () => {
      await serving.program.kill9()
      serving = await house.serve()
      await rounds('SIGSTOP and SIGCONT of a worker under load', { short: 1, long: 20 }, async (round) => {
        const traffic = startTraffic(serving, house.book, 6)
        await within(
          'calls are answered',
          eventually(() => traffic.count >= 20),
        )
        const still = workerPids(serving)[round % 3] as number
        const heard: (string | undefined)[] = []
        process.kill(still, 'SIGSTOP')
        const newcomers = Array.from(
          { length: 5 },
          async () => void heard.push(await house.newcomer(serving)),
        )
        await within(
          'all but one are let in',
          eventually(() => heard.length >= 4),
        )
        await house.turns(serving, 'yellow')
        process.kill(still, 'SIGCONT')
        await Promise.all(newcomers)
        expect(new Set(heard)).toEqual(new Set(['let in']))
        await within('all are there', allThere(serving))
        await traffic.end()
        expect(traffic.seen.has('cut')).toBe(false)
        await house.quiet(serving)
        await house.agree()
      })
    })

  test('kill -9 of the primary under load: its workers end by themselves, every record is whole', async () => {
    await rounds(
      `kill -9 of the primary under load, ${database.name}`,
      { short: often(database, 2), long: 30 },
      async (round) => {
        await serving.program.kill9()
        serving = await house.serve()
        const traffic = startTraffic(serving, house.book, 6)
        await within(
          'calls are answered',
          eventually(() => traffic.count >= 20 + ((round * 17) % 60)),
        )
        const pids = workerPids(serving)
        process.kill(serving.program.pid, 'SIGKILL')
        await within('the primary ends', serving.program.ended)
        await traffic.end()
        await within(
          'its workers end',
          eventually(() => !pids.some(isAlive)),
        )
        await house.gone()
        await house.agree()
      },
    )
  })
})
