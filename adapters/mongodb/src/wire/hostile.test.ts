/** Bytes that nobody plans for, from either side: what goes wrong ends one connection, and nothing else. */
import { GatehouseError } from '@gatehouse/core'
import { type Document, Long, serialize, UUID } from 'bson'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Fixture, startFixture } from './fixture.js'
import { connectRaw, framed, int32, message, type RawClient, signIn } from './raw-client.js'
import { encode } from './scripted-upstream.js'

let fixture: Fixture
const clients: RawClient[] = []
beforeAll(async () => {
  fixture = await startFixture()
  fixture.upstream.data.set('shop.items', [{ a: 1, email: 'ada@example.com' }])
})
afterAll(() => fixture.close())
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
  fixture.upstream.answer = undefined
  fixture.upstream.raw = undefined
})

async function raw(): Promise<RawClient> {
  const client = await connectRaw({ port: fixture.stage.port })
  clients.push(client)
  return client
}
async function signedIn(user = 'adam'): Promise<RawClient> {
  const client = await raw()
  await signIn(client, user)
  return client
}

/** The same numbers each time. */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state % sides
  }
}

const settled = async (client: RawClient) => {
  await Promise.race([client.closed(), client.next(), new Promise((resolve) => setTimeout(resolve, 40))])
  client.close()
}
/** Faults that the gateway itself did not name. */
const surprises = () =>
  fixture.stage.faults.filter((fault) => !(fault instanceof GatehouseError && fault.code === 'GH_WIRE'))

test('bytes changed at random: no fault of ours, and the next client is served', async () => {
  const roll = dice(7)
  const templates = [
    message({ find: 'items', filter: { a: { $gt: 1 } }, lsid: { id: new UUID() }, $db: 'shop' }),
    message({ insert: 'items', $db: 'shop' }, { sequences: [['documents', [{ a: 1 }, { b: 'x' }]]] }),
    message({ getMore: Long.fromNumber(5), collection: 'items', $db: 'shop' }),
    message({ aggregate: 'items', pipeline: [{ $match: { a: 1 } }], cursor: {}, $db: 'shop' }),
  ]
  for (let round = 0; round < 120; round++) {
    const bytes = Buffer.from(templates[roll(templates.length)] as Buffer)
    for (let flaws = 1 + roll(4); flaws > 0; flaws--) bytes[roll(bytes.length)] = roll(256)
    const client = round % 4 === 0 ? await raw() : await signedIn(round % 2 === 0 ? 'ann' : 'adam')
    client.write(bytes)
    await settled(client)
  }
  expect(surprises()).toEqual([])
  expect(await (await signedIn()).ask({ find: 'items', $db: 'shop' })).toMatchObject({ ok: 1 })
})

test('replies changed at random: the client gets a reply or an end, and never the masked value', async () => {
  const roll = dice(11)
  const batch = [{ a: 1, email: 'ada@example.com', more: { email: ['ada@example.com'] } }]
  for (let round = 0; round < 120; round++) {
    const client = await signedIn('ann')
    fixture.upstream.raw = (document, requestId) => {
      if (document.find === undefined) return undefined
      const bytes = encode(
        { cursor: { firstBatch: batch, id: Long.ZERO, ns: 'shop.items' }, ok: 1 },
        requestId,
      )
      for (let flaws = 1 + roll(3); flaws > 0; flaws--) bytes[16 + roll(bytes.length - 16)] = roll(256)
      return bytes
    }
    client.write(message({ find: 'items', $db: 'shop' }))
    const seen: Buffer[] = []
    client.socket.on('data', (chunk) => seen.push(chunk))
    await settled(client)
    // Where the name was hit, it is another name: its value is nobody's secret.
    const text = Buffer.concat(seen).toString('latin1')
    for (const found of text.matchAll(/(.{0,12})ada@example\.com/gs))
      expect(found[1]).not.toMatch(/email\0.{4}$/s)
  }
  fixture.upstream.raw = undefined
  expect(surprises()).toEqual([])
  expect(await (await signedIn()).ask({ find: 'items', $db: 'shop' })).toMatchObject({ ok: 1 })
})

