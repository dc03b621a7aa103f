/** The database dies in mid-row, does not answer, does not let anybody in; and comes back. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, type Serving } from '../end-to-end/stage.js'
import { type Cutting, startCutting } from './cutting.js'
import { furnished, type House, openHouse, ownerOf } from './house.js'
import { allowTime, rounds, said, within } from './rounds.js'
import { startTraffic } from './traffic.js'

allowTime()

let house: House
let cutting: Cutting
let serving: Serving

beforeAll(async () => {
  cutting = await startCutting(() => house.stage.postgres.port)
  house = await openHouse({ configuration: () => furnished(cutting.port) })
  serving = await house.stage.serve()
})
afterAll(async () => {
  await house?.stop()
  await cutting?.close()
})

const colour = async () => JSON.parse((await serving.get('/readyz')).text).colour as string
const green = () =>
  within(
    'health turns green',
    eventually(async () => (await colour()) === 'green'),
  )
const served = async () => {
  const client = await within('sign-in', serving.client('ann'))
  const ending = await house.book.note((name) => client.query(`select city as ${name} from customers`))
  await client.end()
  return ending
}
const turnedAway = async () =>
  within(
    'sign-in',
    serving.client('ann').then(
      () => 'let in',
      ({ code }: { code?: string }) => code,
    ),
  )

test('W50 kill -9 of the database in mid-row under load: every reply that was whole stands, and it goes on', async () => {
  await rounds('kill -9 of the database in mid-row', { short: 2, long: 20 }, async (round) => {
    const traffic = startTraffic(serving, house.book, 4)
    const wide = Array.from({ length: 3 }, async () => {
      const client = await within('sign-in', serving.client('ben')).catch(() => undefined)
      if (client === undefined) return
      for (let ending = 'done'; ending !== 'cut'; )
        ending = await house.book.note((name) =>
          client.query(`select repeat('x', 20000) as ${name}, r from generate_series(1, 400) r`),
        )
    })
    await within(
      'calls are answered',
      eventually(() => traffic.count >= 10 + round * 7),
    )
    await house.stage.postgres.kill9()
    await Promise.all([traffic.end(), ...wide])
    await house.quiet(serving)
    await house.agree()
    await house.stage.postgres.restart()
    await green()
    expect(await served()).toBe('done')
    await house.agree()
  })
})

test.each([
  ['resets every connection', 'refuses'],
  ['is in recovery (57P03)', { says: recovering() }],
  ['accepts and says nothing', 'silent'],
] as const)(
  'a database that %s: newcomers hear 08006, those inside are not cut, and all goes on afterwards',
  async (what, mood) => {
    const inside = await serving.client('ben')
    cutting.mood = mood
    const answers = await Promise.all([turnedAway(), turnedAway()])
    expect(answers).toEqual(['08006', '08006'])
    // What the catalog says can't be known to be current for long: then statements are refused (R2).
    const ending = await house.book.note((name) => inside.query(`select city as ${name} from customers`))
    expect(ending).toMatch(/^(done|refused)$/)
    cutting.mood = 'serves'
    await green()
    expect(await served()).toBe('done')
    await inside.end()
    await house.quiet(serving)
    await house.agree()
    said(`a database that ${what}`, 1)
  },
)

test('a password that the database no longer takes: 08006 to newcomers, nothing of it said, no session left', async () => {
  const owner = await ownerOf(house.stage)
  const inside = await serving.client('ben')
  await owner.query("alter role gatehouse password 'another'")
  expect(await turnedAway()).toBe('08006')
  expect(await house.book.note((name) => inside.query(`select city as ${name} from customers`))).toBe('done')
  await owner.query("alter role gatehouse password 'up-stream'")
  await owner.end()
  await green()
  expect(await served()).toBe('done')
  await inside.end()
  expect(serving.program.output()).not.toContain('up-stream')
  await house.quiet(serving)
  await house.agree()
  said('a password that the database no longer takes', 1)
})

/** ErrorResponse as a server sends it while it replays its log. */
function recovering(): Uint8Array {
  const body = Buffer.from('SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0')
  const head = Buffer.from('E\0\0\0\0')
  head.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
