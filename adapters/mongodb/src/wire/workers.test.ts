/** Two processes of one gateway before one scripted upstream: what FerretDB has not, transactions, and the ends of cursors. */
import { randomBytes } from 'node:crypto'
import type { OpenAdapter, Siblings } from '@gatehouse/adapter-kit'
import { type Document, Long, UUID } from 'bson'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Fixture, outcomes, startFixture } from './fixture.js'
import { connectRaw, message, type RawClient, signIn } from './raw-client.js'

const crew: (OpenAdapter | undefined)[] = []
/** Copies there and back, as between processes. */
const siblings = (number: number): Siblings => ({
  number,
  of: 2,
  async ask(to, question) {
    const asked = crew[to - 1]
    if (asked?.answer === undefined) throw new Error('gone')
    return structuredClone(await asked.answer(number, structuredClone(question)))
  },
})

let first: Fixture
let second: Fixture
const clients: RawClient[] = []
beforeAll(async () => {
  const secret = randomBytes(32)
  first = await startFixture({ siblings: siblings(1), secret })
  second = await startFixture({ siblings: siblings(2), secret }, first.upstream)
  crew.push(first.adapter, second.adapter)
  first.upstream.data.set(
    'shop.people',
    Array.from({ length: 60 }, (_, index) => ({ index })),
  )
})
afterAll(async () => {
  await second.close()
  await first.close()
})
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
  first.upstream.answer = undefined
})

async function signedIn(fixture: Fixture, user = 'adam'): Promise<RawClient> {
  const client = await connectRaw({ port: fixture.stage.port })
  clients.push(client)
  await signIn(client, user)
  return client
}
const both = async (user?: string) =>
  [await signedIn(first, user), await signedIn(second, user)] as readonly [RawClient, RawClient]
const received = (name: string): readonly Document[] =>
  first.upstream.received.map(({ document }) => document).filter((each) => Object.keys(each)[0] === name)
const more = (id: unknown) => ({ getMore: id, collection: 'people', batchSize: 5, $db: 'shop' })
const open = async (client: RawClient) =>
  (await client.ask({ find: 'people', batchSize: 5, $db: 'shop' })).cursor.id

/** From the first, in the middle of a batch. */
async function leave(client: RawClient): Promise<void> {
  const cuts = () => outcomes(first.stage).filter((each) => each === 'getMore cut').length
  const before = cuts()
  client.close()
  while (cuts() === before) await new Promise((resolve) => setTimeout(resolve, 5))
}

test('59 a session is the same upstream through either', async () => {
  const lsid = { id: new UUID() }
  for (const client of await both()) await client.ask({ find: 'items', lsid, $db: 'shop' })
  const ids = received('find').flatMap(({ lsid: sent }) => (sent === undefined ? [] : [String(sent.id)]))
  expect(ids).toHaveLength(2)
  expect(new Set(ids).size).toBe(1)
  expect(ids[0]).not.toBe(String(lsid.id))
})

test.each([true, false])(
  '63 a transaction in which one process refused something is over at the other, begun upstream: %s',
  async (begun) => {
    const [one, other] = await both('gil')
    const transaction = { lsid: { id: new UUID() }, txnNumber: Long.fromNumber(3), autocommit: false }
    if (begun)
      await other.ask({
        insert: 'items',
        documents: [{ a: 1 }],
        ...transaction,
        startTransaction: true,
        $db: 'shop',
      })
    const starts = begun ? {} : { startTransaction: true }
    expect(await one.ask({ find: 'vault', ...transaction, ...starts, $db: 'shop' })).toMatchObject({
      code: 13,
    })
    const reached = first.upstream.received.length
    for (const [name, $db] of [
      ['insert', 'shop'],
      ['commitTransaction', 'admin'],
    ] as const) {
      const told = await other.ask({
        [name]: name === 'insert' ? 'items' : 1,
        ...(name === 'insert' ? { documents: [{ a: 1 }] } : {}),
        ...transaction,
        $db,
      })
      expect(told).toMatchObject({ ok: 0, code: 251, codeName: 'NoSuchTransaction' })
      expect(told).not.toHaveProperty('errorLabels')
    }
    expect(first.upstream.received.length).toBe(reached)
  },
)

test('a batch that is on its way keeps its cursor where it is; whoever asks elsewhere hears that it is in use', async () => {
  const [one, other] = await both()
  const id = await open(one)
  let hanging: Document | undefined
  first.upstream.answer = (document) => {
    if (document.getMore === undefined || hanging !== undefined) return undefined
    hanging = document
    return 'hang'
  }
  one.write(message(more(id)))
  while (hanging === undefined) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(await other.ask(more(id))).toMatchObject({ ok: 0, code: 143, codeName: 'CursorInUse' })
  // It can be killed all the same, as a driver does that closes a stream.
  const kill = { killCursors: 'people', cursors: [id], $db: 'shop' }
  expect(await other.ask(kill)).toMatchObject({ ok: 1, cursorsKilled: [id] })
  expect(received('killCursors').at(-1)?.cursors.map(String)).toEqual([String(hanging.getMore)])
  await leave(one)
})

test('a connection that is lost in the middle of a batch leaves its cursor to the others', async () => {
  const [one, other] = await both()
  const id = await open(one)
  let hanging = false
  first.upstream.answer = (document) => {
    if (document.getMore === undefined || hanging) return undefined
    hanging = true
    return 'hang'
  }
  one.write(message(more(id)))
  while (!hanging) await new Promise((resolve) => setTimeout(resolve, 5))
  await leave(one)
  expect(await other.ask(more(id))).toMatchObject({ ok: 1 })
})

test('as many names as a message holds end what is there, and hold up nobody', async () => {
  const [one, other] = await both()
  const ids = [await open(one), await open(other)]
  const strange = Array.from({ length: 60_000 }, (_, index) => Long.fromNumber(64 * index + (index % 2)))
  const cursors = [...ids, ...strange, Long.fromNumber(-1), Long.MIN_VALUE]
  const told = await other.ask({ killCursors: 'people', cursors, $db: 'shop' })
  expect(told).toMatchObject({ ok: 1, cursorsKilled: ids })
  expect(told.cursorsNotFound).toHaveLength(strange.length + 2)
  for (const id of [...ids, Long.fromNumber(-1), Long.MIN_VALUE])
    expect(await other.ask(more(id))).toMatchObject({ ok: 0, code: 43 })
})

test('a process that is gone has no cursors; those of the others go on', async () => {
  const [one, other] = await both()
  const [lost, kept] = [await open(one), await open(other)]
  await one.ask(more(kept))
  const gone = crew[0]
  crew[0] = undefined
  try {
    const before = received('getMore').length
    for (const id of [lost, kept])
      expect(await other.ask(more(id))).toMatchObject({ ok: 0, code: 43, codeName: 'CursorNotFound' })
    expect(await other.ask(more(await open(other)))).toMatchObject({ ok: 1 })
    expect(received('getMore').length).toBe(before + 1)
    const kill = { killCursors: 'people', cursors: [lost], $db: 'shop' }
    expect(await other.ask(kill)).toMatchObject({ ok: 1, cursorsKilled: [], cursorsNotFound: [lost] })
  } finally {
    crew[0] = gone
  }
})

test('each connection has a number of its own, whichever process it is at', async () => {
  const ids: number[] = []
  for (const fixture of [first, second, first, second])
    ids.push((await (await signedIn(fixture)).ask({ hello: 1, $db: 'admin' })).connectionId.valueOf())
  expect(new Set(ids).size).toBe(4)
})
