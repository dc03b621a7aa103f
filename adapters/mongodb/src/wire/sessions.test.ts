import { Binary, type Document, Long, UUID } from 'bson'
import { MongoClient } from 'mongodb'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, outcomes, startFixture } from './fixture.js'
import { connectRaw, message, type RawClient, signIn } from './raw-client.js'

let fixture: Fixture
const clients: RawClient[] = []
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture.close())
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
  fixture.upstream.answer = undefined
})

async function signedIn(user = 'adam'): Promise<RawClient> {
  const client = await connectRaw({ port: fixture.stage.port })
  clients.push(client)
  await signIn(client, user)
  return client
}
const last = (name: string): Document =>
  fixture.upstream.received.findLast(({ document }) => Object.keys(document)[0] === name)?.document ?? {}
const hex = (lsid: Document) => Buffer.from((lsid.id as Binary).buffer).toString('hex')
const lsid = () => ({ id: new UUID() })
const find = (more: Document) => ({ find: 'items', ...more, $db: 'shop' })

test('59 two people with the same session id do not meet, and one person has it on every connection', async () => {
  const session = lsid()
  const seen: string[] = []
  for (const user of ['adam', 'gil', 'adam']) {
    await (await signedIn(user)).ask(find({ lsid: session }))
    seen.push(hex(last('find').lsid))
  }
  expect(seen[0]).toBe(seen[2])
  expect(seen[0]).not.toBe(seen[1])
  expect(seen).not.toContain(hex(session))
})

test('60 what else is said of a session is refused, and not sent on', async () => {
  const client = await signedIn()
  const before = fixture.upstream.received.length
  const id = new UUID()
  for (const odd of [
    { id, uid: new Binary(Buffer.alloc(32)) },
    { id, txnNumber: Long.ONE },
    { id: new Binary(Buffer.alloc(16), 0) },
    { id: new Binary(Buffer.alloc(15), 4) },
    { id: 'x' },
    {},
    { uid: id },
  ])
    expect(await client.ask(find({ lsid: odd }))).toMatchObject({ ok: 0, code: 13 })
  expect(await client.ask(find({ lsid: 1 }))).toMatchObject({ ok: 0 })
  expect(await client.ask(find({ lsid: lsid(), txnNumber: 1 }))).toMatchObject({ ok: 0 })
  expect(await client.ask(find({ txnNumber: Long.ONE }))).toMatchObject({ ok: 0 })
  expect(await client.ask(find({ lsid: lsid(), startTransaction: true }))).toMatchObject({ ok: 0 })
  expect(fixture.upstream.received.length).toBe(before)
})

test('61 sessions are ended and killed by the ids that they have upstream', async () => {
  const client = await signedIn()
  const session = lsid()
  await client.ask(find({ lsid: session }))
  const known = hex(last('find').lsid)
  for (const command of ['endSessions', 'killSessions', 'refreshSessions']) {
    expect(await client.ask({ [command]: [session], $db: 'admin' })).toMatchObject({ ok: 1 })
    expect(last(command)[command].map(hex)).toEqual([known])
  }
})

