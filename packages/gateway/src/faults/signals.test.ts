/** A gateway that is told to stop, or to take a broken policy, while clients ask it things of every kind. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, policy } from '../end-to-end/stage.js'
import { overEach } from './database.js'
import { DATABASES, often } from './databases.js'
import { furnished, type House, openHouse } from './house.js'
import { allowTime, rounds, within } from './rounds.js'
import { startTraffic } from './traffic.js'

allowTime()

overEach(DATABASES, (database) => {
  let house: House

  beforeAll(async () => {
    // Longer than what is waited for, however busy the machine is.
    const configuration = (port: number) => furnished(port).replace('drain: 5s', 'drain: 2m')
    house = await openHouse(database, { configuration })
  })
  afterAll(() => house?.stop())

  test('SIGTERM under load: what runs finishes, newcomers are told, exit 0 within the grace time', async () => {
    await rounds(`SIGTERM under load, ${database.name}`, { short: 1, long: 30 }, async () => {
      const serving = await house.serve()
      const traffic = startTraffic(serving, house.book, 6)
      await within(
        'calls are answered',
        eventually(() => traffic.count >= 20),
      )
      const slow = await house.enter(serving, 'ben')
      const running = house.book.note((name) => slow.ask(`select ${database.sleep(12)} as ${name}`))
      await within(
        'it runs',
        eventually(async () => (await house.upstream.runs('sleep(12)')) === 1),
      )
      process.kill(serving.program.pid, 'SIGTERM')
      await within(
        'the gateway drains',
        eventually(() => serving.program.output().includes('draining')),
      )
      expect(await house.newcomer(serving, 'bot')).toBe(database.codes.draining)
      expect(await running).toBe('done')
      expect(await within('the process ends', serving.program.ended)).toBe(0)
      await traffic.end()
      await house.agree()
    })
  })

  test('SIGHUP with a broken policy under load: nothing changes', async () => {
    const serving = await house.serve()
    await rounds(
      `SIGHUP with a broken policy under load, ${database.name}`,
      { short: often(database, 2), long: 30 },
      async (round) => {
        const traffic = startTraffic(serving, house.book, 4)
        const broken = [
          '  - {name: x, effect: permitt}\n',
          '  - [',
          "  - {name: y, effect: permit, if: 'a +'}\n",
        ]
        house.write('policies/stage.yaml', policy(broken[round % broken.length]))
        const refusals = () => serving.program.output().split('reload refused').length
        const before = refusals()
        process.kill(serving.program.pid, 'SIGHUP')
        await within(
          'the reload is refused',
          eventually(() => refusals() > before),
        )
        const asked = traffic.count
        await within(
          'calls are answered',
          eventually(() => traffic.count >= asked + 30 && traffic.seen.size >= 3),
        )
        await traffic.end()
        // One kind of the mixture is refused by the policy that stands; the others are permitted.
        expect([...traffic.seen].sort()).toEqual(['done', 'failed', 'refused'])
        await house.quiet(serving)
        await house.agree()
      },
    )
    expect(await serving.program.stop()).toBe(0)
  })
})
