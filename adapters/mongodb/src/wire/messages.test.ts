import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { crc32c } from '../messages/index.js'
import { type Fixture, outcomes, startFixture } from './fixture.js'
import { connectRaw, framed, int32, message, query, type RawClient, signIn } from './raw-client.js'
import { encode } from './scripted-upstream.js'

let fixture: Fixture
const clients: RawClient[] = []
beforeAll(async () => {
  fixture = await startFixture()
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
const reply = async (client: RawClient) => {
  const next = await client.next()
  if (next === 'closed') throw new Error('closed')
  return next
}
const ping = { ping: 1, $db: 'admin' }
const find = { find: 'items', filter: {}, $db: 'shop' }

test('1 OP_QUERY ismaster and OP_MSG hello are both answered, as a router', async () => {
  const client = await raw()
  client.write(query('admin.$cmd', { ismaster: 1, helloOk: true }, 7))
  const legacy = await reply(client)
  expect(legacy).toMatchObject({ opCode: 1, responseTo: 7, flags: 8 })
  expect(legacy.document).toMatchObject({ ismaster: true, helloOk: true, msg: 'isdbgrid', ok: 1 })
  const modern = await client.ask({ hello: 1, $db: 'admin' })
  expect(modern).toMatchObject({ isWritablePrimary: true, msg: 'isdbgrid', maxWireVersion: 21, ok: 1 })
  for (const field of ['hosts', 'me', 'primary', 'setName', 'topologyVersion', 'serviceId'])
    expect(modern).not.toHaveProperty(field)
})

test('2 OP_QUERY with its command wrapped in $query', async () => {
  const client = await raw()
  client.write(query('admin.$cmd', { $query: { isMaster: 1 }, $readPreference: { mode: 'secondary' } }))
  expect((await reply(client)).document).toMatchObject({ ismaster: true, ok: 1 })
})

test('3 any other OP_QUERY is told 352 and closed', async () => {
  for (const [collection, document] of [
    ['admin.$cmd', { listDatabases: 1 }],
    ['shop.items', {}],
  ] as const) {
    const client = await raw()
    client.write(query(collection, document))
    expect((await reply(client)).document).toMatchObject({ code: 352, ok: 0 })
    await client.closed()
  }
  const late = await signedIn()
  late.write(query('shop.items', {}))
  expect((await reply(late)).document).toMatchObject({ code: 352 })
  await late.closed()
})

test('4 other opcodes close, before and after sign-in, and nothing of them goes upstream', async () => {
  for (const opCode of [2001, 2002, 2005, 2006, 2007, 1, 2010, 0, 99_999, -1]) {
    for (const client of [await raw(), await signedIn()]) {
      const before = fixture.upstream.received.length
      client.write(framed(1, opCode, Buffer.alloc(32)))
      await client.closed()
      expect(client.quiet).toBe(true)
      expect(fixture.upstream.received.length).toBe(before)
    }
  }
})

test('5 lengths that lie close before anything is gathered', async () => {
  for (const length of [0, 15, -1, 48_000_001, 2 ** 31 - 1])
    for (const client of [await raw(), await signedIn()]) {
      client.write(Buffer.concat([int32(length), int32(1), int32(0), int32(2013), Buffer.alloc(64)]))
      await client.closed()
      expect(client.quiet).toBe(true)
    }
})

test('6 one byte to a segment changes nothing', async () => {
  const client = await signedIn()
  for (const byte of message(ping, { requestId: 11 })) {
    client.write(Uint8Array.of(byte))
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(await reply(client)).toMatchObject({ responseTo: 11, document: { ok: 1 } })
})

test('7 many messages in one segment are answered in order', async () => {
  const client = await signedIn()
  const ids = Array.from({ length: 40 }, (_, index) => 100 + index)
  client.write(
    Buffer.concat(ids.map((requestId) => message(requestId % 2 === 0 ? ping : find, { requestId }))),
  )
  for (const requestId of ids) expect((await reply(client)).responseTo).toBe(requestId)
})

test('8 a message of more than 64 KiB before sign-in closes', async () => {
  const client = await raw()
  client.write(message({ ping: 1, $db: 'admin', padding: 'x'.repeat(65 * 1024) }))
  await client.closed()
  expect(client.quiet).toBe(true)
})

test('9 an unknown flag of the low half is 223 and the end; of the high half it is passed over', async () => {
  const client = await signedIn()
  client.write(message(ping, { requestId: 3, flags: 0x20_0000 }))
  expect(await reply(client)).toMatchObject({ responseTo: 3, document: { ok: 1 } })
  client.write(message(ping, { requestId: 4, flags: 4 }))
  expect(await reply(client)).toMatchObject({ responseTo: 4, document: { ok: 0, code: 223 } })
  await client.closed()
})

test('10 a right checksum is taken off, a wrong one is the end', async () => {
  const summed = (flaw: number) => {
    const bare = message(find, { requestId: 5, flags: 1 })
    bare.writeInt32LE(bare.length + 4, 0)
    return Buffer.concat([bare, int32(crc32c(bare, 0, bare.length) ^ flaw)])
  }
  const client = await signedIn()
  client.write(summed(0))
  expect(await reply(client)).toMatchObject({ responseTo: 5, document: { ok: 1 } })
  expect(fixture.upstream.received.at(-1)?.flags).toBe(0)
  client.write(summed(1))
  expect((await reply(client)).document).toMatchObject({ code: 288 })
  await client.closed()
})

test('11 and 14 a sequence before the body, behind it, or the documents within it: the same write', async () => {
  const client = await signedIn()
  const documents = [{ a: 1 }, { a: 2 }]
  client.write(
    Buffer.concat([
      message({ insert: 'sequences', $db: 'shop' }, { sequences: [['documents', documents]], before: true }),
      message({ insert: 'sequences', $db: 'shop' }, { sequences: [['documents', documents]] }),
      message({ insert: 'sequences', documents, $db: 'shop' }),
    ]),
  )
  for (let each = 0; each < 3; each++) expect((await reply(client)).document).toMatchObject({ n: 2, ok: 1 })
  expect(fixture.upstream.data.get('shop.sequences')).toHaveLength(6)
})

test('12 sections that a server would not take are told so, and the connection goes on', async () => {
  const client = await signedIn()
  const insert = { insert: 'items', $db: 'shop' }
  const documents = [{ a: 1 }]
  const cases: readonly (readonly [number, Buffer])[] = [
    [
      40431,
      message(insert, {
        sequences: [
          ['documents', documents],
          ['documents', documents],
        ],
      }),
    ],
    [40433, message({ ...insert, documents }, { sequences: [['documents', documents]] })],
    [40415, message(insert, { sequences: [['foreign', documents]] })],
    [40415, message(insert, { sequences: [['documents.x', documents]] })],
    [
      40430,
      framed(1, 2013, Buffer.concat([int32(0), message(ping).subarray(20), message(ping).subarray(20)])),
    ],
    [40587, framed(1, 2013, int32(0))],
    [40432, framed(1, 2013, Buffer.concat([int32(0), Buffer.of(7, 0, 0, 0, 0), Buffer.alloc(8)]))],
  ]
  const before = fixture.upstream.received.length
  for (const [code, bytes] of cases) {
    client.write(bytes)
    expect((await reply(client)).document).toMatchObject({ ok: 0, code })
  }
  expect(await client.ask(ping)).toMatchObject({ ok: 1 })
  expect(fixture.upstream.received.length).toBe(before)
})

test('13 a sequence whose size lies is refused', async () => {
  const client = await signedIn()
  for (const flaw of [-1, 1, 1000]) {
    const bytes = message(
      { insert: 'items', $db: 'shop' },
      { sequences: [['documents', [{ a: 1 }]]], before: true },
    )
    bytes.writeInt32LE(bytes.readInt32LE(21) + flaw, 21)
    client.write(bytes)
    expect((await reply(client)).document.ok).toBe(0)
  }
})

test('15 answers and refusals say which request they answer', async () => {
  const client = await signedIn('gil')
  client.write(
    Buffer.concat([
      message(find, { requestId: 71 }),
      message({ find: 'vault', $db: 'shop' }, { requestId: 72 }),
      message({ nosuch: 1, $db: 'shop' }, { requestId: 73 }),
    ]),
  )
  expect(await reply(client)).toMatchObject({ responseTo: 71, document: { ok: 1 } })
  const refused = await reply(client)
  expect(refused).toMatchObject({ responseTo: 72, document: { ok: 0, code: 13, codeName: 'Unauthorized' } })
  expect(refused.document.errmsg).toMatch(/^not authorized on shop to execute command find: /)
  expect(refused.document.errInfo.gatehouse).toMatchObject({ code: 'GH_FORBIDDEN', rule: 'wire/vault' })
  expect(refused.document).not.toHaveProperty('errorLabels')
  expect(await reply(client)).toMatchObject({ responseTo: 73, document: { ok: 0, code: 59 } })
})

test('16 w:0, allowed or refused, has no answer, and the next command has its own', async () => {
  const client = await signedIn('gil')
  const silent = { flags: 2, sequences: [['documents', [{ a: 1 }]]] } as const
  client.write(
    Buffer.concat([
      message({ insert: 'silent', $db: 'shop' }, { ...silent, requestId: 81 }),
      message({ insert: 'vault', $db: 'shop' }, { ...silent, requestId: 82 }),
      message({ find: 'silent', $db: 'shop' }, { requestId: 83 }),
    ]),
  )
  const answer = await reply(client)
  expect(answer.responseTo).toBe(83)
  expect(answer.document.cursor.firstBatch).toMatchObject([{ a: 1 }])
  expect(client.quiet).toBe(true)
  expect(fixture.upstream.data.get('shop.vault')).toBeUndefined()
  expect(outcomes(fixture.stage).slice(-3)).toEqual(['insert unknown', 'insert refused', 'find done'])
})

test('a definition that nobody waits for is refused: the next command would be read by what stood there before', async () => {
  const client = await signedIn('gil')
  const before = fixture.upstream.received.length
  const view = { create: 'seen', viewOn: 'items', pipeline: [{ $project: { x: '$email' } }], $db: 'shop' }
  const definitions = [
    view,
    { collMod: 'seen', viewOn: 'items', pipeline: [], $db: 'shop' },
    { renameCollection: 'shop.items', to: 'shop.seen', $db: 'admin' },
    { drop: 'items', $db: 'shop' },
    { aggregate: 'items', pipeline: [{ $out: 'seen' }], cursor: {}, $db: 'shop' },
  ]
  client.write(Buffer.concat(definitions.map((each) => message(each, { flags: 2, requestId: 86 }))))
  client.write(message({ find: 'silent', $db: 'shop' }, { requestId: 87 }))
  expect((await reply(client)).responseTo).toBe(87)
  expect(client.quiet).toBe(true)
  expect(fixture.upstream.received.slice(before).map(({ document }) => Object.keys(document)[0])).toEqual([
    'find',
  ])
  expect(outcomes(fixture.stage).slice(-2)).toEqual(['aggregate refused', 'find done'])
})

test('17 an exhaust getMore is asked for singly, and answered once', async () => {
  const client = await signedIn()
  fixture.upstream.data.set('shop.exhaust', [{ a: 1 }, { a: 2 }, { a: 3 }])
  const first = await client.ask({ find: 'exhaust', batchSize: 1, $db: 'shop' })
  client.write(
    message(
      { getMore: first.cursor.id, collection: 'exhaust', batchSize: 1, $db: 'shop' },
      { requestId: 91, flags: 0x10000 },
    ),
  )
  const next = await reply(client)
  expect(next).toMatchObject({ responseTo: 91, flags: 0, document: { cursor: { nextBatch: [{ a: 2 }] } } })
  expect(fixture.upstream.received.at(-1)?.flags).toBe(0)
})

test('18 a hello that would be streamed is answered once, without a topologyVersion', async () => {
  const client = await raw()
  client.write(message({ hello: 1, maxAwaitTimeMS: 10_000, $db: 'admin' }, { requestId: 5, flags: 0x10000 }))
  const answer = await reply(client)
  expect(answer).toMatchObject({ responseTo: 5, flags: 0 })
  expect(answer.document).not.toHaveProperty('topologyVersion')
})

test('an upstream that answers what it was not asked ends the session', async () => {
  for (const odd of [
    (id: number) => encode({ ok: 1 }, id + 1),
    (id: number) => encode({ ok: 1 }, id, 2),
    (id: number) => framed(id, 2012, Buffer.alloc(40)),
  ]) {
    const client = await signedIn()
    fixture.upstream.raw = (_document, requestId) => odd(requestId)
    client.write(message(find, { requestId: 6 }))
    const answer = await client.next()
    if (answer !== 'closed') expect(answer.document).toMatchObject({ ok: 0, code: 6 })
    await client.closed()
    fixture.upstream.raw = undefined
  }
})
