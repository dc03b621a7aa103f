/** Lists of what there is, over an upstream that gives them in batches: no batch tells of more than the first may. */
import { Long } from 'bson'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fixture, startFixture } from './fixture.js'
import { connectRaw, type RawClient, signIn } from './raw-client.js'

let fixture: Fixture
let gil: RawClient
beforeAll(async () => {
  fixture = await startFixture()
  gil = await connectRaw({ port: fixture.stage.port })
  await signIn(gil, 'gil')
})
afterAll(async () => {
  gil?.close()
  await fixture?.close()
})

const entry = (name: string) => ({ name, type: 'collection', options: {}, info: { readOnly: false } })

test('71 later batches of listCollections leave out what the first would', async () => {
  const ns = 'shop.$cmd.listCollections'
  fixture.upstream.answer = (document) =>
    document.listCollections === undefined
      ? { cursor: { nextBatch: [entry('vault'), entry('orders')], id: Long.ZERO, ns }, ok: 1 }
      : { cursor: { firstBatch: [entry('vault'), entry('people')], id: Long.fromNumber(7), ns }, ok: 1 }
  const first = await gil.ask({ listCollections: 1, cursor: { batchSize: 2 }, $db: 'shop' })
  expect(first.cursor.firstBatch).toEqual([entry('people')])
  const next = await gil.ask({
    getMore: first.cursor.id,
    collection: '$cmd.listCollections',
    $db: 'shop',
  })
  expect(next.cursor.nextBatch).toEqual([entry('orders')])
})

test('61 an empty list of sessions to kill goes nowhere', async () => {
  const before = fixture.upstream.received.length
  const refused = await gil.ask({ killSessions: [], $db: 'admin' })
  expect(refused).toMatchObject({ ok: 0, code: 13 })
  expect(fixture.upstream.received.length).toBe(before)
})
