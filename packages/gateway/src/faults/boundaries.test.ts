/** The upstream's connection is lost after each message of a session, one boundary at a time, in both directions. */
import type pg from 'pg'
import { type CopyStreamQuery, type CopyToStreamQuery, from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Serving } from '../end-to-end/stage.js'
import { type Cutting, type Direction, startCutting } from './cutting.js'
import { furnished, type House, openHouse } from './house.js'
import { allowTime, LONG, said, within } from './rounds.js'

allowTime()

let house: House
let cutting: Cutting
let serving: Serving

beforeAll(async () => {
  cutting = await startCutting(() => house.stage.postgres.port)
  house = await openHouse({ configuration: () => furnished(cutting.port) })
  await house.owner.query('create table inbox (n int)')
  await house.owner.query('grant insert, select on inbox to gatehouse')
  serving = await house.stage.serve()
})
afterAll(async () => {
  await house?.stop()
  await cutting?.close()
})

const ended = (client: pg.Client, stream: CopyToStreamQuery | CopyStreamQuery) =>
  new Promise((resolve, reject) => {
    client.once('end', () => reject(new Error('the connection ended')))
    stream.on('error', reject)
    // The streams end before the reply is whole: that is ReadyForQuery.
    client.once('drain', () => resolve(undefined))
  })

function copiedOut(client: pg.Client, name: string): Promise<unknown> {
  const stream = client.query(copyTo(`copy (select id as ${name} from customers) to stdout`))
  stream.resume()
  return ended(client, stream)
}

function copiedIn(client: pg.Client): Promise<unknown> {
  const stream = client.query(copyFrom('copy inbox from stdin'))
  stream.end('1\n2\n')
  return ended(client, stream)
}

/** One of each: simple and extended, refused and failed, a transaction, both ways of COPY. */
const SCRIPT: readonly ((client: pg.Client, name: string) => Promise<unknown>)[] = [
  (client, name) => client.query(`select id, city as ${name} from customers where id < 4`),
  (client, name) => client.query(`select city as ${name} from customers where id = $1`, [3]),
  (client, name) =>
    client.query({ name: 'kept', text: `select email as ${name} from customers where id = $1`, values: [4] }),
  (client, name) => client.query(`begin; savepoint ${name}`),
  (client, name) => client.query(`update customers as ${name} set city = $1 where id = 5`, ['Faro']),
  (client, name) => client.query(`select 1 as ${name}; select 2`),
  (client, name) => client.query(`select 5 as ${name}; commit`),
  (client, name) => client.query(`drop table ${name}`),
  (client, name) => client.query(`select 1 / (id - 1) as ${name} from customers where id = $1`, [1]),
  copiedOut,
  (client, name) => client.query(`select 3 as ${name}`),
  copiedIn,
  (client, name) => client.query(`select 4 as ${name}`),
]

async function play(): Promise<void> {
  const client = await within('sign-in', serving.client('ann')).catch(() => undefined)
  if (client === undefined) return
  client.setMaxListeners(0)
  for (const step of SCRIPT) {
    const ending =
      step === copiedIn
        ? await house.book.attempt(() => copiedIn(client))
        : await house.book.note((name) => step(client, name))
    if (ending === 'cut') break
  }
  await within(
    'goodbye',
    client.end().catch(() => {}),
  )
}

test('the script runs to its end when nothing is cut', async () => {
  await play()
  await house.quiet(serving)
  const found = await house.agree()
  expect([...house.book.endings.values()].filter((ending) => ending === 'cut')).toEqual([])
  expect(found).toMatchObject({ executed: 11, replied: SCRIPT.length - 1 })
})

test.each(['up', 'down'] as const)(
  'W50 cut after each message %s: nothing hangs, nothing is lost',
  async (direction: Direction) => {
    await play()
    const all = cutting.counted[direction]
    expect(all).toBeGreaterThan(20)
    let tried = 0
    for (const torn of LONG ? [0, 1, 5, 7] : [0])
      for (let after = 0; after < all; after += 1) {
        // In the short form every other one is torn, so that both stand for each neighbourhood.
        const bytes = LONG ? torn : (after % 2) * 6
        cutting.cut = { direction, after, how: after % 4 < 2 ? 'reset' : 'end', torn: bytes }
        await play()
        expect(cutting.wasCut).toBe(true)
        tried += 1
        if (after % 8 === 7) {
          await house.quiet(serving)
          await house.agree()
        }
      }
    cutting.cut = undefined
    await play()
    await house.quiet(serving)
    await house.agree()
    said(`the upstream's connection cut after each message ${direction}`, tried)
    expect(serving.program.output()).not.toContain('GH_INVARIANT')
  },
)
