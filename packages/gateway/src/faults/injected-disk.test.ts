/** The disk does not keep its word, or has no room, in the gateway's own process: whoever runs it, no right to mount is needed. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../end-to-end/stage.js'
import { overEach } from './database.js'
import { DATABASES } from './databases.js'
import { furnished, type House, openHouse } from './house.js'
import { FLAGGED_SYNCS, FLAGGED_WRITES, loadedFirst } from './injection.js'
import { allowTime, rounds, within } from './rounds.js'
import { startTraffic } from './traffic.js'

allowTime()

overEach(DATABASES, (database) => {
  let house: House
  const flag = () => join(house.folder, 'fails')

  beforeAll(async () => {
    house = await openHouse(database)
  })
  afterAll(() => house?.stop())

  test.each([
    ['an fsync that fails', 'fsync', FLAGGED_SYNCS],
    ['a write that finds no room', 'write', FLAGGED_WRITES],
    ['a write that finds no room, each waited for', 'fsync', FLAGGED_WRITES],
  ])(
    'R24 %s under load refuses, executes nothing unrecorded, loses none, and heals',
    async (what, durability, fault) => {
      house.configure(
        furnished(house.upstream.port).replace('durability: write', `durability: ${durability}`),
      )
      rmSync(flag(), { force: true })
      const serving = await house.serve({ env: loadedFirst(house.folder, flag(), fault) })
      const asks = (guest: Awaited<ReturnType<House['enter']>>) =>
        house.book.note((name) => guest.ask(`select city as ${name} from customers`))
      const lastHeard = () => String([...house.book.heard.values()].at(-1))
      await rounds(`${what} under load, ${database.name}`, { short: 1, long: 20 }, async () => {
        const inside = await house.enter(serving, 'ben')
        const traffic = startTraffic(serving, house.book, 4)
        await within(
          'calls are answered',
          eventually(() => traffic.count >= 20),
        )
        writeFileSync(flag(), '')
        await house.turns(serving, 'red')
        expect(await asks(inside), lastHeard()).toBe('unwritten')
        expect(await house.newcomer(serving, 'bot')).toBe(database.codes.unwritten)
        rmSync(flag(), { force: true })
        await house.turns(serving, 'green')
        await traffic.end()
        expect(await asks(inside), lastHeard()).toBe('done')
        await inside.end()
        await house.quiet(serving)
        await house.agree()
      })
      expect(await serving.program.stop()).toBe(0)
    },
  )
})
