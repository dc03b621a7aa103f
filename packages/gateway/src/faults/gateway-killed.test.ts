/** The gateway dies by force while clients ask it things of every kind. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../end-to-end/stage.js'
import { overEach } from './database.js'
import { DATABASES } from './databases.js'
import { type House, openHouse } from './house.js'
import { allowTime, rounds, within } from './rounds.js'
import { startTraffic } from './traffic.js'

allowTime()

/** Before the first of them often enough to be hit at any moment; before the others little is different. */
const OFTEN = { short: 50, long: 500 }
const LESS = { short: 5, long: 50 }
/** So many starts take as long as a busy machine makes them. */
const TIME = 7_200_000

overEach(DATABASES, (database) => {
  let house: House

  beforeAll(async () => {
    house = await openHouse(database)
  })
  afterAll(() => house?.stop())

  test('R24 kill -9 of the gateway under load: what ran is recorded, what was answered has its outcome', {
    timeout: TIME,
  }, async () => {
    let serving = await house.serve()
    await rounds(
      `kill -9 of the gateway under load, ${database.name}`,
      database === DATABASES[0] ? OFTEN : LESS,
      async (round) => {
        const traffic = startTraffic(serving, house.book, 6)
        // Somewhere else in the mixture each time.
        await within(
          'calls are answered',
          eventually(() => traffic.count >= 8 + ((round * 13) % 40)),
        )
        await serving.program.kill9()
        await traffic.end()
        await house.gone()
        serving = await house.serve()
        const found = await house.agree()
        expect(found.replied).toBeGreaterThan(0)
        expect(found.executed).toBeGreaterThan(0)
      },
    )
    await serving.program.stop()
  })

  test('the checker sees a statement that went past the gateway, and a reply that nobody recorded', async () => {
    await house.upstream.ask('select 1 as n_900001_n')
    await expect(house.agree()).rejects.toThrow(
      'statement 900001 reached the database without a recorded permit',
    )
    house.book.endings.set(900_002, 'done')
    await expect(house.agree()).rejects.toThrow('statement 900002 was answered and has no outcome `done`')
  })
})
