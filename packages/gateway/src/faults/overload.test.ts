/** Messages over every ceiling, and texts that the reader of SQL dies of: refused or held back, never passed unread. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Served } from '../end-to-end/home.js'
import { spoolRecords } from '../end-to-end/spool-records.js'
import { eventually } from '../end-to-end/stage.js'
import { type Guest, overEach } from './database.js'
import { DATABASES } from './databases.js'
import { furnished, type House, openHouse } from './house.js'
import { allowTime, LONG, said, within } from './rounds.js'
import { startTraffic } from './traffic.js'

allowTime()

const NINE = 9_000_000
const tail = '; drop table prize'
/** More than the longest packet of MySQL holds. */
const SEVENTEEN = 17_000_000
/** In a literal, in a comment, as blanks, as statements: the DROP stands in the last bytes. */
const ALL = [
  () => `select '${'x'.repeat(NINE)}'${tail}`,
  () => `select 1 /*${'x'.repeat(NINE)}*/${tail}`,
  () => `select 1${' '.repeat(NINE)}${tail}`,
  () => `select 1 /*${'x'.repeat(SEVENTEEN)}*/${tail}`,
  () => `${'select 1;'.repeat(NINE / 9)}${tail}`,
]

const TEXTS = LONG ? ALL : ALL.slice(1, 4)

const many = (text: string, count: number) => text.repeat(count)
/** Each is small on the wire and large in a parser. */
const MONSTERS: readonly (readonly [string, () => string])[] = [
  ['NOT NOT', () => `select ${many('not ', 200_000)}true${tail}`],
  ['arrays in arrays', () => `select ${many('array[', 50_000)}1${many(']', 50_000)}${tail}`],
  ['a sum', () => `select 1${many('+1', 400_000)}${tail}`],
  ['parentheses', () => `select ${many('(', 50_000)}1${many(')', 50_000)}${tail}`],
  ['a chain of UNION', () => `select 1${many(' union all select 1', 30_000)}${tail}`],
  [
    'WITH that doubles',
    () =>
      `with a0 as (select * from customers)${Array.from({ length: 60 }, (_, at) => `, a${at + 1} as (select x.*, y.* from a${at} x, a${at} y)`).join('')} select * from a60${tail}`,
  ],
]

overEach(DATABASES, (database) => {
  let house: House
  let serving: Served

  beforeAll(async () => {
    house = await openHouse(database)
    // What a DROP would reach, were it passed.
    await house.upstream.give('prize')
  })
  afterAll(() => house?.stop())

  const stands = () =>
    house.upstream.ask('select count(*) as n from prize').then(
      () => true,
      () => false,
    )
  const refusals = async () =>
    (await spoolRecords(house.folder)).filter(
      ({ unmapped }) => unmapped.gatehouse.outcome?.status === 'refused',
    ).length
  const ends = async (guest: Guest, asked: Promise<unknown>) => {
    const ending = await within(
      'a statement',
      asked.then(() => 'done', database.endingOf),
    )
    await within(
      'goodbye',
      guest.end().catch(() => {}),
    )
    return ending
  }

  test.each([
    ['under the defaults', 'connections: 3000', 'refused'],
    ['over `limits.statement`', 'connections: 3000, statement: 8MiB', 'refused'],
    ['over `limits.message`', 'connections: 3000, statement: 1MiB, message: 8MiB', 'over'],
  ] as const)(
    'R30 9 and 17 MB whose tail is a DROP, %s: refused, recorded, and the others are served',
    async (what, limits, expected) => {
      house.configure(furnished(house.upstream.port).replace('connections: 3000', limits))
      serving = await house.serve()
      const before = await refusals()
      const traffic = startTraffic(serving, house.book, 2)
      let refused = 0
      for (const text of TEXTS) {
        for (const values of [undefined, []]) {
          const guest = await house.enter(serving, 'ben')
          const ending = await ends(guest, guest.ask(text(), values))
          expect(ending).not.toBe('done')
          // What is over `limits.message` ends the session, and is no statement.
          if (ending === 'refused' && expected === 'refused') refused += 1
        }
      }
      if (expected === 'refused') expect(refused).toBe(TEXTS.length * 2)
      const asked = traffic.count
      await within(
        'calls are answered',
        eventually(() => traffic.count >= asked + 10),
      )
      await traffic.end()
      expect(await stands()).toBe(true)
      await house.quiet(serving)
      await house.agree()
      // Beside those of the traffic.
      const own = [...house.book.endings.values()].filter((ending) => ending === 'refused').length
      expect((await refusals()) - before).toBeGreaterThanOrEqual(refused)
      expect(own).toBeGreaterThan(0)
      expect(await serving.program.stop()).toBe(0)
      said(`9 and 17 MB whose tail is a DROP, ${what}, ${database.name}`, TEXTS.length * 2)
    },
  )

  test('R30 texts that kill or exhaust the worker that reads them: refused one by one, the others are served', async () => {
    house.configure()
    serving = await house.serve()
    const traffic = startTraffic(serving, house.book, 2)
    for (const [name, text] of MONSTERS) {
      const guest = await house.enter(serving, 'ben')
      expect([name, await ends(guest, guest.ask(text()))]).toEqual([name, 'refused'])
    }
    const asked = traffic.count
    await within(
      'calls are answered',
      eventually(() => traffic.count >= asked + 10 && traffic.seen.size >= 3),
    )
    await traffic.end()
    expect([...traffic.seen].sort()).toEqual(['done', 'failed', 'refused'])
    expect(await stands()).toBe(true)
    await house.quiet(serving)
    await house.agree()
    expect(await serving.program.stop()).toBe(0)
    said(`texts that kill or exhaust the worker that reads them, ${database.name}`, MONSTERS.length)
  })
})
