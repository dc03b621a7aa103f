/** The upstream's connection is lost after each message of a session, one boundary at a time, in both directions. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Served } from '../end-to-end/home.js'
import { eventually } from '../end-to-end/stage.js'
import { type Cutting, type Direction, startCutting } from './cutting.js'
import { type Kind, overEach } from './database.js'
import { DATABASES, often } from './databases.js'
import { furnished, type House, openHouse } from './house.js'
import { allowTime, LONG, said, within } from './rounds.js'

allowTime()

/** Simple and prepared, refused and failed, a transaction; and what else the database has ways for. */
const SCRIPT: readonly Kind[] = [
  (guest, name) => guest.ask(`select id, city as ${name} from customers where id < 4`),
  (guest, name) => guest.ask(`select city as ${name} from customers where id = ?`, [3]),
  (guest, name) => guest.ask(`begin; savepoint ${name}`),
  (guest, name) => guest.ask(`update customers as ${name} set city = ? where id = 5`, ['Faro']),
  (guest, name) => guest.ask(`select 1 as ${name}; select 2`),
  (guest, name) => guest.ask(`select 5 as ${name}; commit`),
  (guest, name) => guest.ask(`drop table ${name}`),
  (guest, name) => guest.ask(`select 3 as ${name}`),
]

overEach(DATABASES, (database) => {
  let house: House
  let cutting: Cutting
  let serving: Served

  beforeAll(async () => {
    cutting = await startCutting(database.boundaries, () => house.upstream.port)
    house = await openHouse(database, { configuration: () => furnished(cutting.port) })
    await house.upstream.give('inbox')
    serving = await house.serve()
  })
  afterAll(async () => {
    await house?.stop()
    await cutting?.close()
  })

  async function play(): Promise<void> {
    const guest = await house.enter(serving, 'ann').catch(() => undefined)
    if (guest === undefined) return
    const steps = [...SCRIPT, ...database.kinds].map(
      (step) => () => house.book.note((name) => step(guest, name)),
    )
    const more = database.unnumbered.map((step) => () => house.book.attempt(() => step(guest)))
    for (const step of [...steps, ...more, ...steps.slice(0, 1)]) if ((await step()) === 'cut') break
    await within(
      'goodbye',
      guest.end().catch(() => {}),
    )
  }

  test('the script runs to its end when nothing is cut', async () => {
    const before = house.book.endings.size
    const known = await house.agree()
    await play()
    await house.quiet(serving)
    const found = await house.agree()
    const endings = [...house.book.endings.values()].slice(before)
    expect(endings).toHaveLength(SCRIPT.length + database.kinds.length + 1)
    expect(endings.filter((ending) => ending === 'cut')).toEqual([])
    expect(endings.filter((ending) => ending === 'refused')).toHaveLength(1)
    expect(endings.filter((ending) => ending === 'failed')).toHaveLength(1)
    expect(found).toMatchObject({
      executed: known.executed + endings.length - 1,
      replied: known.replied + endings.length,
    })
  })

  test.each(['up', 'down'] as const)(
    'W50 cut after each message %s: nothing hangs, nothing is lost',
    async (direction: Direction) => {
      cutting.cut = undefined
      await play()
      await house.quiet(serving)
      const all = cutting.counted[direction]
      expect(all).toBeGreaterThan(20)
      let tried = 0
      // A long result is cut at some of its rows. In the short form every other one is torn, which an odd stride keeps so:
      // both stand for each neighbourhood.
      const [edge, most] = LONG ? [200, 500] : [40, often(database, 100)]
      const stride = Math.ceil(all / most) | 1
      const step = (after: number) =>
        after < edge || after >= all - edge ? 1 : Math.min(stride, all - edge - after)
      for (const torn of LONG ? [0, 1, 5, 7] : [0])
        for (let after = 0; after < all; after += step(after)) {
          const bytes = LONG ? torn : (after % 2) * 6
          cutting.cut = { direction, after, how: after % 4 < 2 ? 'reset' : 'end', torn: bytes }
          await play()
          await within(
            'the connection is cut',
            eventually(() => cutting.wasCut),
          )
          tried += 1
          if (tried % 8 === 7) {
            await house.quiet(serving)
            await house.agree()
          }
        }
      cutting.cut = undefined
      await play()
      await house.quiet(serving)
      await house.agree()
      said(`the upstream's connection cut after each message ${direction}, ${database.name}`, tried)
      expect(serving.program.output()).not.toContain('GH_INVARIANT')
    },
  )
})
