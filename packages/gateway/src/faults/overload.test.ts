/** Messages over every ceiling, and texts that the reader of SQL dies of: refused or held back, never passed unread. */
import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { spoolRecords } from '../end-to-end/spool-records.js'
import { eventually, type Serving } from '../end-to-end/stage.js'
import { furnished, type House, openHouse } from './house.js'
import { allowTime, LONG, said, within } from './rounds.js'
import { endingOf, startTraffic } from './traffic.js'

allowTime()

let house: House
let serving: Serving

beforeAll(async () => {
  house = await openHouse()
  // What a DROP would reach, were it passed.
  await house.owner.query('create table prize (n int)')
  await house.owner.query('alter table prize owner to gatehouse')
})
afterAll(() => house?.stop())

const stands = async () =>
  (await house.owner.query("select to_regclass('prize') is not null as stands")).rows[0].stands as boolean
const refusals = async () =>
  (await spoolRecords(house.stage.folder)).filter(
    ({ unmapped }) => unmapped.gatehouse.outcome?.status === 'refused',
  ).length
const ends = async (client: pg.Client, asked: Promise<unknown>) => {
  const ending = await within(
    'a statement',
    asked.then(() => 'done', endingOf),
  )
  await within(
    'goodbye',
    client.end().catch(() => {}),
  )
  return ending
}

const NINE = 9_000_000
const tail = '; drop table prize'
/** In a literal, in a comment, as blanks, as statements: the DROP stands in the last bytes. */
const ALL = [
  () => `select '${'x'.repeat(NINE)}'${tail}`,
  () => `select 1 /*${'x'.repeat(NINE)}*/${tail}`,
  () => `select 1${' '.repeat(NINE)}${tail}`,
  () => `${'select 1;'.repeat(NINE / 9)}${tail}`,
]

const TEXTS = LONG ? ALL : ALL.slice(1, 3)

test.each([
  ['under the defaults', 'connections: 3000', 'refused'],
  ['over `limits.statement`', 'connections: 3000, statement: 8MiB', 'refused'],
  ['over `limits.message`', 'connections: 3000, statement: 1MiB, message: 8MiB', 'over'],
] as const)(
  'R30 9 MB whose tail is a DROP, %s: refused, recorded, and the others are served',
  async (what, limits, expected) => {
    house.stage.write(
      'gatehouse.yaml',
      furnished(house.stage.postgres.port).replace('connections: 3000', limits),
    )
    serving = await house.stage.serve()
    const before = await refusals()
    const traffic = startTraffic(serving, house.book, 2)
    let refused = 0
    for (const text of TEXTS) {
      for (const values of [undefined, []]) {
        const client = await within('sign-in', serving.client('ben'))
        const config = values === undefined ? text() : { text: text(), values, name: 'kept' }
        const ending = await ends(client, client.query(config as pg.QueryConfig))
        expect(ending).not.toBe('done')
        if (ending === 'refused') refused += 1
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
    said(`9 MB whose tail is a DROP, ${what}`, TEXTS.length * 2)
  },
)

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

test('R30 texts that kill or exhaust the worker that reads them: refused one by one, the others are served', async () => {
  house.stage.write('gatehouse.yaml', furnished(house.stage.postgres.port))
  serving = await house.stage.serve()
  const traffic = startTraffic(serving, house.book, 2)
  for (const [name, text] of MONSTERS) {
    const client = await within('sign-in', serving.client('ben'))
    expect([name, await ends(client, client.query(text()))]).toEqual([name, 'refused'])
  }
  const asked = traffic.count
  await within(
    'calls are answered',
    eventually(() => traffic.count >= asked + 10),
  )
  await traffic.end()
  expect([...traffic.seen].sort()).toEqual(['done', 'failed', 'refused'])
  expect(await stands()).toBe(true)
  await house.quiet(serving)
  await house.agree()
  expect(await serving.program.stop()).toBe(0)
  said('texts that kill or exhaust the worker that reads them', MONSTERS.length)
})
