/** MongoDB: one of two workers dies by force while cursors go on now at the one, now at the other. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allThere, crewConfig, workerPids } from '../end-to-end/crew-stage.js'
import type { Served } from '../end-to-end/home.js'
import { eventually } from '../end-to-end/stage.js'
import { overEach } from './database.js'
import { type House, openHouse } from './house.js'
import { mongodb } from './mongodb.js'
import { enterMongodb, type MongodbGuest, RefusedByMongodb } from './mongodb-guest.js'
import { allowTime, rounds, within } from './rounds.js'
import { startTraffic } from './traffic.js'

allowTime()

const WORKERS = 2
const CURSOR_NOT_FOUND = 43
/** What `customers` holds, by `_id`. */
const EVERYBODY = Array.from({ length: 20 }, (_, at) => at + 1)

const furnished = (port: number) =>
  crewConfig(port, WORKERS, (text) =>
    text
      .replace(
        'connections: 200, perUser: 200, greeting: 30s',
        'connections: 3000, perUser: 3000, greeting: 60s',
      )
      .replace('tls: disable', 'tls: disable, privileged: accept'),
  )

interface Batch {
  readonly id: unknown
  readonly firstBatch?: readonly { readonly _id: number }[]
  readonly nextBatch?: readonly { readonly _id: number }[]
}

overEach([mongodb], (database) => {
  let house: House
  let serving: Served

  beforeAll(async () => {
    house = await openHouse(database, { configuration: furnished })
    serving = await house.serve()
  })
  afterAll(() => house?.stop())

  const idsOf = ({ firstBatch, nextBatch }: Batch) => (firstBatch ?? nextBatch ?? []).map(({ _id }) => _id)

  /** One person with a connection at each worker, who asks for every batch by the other one. */
  async function startMoving() {
    const crew: MongodbGuest[] = []
    const at = (turn: number) => crew[turn % WORKERS] as MongodbGuest
    const workerOf = async (guest: MongodbGuest) =>
      ((await guest.say({ hello: 1, $db: 'admin' })).connectionId - 1) % WORKERS
    while (crew.filter((each) => each !== undefined).length < WORKERS) {
      const guest = await enterMongodb(serving.port, 'ann')
      const worker = await workerOf(guest)
      if (crew[worker] === undefined) crew[worker] = guest
      else await guest.end()
    }
    let going = true
    const counts = { whole: 0, lost: 0 }

    /** False once a connection is gone. */
    const read = async (first: number): Promise<boolean> => {
      let cursor: Batch | undefined
      const ending = await house.book.note(async (name) => {
        const find = { find: 'customers', filter: { [name]: { $exists: false } }, sort: { _id: 1 } }
        cursor = (await at(first).say({ ...find, projection: { _id: 1 }, batchSize: 3, $db: 'shop' })).cursor
      })
      if (ending === 'cut' || cursor === undefined) return false
      const { id } = cursor
      const found = idsOf(cursor)
      for (let turn = first + 1; String(cursor.id) !== '0'; turn += 1) {
        try {
          const more = { getMore: id, collection: 'customers', batchSize: 3, $db: 'shop' }
          cursor = (await within('a batch', at(turn).say(more))).cursor as Batch
        } catch (fault) {
          if (!(fault instanceof RefusedByMongodb)) return false
          // It was the dead worker's, or had gone on there.
          expect(fault.reply.code).toBe(CURSOR_NOT_FOUND)
          counts.lost += 1
          return true
        }
        found.push(...idsOf(cursor))
      }
      // Invariant: a cursor that moved gives each document once, in order, whoever died beside it.
      expect(found).toEqual(EVERYBODY)
      counts.whole += 1
      return true
    }
    const run = async () => {
      for (let turn = 0; going && (await read(turn)); turn += 1);
      for (const guest of crew)
        await within(
          'goodbye',
          guest.end().catch(() => {}),
        )
    }
    const running = run()
    // Told when it is ended.
    running.catch(() => {})
    return {
      counts,
      async end() {
        going = false
        await running
      },
    }
  }

  test('R24 kill -9 of one of two workers while cursors move: each batch is recorded, none is doubled or missed', async () => {
    const counts = { whole: 0, lost: 0 }
    await rounds(
      `kill -9 of a worker while cursors move, ${database.name}`,
      { short: 1, long: 50 },
      async (round) => {
        const traffic = startTraffic(serving, house.book, 2)
        const movers = await Promise.all(Array.from({ length: 3 }, startMoving))
        await within(
          'cursors move',
          eventually(() => movers.every(({ counts: { whole } }) => whole >= 1 + (round % 3))),
        )
        const victim = workerPids(serving)[round % WORKERS] as number
        process.kill(victim, 'SIGKILL')
        const newcomers = startTraffic(serving, house.book, 2)
        await within(
          'newcomers are answered',
          eventually(() => newcomers.count >= 10),
        )
        await within('a successor is there', allThere(serving))
        expect(workerPids(serving)).not.toContain(victim)
        await Promise.all([traffic.end(), newcomers.end(), ...movers.map((each) => each.end())])
        for (const mover of movers) {
          counts.whole += mover.counts.whole
          counts.lost += mover.counts.lost
        }
        await house.quiet(serving)
        await house.gone()
        const found = await house.agree()
        expect(found.replied).toBeGreaterThan(0)
      },
    )
    console.log(`cursors that moved: ${counts.whole} whole, ${counts.lost} lost with their worker`)
    expect(await serving.program.stop()).toBe(0)
    await house.agree()
  })
})
