/** The database dies in mid-row, does not answer, does not let anybody in; and comes back. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ENV, type Served } from '../end-to-end/home.js'
import { eventually } from '../end-to-end/stage.js'
import { type Cutting, startCutting } from './cutting.js'
import { type Guest, overEach } from './database.js'
import { DATABASES, often } from './databases.js'
import { furnished, type House, openHouse } from './house.js'
import { allowTime, rounds, said, within } from './rounds.js'
import { startTraffic } from './traffic.js'

allowTime()

overEach(DATABASES, (database) => {
  let house: House
  let cutting: Cutting
  let serving: Served

  beforeAll(async () => {
    cutting = await startCutting(database.boundaries, () => house.upstream.port)
    house = await openHouse(database, { configuration: () => furnished(cutting.port) })
    serving = await house.serve()
  })
  afterAll(async () => {
    await house?.stop()
    await cutting?.close()
  })

  const green = () => house.turns(serving, 'green')
  const asks = (guest: Guest) => house.book.note((name) => guest.ask(`select city as ${name} from customers`))
  const served = async () => {
    const guest = await house.enter(serving, 'ann')
    const ending = await asks(guest)
    await guest.end()
    return ending
  }

  test('W50 kill -9 of the database in mid-row under load: every reply that was whole stands, and it goes on', async () => {
    await rounds(
      `kill -9 of the database in mid-row, ${database.name}`,
      { short: often(database, 2), long: 20 },
      async (round) => {
        const traffic = startTraffic(serving, house.book, 4)
        const wide = Array.from({ length: 3 }, async () => {
          const guest = await house.enter(serving, 'ben').catch(() => undefined)
          if (guest === undefined) return
          for (let ending = 'done'; ending !== 'cut'; )
            ending = await house.book.note((name) =>
              guest.ask(
                `select repeat('x', 20000) as ${name}, one.id from customers as one, customers as other`,
              ),
            )
        })
        await within(
          'calls are answered',
          eventually(() => traffic.count >= 10 + round * 7),
        )
        await house.upstream.kill9()
        await Promise.all([traffic.end(), ...wide])
        await house.quiet(serving)
        await house.agree()
        await house.upstream.restart()
        await house.upstream.reconnect()
        await green()
        expect(await served()).toBe('done')
        await house.agree()
      },
    )
  })

  test.each([
    ['resets every connection', 'refuses'],
    ['is not ready', { says: database.notReady }],
    ['accepts and says nothing', 'silent'],
  ] as const)(
    'a database that %s: newcomers are told, those inside are not cut, and all goes on afterwards',
    async (what, mood) => {
      const inside = await house.enter(serving, 'ben')
      cutting.mood = mood
      const answers = await Promise.all([house.newcomer(serving), house.newcomer(serving)])
      expect(answers).toEqual([database.codes.unreachable, database.codes.unreachable])
      // What the catalog says can't be known to be current for long: then statements are refused (R2).
      expect(await asks(inside)).toMatch(/^(done|refused)$/)
      cutting.mood = 'serves'
      await green()
      expect(await served()).toBe('done')
      await inside.end()
      await house.quiet(serving)
      await house.agree()
      said(`a database that ${what}, ${database.name}`, 1)
    },
  )

  test('a password that the database no longer takes: newcomers are told, nothing of it said, no session left', async () => {
    const inside = await house.enter(serving, 'ben')
    await house.upstream.setPassword('another')
    expect(await house.newcomer(serving)).toBe(database.codes.unreachable)
    expect(await asks(inside)).toBe('done')
    await house.upstream.setPassword(ENV.UPSTREAM)
    await green()
    expect(await served()).toBe('done')
    await inside.end()
    expect(serving.program.output()).not.toContain(ENV.UPSTREAM)
    await house.quiet(serving)
    await house.agree()
    said(`a password that the database no longer takes, ${database.name}`, 1)
  })
})
