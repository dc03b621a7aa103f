/** Several workers before a real MongoDB server: cursors and sessions go on over whatever connection they are asked for. */
import { describePart, type FerretdbServer, startFerretdb } from '@gatehouse/workbench'
import { type Document, Long, MongoClient } from 'mongodb'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { enterMongodb, type MongodbGuest, RefusedByMongodb } from '../faults/mongodb-guest.js'
import { allThere, crewConfig, reload, workerPids } from './crew-stage.js'
import { createHome, ENV, type Home, type Served } from './home.js'
import { allSpoolRecords } from './spool-records.js'
import { eventually, metric } from './stage.js'

const COUNT = 3
const PEOPLE = 100

const POLICY = (extra = '') => `apiVersion: gatehouse/v1
kind: Policy
metadata: {name: crew}
rules:
  - {name: personal, effect: mask, users: [ann], classes: [pii, email], with: redact, probing: allow}
  - {name: few, effect: limit, agents: [bot], rows: 25}
${extra}`

describePart('ferretdb', 'workers before MongoDB', () => {
  let upstream: FerretdbServer
  let direct: MongoClient
  let home: Home
  let serving: Served
  const guests: MongodbGuest[] = []

  beforeAll(async () => {
    upstream = await startFerretdb()
    direct = new MongoClient(upstream.url)
    await direct
      .db('shop')
      .collection<Document & { _id: number }>('people')
      .insertMany(
        Array.from({ length: PEOPLE }, (_, at) => ({ _id: at, city: 'Porto', email: `u${at}@example.org` })),
      )
    home = createHome()
    home.write('policies/crew.yaml', POLICY())
    home.write(
      'gatehouse.yaml',
      crewConfig(upstream.port, COUNT, (text) =>
        text
          .replace('protocol: postgres', 'protocol: mongodb')
          .replace('user: gatehouse', `user: ${upstream.user}`)
          // What one worker learns of the catalog the others must hear from it.
          .replace('databases: [shop]', 'databases: [shop], privileged: accept, catalog: {refresh: 1h}'),
      ),
    )
    serving = await home.serve({ env: { UPSTREAM: upstream.password } })
  })
  afterAll(async () => {
    await home?.stop()
    await direct?.close()
    await upstream?.stop()
  })
  afterEach(async () => {
    for (const guest of guests.splice(0)) await guest.end()
  })

  /** From 0; a connection's id tells it. */
  const workerOf = async (guest: MongodbGuest) =>
    ((await guest.say({ hello: 1, $db: 'admin' })).connectionId - 1) % COUNT

  /** One connection at each worker, by their numbers. */
  async function everywhere(user: string): Promise<readonly MongodbGuest[]> {
    const found = new Map<number, MongodbGuest>()
    while (found.size < COUNT) {
      const guest = await enterMongodb(serving.port, user)
      guests.push(guest)
      const worker = await workerOf(guest)
      if (!found.has(worker)) found.set(worker, guest)
    }
    return [...found].sort(([one], [other]) => one - other).map(([, guest]) => guest)
  }
  const at = (crew: readonly MongodbGuest[], index: number) => crew[index % COUNT] as MongodbGuest
  const open = async (guest: MongodbGuest, more: Document = {}) =>
    (await guest.say({ find: 'people', sort: { _id: 1 }, batchSize: 7, ...more, $db: 'shop' })).cursor
  const getMore = (guest: MongodbGuest, id: unknown, batchSize = 7) =>
    guest.say({ getMore: id, collection: 'people', batchSize, $db: 'shop' }).then(({ cursor }) => cursor)
  const refusal = (asked: Promise<unknown>) =>
    asked.then(
      () => 'done',
      (fault) => (fault instanceof RefusedByMongodb ? fault.reply.code : String(fault)),
    )
  const CURSOR_NOT_FOUND = 43

  test('82 a cursor goes on at every worker in turn: each document once, masked as ever; nobody else’s does', async () => {
    const [anns, bens] = [await everywhere('ann'), await everywhere('ben')]
    for (let first = 0; first < COUNT; first += 1) {
      let cursor = await open(at(anns, first))
      const { id } = cursor
      const found: Document[] = [...cursor.firstBatch]
      for (let turn = first + 1; String(cursor.id) !== '0'; turn += 1) {
        expect(await refusal(getMore(at(bens, turn), id))).toBe(CURSOR_NOT_FOUND)
        cursor = await getMore(at(anns, turn), id)
        found.push(...cursor.nextBatch)
      }
      expect(found.map(({ _id }) => _id)).toEqual(Array.from({ length: PEOPLE }, (_, index) => index))
      for (const { city, email } of found) {
        expect(city).toBe('Porto')
        expect(email).not.toContain('@example.org')
      }
      for (const guest of anns) expect(await refusal(getMore(guest, id))).toBe(CURSOR_NOT_FOUND)
    }
  })

  test('R21 a limit on rows counts what all workers gave', async () => {
    const bots = await everywhere('bot')
    for (let first = 0; first < COUNT; first += 1) {
      const { id, firstBatch } = await open(at(bots, first))
      const found: Document[] = [...firstBatch]
      let told: unknown
      for (let turn = first + 1; told === undefined; turn += 1)
        told = await getMore(at(bots, turn), id).then(
          ({ nextBatch }) => void found.push(...nextBatch),
          (fault) => fault.reply.code,
        )
      expect(told).toBe(13)
      expect(found.map(({ _id }) => _id)).toEqual(Array.from({ length: 25 }, (_, index) => index))
    }
  })

  test('one is killed wherever it is asked for, and by its own person alone', async () => {
    const [anns, bens] = [await everywhere('ann'), await everywhere('ben')]
    const kill = (guest: MongodbGuest, id: unknown) =>
      guest.say({ killCursors: 'people', cursors: [id, Long.fromNumber(5)], $db: 'shop' })
    for (const moves of [0, 1, 2]) {
      const { id } = await open(at(anns, 0))
      for (let turn = 1; turn <= moves; turn += 1) await getMore(at(anns, turn), id)
      for (const guest of bens) expect((await kill(guest, id)).cursorsKilled).toEqual([])
      expect(await kill(at(anns, 1), id)).toMatchObject({
        cursorsKilled: [id],
        cursorsNotFound: [{ low: 5 }],
      })
      await eventually(async () => {
        const codes = await Promise.all(anns.map((guest) => refusal(getMore(guest, id))))
        return codes.every((code) => code === CURSOR_NOT_FOUND)
      })
    }
  })

  test('83 a right that is taken between two batches is taken at every worker', async () => {
    const crew = await everywhere('ben')
    const cursors = await Promise.all(crew.map((guest) => open(guest)))
    const moved = await open(at(crew, 0))
    await getMore(at(crew, 1), moved.id)
    home.write(
      'policies/crew.yaml',
      POLICY('  - {name: gone, effect: forbid, users: [ben], resources: ["shop.people"]}'),
    )
    await reload(serving, 'reloaded')
    for (const [index, { id }] of cursors.entries())
      expect(await refusal(getMore(at(crew, index + 1), id))).toBe(13)
    expect(await refusal(getMore(at(crew, 2), moved.id))).toBe(13)
    home.write('policies/crew.yaml', POLICY())
    await reload(serving, 'reloaded')
    for (const [index, { id }] of cursors.entries())
      expect((await getMore(at(crew, index + 2), id)).nextBatch).toHaveLength(7)
    expect((await getMore(at(crew, 0), moved.id)).nextBatch[0]).toMatchObject({ _id: 14 })
  })

  test('a driver with a pool reads whole collections, many at once, in sessions of its own', async () => {
    const client = new MongoClient(`mongodb://ann:${ENV.PASSWORD}@127.0.0.1:${serving.port}/?maxPoolSize=9`)
    const people = client.db('shop').collection('people')
    try {
      const all = await Promise.all(
        Array.from({ length: 24 }, (_, turn) => people.find({}, { batchSize: 3 + (turn % 5) }).toArray()),
      )
      for (const found of all) {
        expect(new Set(found.map(({ _id }) => _id)).size).toBe(PEOPLE)
        expect(JSON.stringify(found)).not.toContain('@example.org')
      }
      // Ended early: the driver kills what is left of them.
      for (let turn = 0; turn < 6; turn += 1)
        for await (const _ of people.find({}, { batchSize: 2 })) if (turn >= 0) break
      await client.withSession(async (session) => {
        const more = people.find({}, { batchSize: 10, session })
        expect(await more.toArray()).toHaveLength(PEOPLE)
      })
    } finally {
      await client.close()
    }
  })

  test('a view made at one worker is known for what it is at all, without waiting for the next look', async () => {
    const [bens, anns] = [await everywhere('ben'), await everywhere('ann')]
    for (const [index, guest] of bens.entries()) {
      const create = `shown${index}`
      const pipeline = [{ $project: { body: '$email' } }]
      await guest.say({ create, viewOn: 'people', pipeline, $db: 'shop' })
      for (const each of anns)
        await eventually(async () => {
          const { cursor } = await each.say({ find: create, limit: 3, $db: 'shop' })
          return cursor.firstBatch.every(({ body }: Document) => !String(body).includes('@example.org'))
        })
    }
  })

  test('R24 a worker that is killed takes with it what it opened and what went on there, and no other cursor', async () => {
    const crew = await everywhere('ann')
    const cursors: { readonly id: unknown; readonly by: readonly number[] }[] = []
    for (const [home, guest] of crew.entries())
      for (const holder of crew.keys()) {
        const { id } = await open(guest)
        if (holder !== home) await getMore(at(crew, holder), id)
        cursors.push({ id, by: [home, holder] })
      }
    const died = Promise.race(
      crew.map(
        ({ socket }, worker) => new Promise<number>((resolve) => socket.once('close', () => resolve(worker))),
      ),
    )
    process.kill(workerPids(serving)[1] as number, 'SIGKILL')
    const victim = await died
    const others = [0, 1, 2].filter((worker) => worker !== victim)
    for (const [index, { id, by }] of cursors.entries()) {
      const asked = refusal(getMore(at(crew, others[index % 2] as number), id))
      // Whoever asks where it went on is served there: nobody else's death is felt.
      const stays = by[1] !== victim && (by[0] !== victim || others[index % 2] === by[1])
      expect(await asked, `${by}, without ${victim}`).toBe(stays ? 'done' : CURSOR_NOT_FOUND)
    }
    await allThere(serving)
    const again = await everywhere('ann')
    for (const { id, by } of cursors)
      if (by.includes(victim)) expect(await refusal(getMore(at(again, victim), id))).toBe(CURSOR_NOT_FOUND)
      else expect(await refusal(getMore(at(again, victim), id))).toBe('done')
  })

  test('R23 every batch and every refusal has its records, wherever it was; the figures are one answer', async () => {
    for (const guest of guests.splice(0)) await guest.end()
    await eventually(async () => metric((await serving.get('/metrics')).text, 'gatehouse_connections') === 0)
    const read = async () => [...(await allSpoolRecords(home.folder)).values()].flat()
    // What the dead worker had begun its successor ends.
    await eventually(async () => {
      const phases = new Map<string, number>()
      for (const { query_info } of await read())
        if (query_info !== undefined) phases.set(query_info.uid, (phases.get(query_info.uid) ?? 0) + 1)
      return phases.size > 100 && [...phases.values()].every((count) => count === 2)
    })
    expect((await read()).some(({ json }) => json.includes('not found'))).toBe(true)
  })
})