describe('transactions', () => {
  const begin = { startTransaction: true, autocommit: false }
  const within = { autocommit: false }

  test('62 begin, go on and end in the session that they have upstream', async () => {
    const client = await signedIn()
    const transaction = { lsid: lsid(), txnNumber: Long.ONE }
    const documents = [{ a: 1 }]
    await client.ask({ insert: 'items', documents, ...transaction, ...begin, $db: 'shop' })
    expect(last('insert')).toMatchObject({ ...begin, txnNumber: Long.ONE })
    const other = await signedIn()
    await other.ask({ commitTransaction: 1, ...transaction, ...within, $db: 'admin' })
    expect(hex(last('commitTransaction').lsid)).toBe(hex(last('insert').lsid))
    expect(await other.ask({ commitTransaction: 1, ...transaction, ...within, $db: 'admin' })).toMatchObject({
      ok: 1,
    })
  })

  test.each([
    { autocommit: 0 },
    { autocommit: null },
    { autocommit: false, startTransaction: 1 },
    { autocommit: 'false', startTransaction: true },
  ])('%j begins none: a flag is a boolean', async (flags) => {
    const client = await signedIn()
    const before = fixture.upstream.received.length
    const asked = { insert: 'items', documents: [{ a: 1 }], lsid: lsid(), txnNumber: Long.ONE, $db: 'shop' }
    expect(await client.ask({ ...asked, ...flags })).toMatchObject({ ok: 0, code: 13 })
    expect(fixture.upstream.received.length).toBe(before)
  })

  test('63 a refusal aborts upstream before the client hears of it, and nothing more of it runs', async () => {
    const client = await signedIn('gil')
    const transaction = { lsid: lsid(), txnNumber: Long.fromNumber(2) }
    await client.ask({ insert: 'items', documents: [{ a: 1 }], ...transaction, ...begin, $db: 'shop' })
    const refused = await client.ask({ find: 'vault', ...transaction, ...within, $db: 'shop' })
    expect(refused).toMatchObject({ ok: 0, code: 13 })
    expect(refused).not.toHaveProperty('errorLabels')
    expect(last('abortTransaction')).toMatchObject({ txnNumber: transaction.txnNumber, autocommit: false })
    expect(hex(last('abortTransaction').lsid)).toBe(hex(last('insert').lsid))
    const before = fixture.upstream.received.length
    const other = await signedIn('gil')
    const reached = fixture.upstream.received.length
    for (const command of [
      { insert: 'items', documents: [{ a: 1 }], $db: 'shop' },
      { commitTransaction: 1, $db: 'admin' },
      { abortTransaction: 1, $db: 'admin' },
    ]) {
      const { $db, ...rest } = command
      const reply = await other.ask({ ...rest, ...transaction, ...within, $db })
      expect(reply).toMatchObject({ ok: 0, code: 251, codeName: 'NoSuchTransaction' })
      expect(reply).not.toHaveProperty('errorLabels')
    }
    expect(fixture.upstream.received.length).toBe(reached)
    expect(before).toBeLessThanOrEqual(reached)
    // The next transaction of the session is another one.
    const next = { lsid: transaction.lsid, txnNumber: Long.fromNumber(3) }
    expect(
      await other.ask({ insert: 'items', documents: [{ a: 2 }], ...next, ...begin, $db: 'shop' }),
    ).toMatchObject({ ok: 1 })
  })

  test('63 a refused first command has nothing to abort', async () => {
    const client = await signedIn('gil')
    const aborts = () => fixture.upstream.names().filter((name) => name === 'abortTransaction').length
    const before = aborts()
    await client.ask({ find: 'vault', lsid: lsid(), txnNumber: Long.ONE, ...begin, $db: 'shop' })
    expect(aborts()).toBe(before)
  })

  test('63 withTransaction of a driver ends at once', async () => {
    const client = new MongoClient(fixture.url('gil'))
    let tries = 0
    try {
      await expect(
        client.withSession((session) =>
          session.withTransaction(async () => {
            tries += 1
            await client.db('shop').collection('items').insertOne({ a: 1 }, { session })
            await client.db('shop').collection('vault').findOne({}, { session })
          }),
        ),
      ).rejects.toMatchObject({ code: 13 })
    } finally {
      await client.close()
    }
    expect(tries).toBe(1)
  })

  test('62 a driver commits', async () => {
    const client = new MongoClient(fixture.url())
    try {
      await client.withSession((session) =>
        session.withTransaction(async () => {
          await client.db('shop').collection('items').insertOne({ a: 1 }, { session })
        }),
      )
    } finally {
      await client.close()
    }
    expect(last('commitTransaction').txnNumber).toBeDefined()
  })
})

test('R13 the comment says who asks, with the client’s own beneath it', async () => {
  const client = await signedIn()
  await client.ask(find({ comment: { mine: 1 } }))
  const { comment } = last('find')
  expect(comment).toMatchObject({ gatehouse: { identity: 'gh:adam' }, client: { mine: 1 } })
  const ids = fixture.stage.evidence.decided.map(({ id }) => id)
  expect(ids).toContain(comment.gatehouse.id)
})

test('E2 what runs for a client that has gone is stopped by its session, or by its comment', async () => {
  const session = lsid()
  for (const [command, stop] of [
    [find({ lsid: session }), 'killSessions'],
    [find({}), 'aggregate'],
  ] as const) {
    const client = await signedIn()
    fixture.upstream.answer = (document) => (document.find === 'items' ? 'hang' : undefined)
    client.write(message(command))
    while (
      last('find').comment === undefined ||
      fixture.upstream.received.at(-1)?.document.find === undefined
    )
      await new Promise((resolve) => setTimeout(resolve, 5))
    const { length } = fixture.upstream.received
    client.close()
    const stopped = () =>
      fixture.upstream.received.slice(length).find(({ document }) => Object.keys(document)[0] === stop)
    while (stopped() === undefined) await new Promise((resolve) => setTimeout(resolve, 5))
    if (stop === 'killSessions') expect(stopped()?.document.killSessions.map(hex)).not.toEqual([hex(session)])
    else
      expect(JSON.stringify(stopped()?.document.pipeline)).toContain(
        fixture.upstream.received[length - 1]?.document.comment.gatehouse.id,
      )
  }
  while (fixture.stage.sessions.size > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(outcomes(fixture.stage).filter((line) => line === 'find cut')).toHaveLength(2)
})