test('26 names that stand twice are refused, and nothing of them goes upstream', async () => {
  const client = await signedIn()
  const twice = (first: Document, second: Document) => {
    const one = serialize(first)
    const other = serialize(second)
    const body = Buffer.concat([one.subarray(4, -1), other.subarray(4)])
    return framed(3, 2013, Buffer.concat([int32(0), Buffer.of(0), int32(body.length + 4), body]))
  }
  const finds = () => fixture.upstream.names().filter((name) => name === 'find').length
  const before = finds()
  const session = () => ({ lsid: { id: new UUID() } })
  for (const bytes of [
    twice({ find: 'items', $db: 'shop' }, { find: 'vault' }),
    twice({ find: 'items', $db: 'shop' }, { $db: 'admin' }),
    twice({ find: 'items', ...session(), $db: 'shop' }, session()),
    twice({ find: 'items', comment: 1, $db: 'shop' }, { comment: 2 }),
    twice(
      { find: 'items', txnNumber: Long.ONE, autocommit: false, ...session(), $db: 'shop' },
      { autocommit: true },
    ),
  ]) {
    client.write(bytes)
    const reply = await client.next()
    expect(reply).toMatchObject({ responseTo: 3, document: { ok: 0 } })
  }
  expect(finds()).toBe(before)
})

test('replies of forms that no server has are not believed', async () => {
  const replies: readonly Document[] = [
    {},
    { ok: 'yes' },
    { ok: true },
    { cursor: 5, ok: 1 },
    { cursor: { id: 'x', firstBatch: 7, ns: 3 }, ok: 1 },
    { cursor: { id: Long.fromNumber(3), firstBatch: { a: 1 }, ns: '' }, ok: 1 },
    { cursor: { firstBatch: [1, 'x', null], id: Long.ZERO, ns: 'shop.items' }, ok: 1 },
    { ok: 0 },
    { ok: 0, code: 'x', errmsg: 5 },
  ]
  for (const user of ['ann', 'adam', 'bot'])
    for (const reply of replies) {
      const client = await signedIn(user)
      fixture.upstream.answer = (document) => (document.find === undefined ? undefined : reply)
      client.write(message({ find: 'items', $db: 'shop' }))
      const answer = await client.next()
      if (answer !== 'closed') expect(answer.document).toHaveProperty('ok')
      fixture.upstream.answer = undefined
      client.close()
    }
  expect(surprises()).toEqual([])
})

test('a cursor in the reply to what has none is no cursor: nothing of it is shown, nor can be gone on with', async () => {
  const secret = 'ada@example.com'
  const cursor = { firstBatch: [{ email: secret }], id: Long.fromNumber(77), ns: 'shop.items' }
  const commands: readonly Document[] = [
    { endSessions: [{ id: new UUID() }], $db: 'admin' },
    { drop: 'gone', $db: 'shop' },
    { insert: 'items', documents: [{ a: 1 }], $db: 'shop' },
    { count: 'items', $db: 'shop' },
    { commitTransaction: 1, lsid: { id: new UUID() }, txnNumber: Long.ONE, autocommit: false, $db: 'admin' },
  ]
  for (const user of ['ann', 'adam'])
    for (const command of commands) {
      const client = await signedIn(user)
      const [name] = Object.keys(command)
      fixture.upstream.answer = (document) =>
        document[name ?? ''] === undefined ? undefined : { n: 1, cursor, ok: 1 }
      const reply = await client.ask(command)
      expect(reply, name).toMatchObject({ ok: 1 })
      expect(reply).not.toHaveProperty('cursor')
      const before = fixture.upstream.names().length
      const more = { getMore: Long.fromNumber(77), collection: 'items', $db: 'shop' }
      expect(await client.ask(more)).toMatchObject({ ok: 0, code: 43 })
      expect(fixture.upstream.names().slice(before)).toEqual([])
      client.close()
    }
})

test('an upstream that vanishes in the middle of a reply', async () => {
  const client = await signedIn()
  const { upstream } = fixture
  upstream.raw = (document, requestId) =>
    document.find === undefined ? undefined : encode({ ok: 1 }, requestId).subarray(0, 20)
  client.write(message({ find: 'items', $db: 'shop' }))
  while (upstream.received.at(-1)?.document.find === undefined)
    await new Promise((resolve) => setTimeout(resolve, 5))
  upstream.hangUp()
  const answer = await client.next()
  expect(answer).toMatchObject({ document: { ok: 0, code: 6 } })
  await client.closed()
})

test('every decision has its outcome once the connections are over', async () => {
  for (const client of clients.splice(0)) client.close()
  while (fixture.stage.sessions.size > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  const { decided, completed } = fixture.stage.evidence
  const ended = new Set(completed.map((each) => each.decided.id))
  expect(decided.filter(({ id }) => !ended.has(id)).map(({ statement }) => statement.command)).toEqual([])
})
