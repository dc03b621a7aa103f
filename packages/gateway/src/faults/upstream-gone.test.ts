/** Nothing listens where the database was; then it starts again, and has its log to replay before it lets anybody in. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Served } from '../end-to-end/home.js'
import { eventually } from '../end-to-end/stage.js'
import { overEach } from './database.js'
import { DATABASES } from './databases.js'
import { type House, openHouse } from './house.js'
import { allowTime, rounds, within } from './rounds.js'

allowTime()

overEach(DATABASES, (database) => {
  let house: House
  let serving: Served

  beforeAll(async () => {
    house = await openHouse(database)
    await house.upstream.give('ballast')
    serving = await house.serve()
  })
  afterAll(() => house?.stop())

  const { unreachable } = database.codes

  /** What recovery has to do over. */
  async function load(): Promise<void> {
    for (let batch = 0; batch < 20; batch += 1)
      await house.upstream.ask(
        'insert into ballast select one.id from customers as one, customers as other, customers as third',
      )
  }

  test('a closed port, and a recovery: who knocks meanwhile is told or let in, and nobody waits for ever', async () => {
    await rounds(
      `a closed port, and a restart by recovery, ${database.name}`,
      { short: 1, long: 20 },
      async () => {
        await load()
        const inside = await house.enter(serving, 'ben')
        const running = house.book.note((name) =>
          inside.ask(`select ${database.sleep(30)}, city as ${name} from customers where id = 1`),
        )
        await within(
          'it runs',
          eventually(async () => (await house.upstream.runs('sleep(30)')) === 1),
        )
        await house.upstream.kill9()
        expect(await running).toBe('cut')
        expect([await house.newcomer(serving), await house.newcomer(serving)]).toEqual([
          unreachable,
          unreachable,
        ])
        const heard = new Set<string | undefined>()
        const knocking = Array.from({ length: 4 }, async () => {
          while (!heard.has('let in')) {
            heard.add(await house.newcomer(serving))
            await new Promise((resolve) => setTimeout(resolve, 20))
          }
        })
        await house.upstream.restart()
        await house.upstream.reconnect()
        await within('somebody is let in', Promise.all(knocking))
        expect([...heard].filter((each) => each !== 'let in' && each !== unreachable)).toEqual([])
        await house.turns(serving, 'green')
        const guest = await house.enter(serving, 'ann')
        expect(await house.book.note((name) => guest.ask(`select city as ${name} from customers`))).toBe(
          'done',
        )
        await guest.end()
        await house.quiet(serving)
        await house.agree()
      },
    )
  })
})
