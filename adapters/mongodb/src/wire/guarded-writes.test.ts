/** R21 over the scripted upstream: a write of as many documents as there are stands only where it keeps to its limit. */
import { Binary, type Document, Double, Int32, Long } from 'bson'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, startFixture } from './fixture.js'
import { connectRaw, message, type RawClient, signIn } from './raw-client.js'

let fixture: Fixture
let client: RawClient
beforeAll(async () => {
  fixture = await startFixture({ maskingKey: Buffer.alloc(32, 3) })
  client = await connectRaw({ port: fixture.stage.port })
  // Three documents in one statement.
  await signIn(client, 'bot')
})
afterAll(async () => {
  client?.close()
  await fixture?.close()
})
afterEach(() => {
  fixture.upstream.answer = undefined
})

const SHOP = { $db: 'shop' }
const everything = { update: 'few', updates: [{ q: {}, u: { $set: { b: 1 } }, multi: true }], ...SHOP }
const lsid = { id: new Binary(Buffer.alloc(16, 9), 4) }
const hex = (session: Document) => (session.id as Binary).toString('hex')
const changed = (count: number): Document => ({
  n: new Int32(count),
  nModified: new Int32(count),
  ok: new Double(1),
})

/** What came upstream since. */
function since(): () => readonly Document[] {
  const before = fixture.upstream.received.length
  return () => fixture.upstream.received.slice(before).map(({ document }) => document)
}
const names = (documents: readonly Document[]) => documents.map((each) => Object.keys(each)[0])
const answering = (name: string, reply: Document) => {
  fixture.upstream.answer = (document) => (Object.keys(document)[0] === name ? reply : undefined)
}
const outcome = () => fixture.stage.evidence.completed.at(-1)?.outcome

test('within the limit it is committed, and the client is told what it would be told', async () => {
  const heard = since()
  answering('update', {
    ...changed(2),
    upserted: [{ index: 0, _id: 7 }],
    secret: 'x',
    operationTime: Long.ONE,
  })
  const reply = await client.ask({
    ...everything,
    lsid,
    readConcern: { level: 'local' },
    writeConcern: { w: 'majority' },
  })
  expect(reply).toEqual({
    n: 2,
    nModified: 2,
    upserted: [{ index: 0, _id: 7 }],
    operationTime: Long.ONE,
    ok: 1,
  })
  const [update = {}, commit = {}, ...more] = heard()
  expect(more).toEqual([])
  expect(names([update, commit])).toEqual(['update', 'commitTransaction'])
  expect(update).toMatchObject({ startTransaction: true, autocommit: false, updates: everything.updates })
  expect(update).not.toHaveProperty('writeConcern')
  expect(update).not.toHaveProperty('readConcern')
  expect(update.comment.gatehouse).toBeDefined()
  expect(commit).toMatchObject({
    txnNumber: update.txnNumber,
    autocommit: false,
    writeConcern: { w: 'majority' },
    $db: 'admin',
  })
  expect(hex(commit.lsid)).toBe(hex(update.lsid))
  expect(hex(update.lsid)).not.toBe(hex(lsid))
  expect(outcome()).toMatchObject({ status: 'done', affected: 3 })
})

test('the end has the API parameters of its beginning, of a refused transaction of the client’s too', async () => {
  const api = { apiVersion: '1', apiStrict: false, apiDeprecationErrors: true }
  const heard = since()
  await client.ask({ ...everything, ...api })
  answering('update', changed(4))
  await client.ask({ ...everything, ...api })
  const own = { lsid, txnNumber: Long.fromNumber(9), autocommit: false, ...SHOP, ...api }
  await client.ask({ insert: 'few', documents: [{ a: 1 }], startTransaction: true, ...own })
  expect(await client.ask({ ...everything, ...own })).toMatchObject({ code: 13 })
  const ends = heard().filter((each) => /^(commit|abort)/.test(Object.keys(each)[0] ?? ''))
  expect(names(ends)).toEqual(['commitTransaction', 'abortTransaction', 'abortTransaction'])
  for (const each of ends) expect(each).toMatchObject(api)
})

test('each has a number of its own, and deletes are counted alike', async () => {
  const heard = since()
  for (let count = 0; count < 2; count++)
    expect(await client.ask({ delete: 'few', deletes: [{ q: {}, limit: 0 }], ...SHOP })).toMatchObject({
      ok: 1,
    })
  const deletes = heard().filter((each) => each.delete !== undefined)
  expect(Number(deletes[1]?.txnNumber)).toBe(Number(deletes[0]?.txnNumber) + 1)
})

test('over it everything is taken back before the client hears of it', async () => {
  for (const [command, reply] of [
    [everything, changed(4)],
    [{ ...everything, updates: [...everything.updates, ...everything.updates] }, changed(1000)],
    [
      { delete: 'few', deletes: [{ q: { a: 1 }, limit: 0 }], ...SHOP },
      { n: new Int32(4), ok: 1 },
    ],
  ] as const) {
    const heard = since()
    answering(Object.keys(command)[0] as string, reply)
    const over = await client.ask(command)
    expect(over).toMatchObject({ ok: 0, code: 13 })
    expect(over.errInfo.gatehouse).toMatchObject({ code: 'GH_ROW_LIMIT', rule: 'wire/few' })
    expect(names(heard()).slice(1)).toEqual(['abortTransaction'])
    expect(heard()[1]).toMatchObject({ txnNumber: heard()[0]?.txnNumber, autocommit: false })
    expect(outcome()).toMatchObject({ status: 'failed', refusal: 'GH_ROW_LIMIT' })
    expect(await client.ask({ ping: 1, $db: 'admin' })).toMatchObject({ ok: 1 })
  }
})

describe('what fails', () => {
  test('ends the transaction, and bears no label of it', async () => {
    const heard = since()
    const conflict = { ok: 0, code: 112, codeName: 'WriteConflict', errmsg: 'x' }
    answering('update', { ...conflict, errorLabels: ['TransientTransactionError'] })
    const failed = await client.ask(everything)
    expect(failed).toMatchObject({ ok: 0, code: 112 })
    expect(failed).not.toHaveProperty('errorLabels')
    expect(names(heard())).toEqual(['update', 'abortTransaction'])
    expect(outcome()).toMatchObject({ status: 'failed', native: '112' })
  })

  test('of one statement among others takes the others with it', async () => {
    const heard = since()
    answering('update', {
      ...changed(1),
      writeErrors: [{ index: 1, code: 11000, errmsg: 'dup key: { a: "x" }' }],
    })
    expect(await client.ask(everything)).toMatchObject({ ok: 0, code: 8 })
    expect(names(heard())).toEqual(['update', 'abortTransaction'])
    expect(outcome()).toMatchObject({ status: 'failed' })
  })

  test.each([
    {
      ok: 0,
      code: 251,
      codeName: 'NoSuchTransaction',
      errmsg: 'x',
      errorLabels: ['UnknownTransactionCommitResult'],
    },
    { ok: 1, writeConcernError: { code: 64, codeName: 'WriteConcernFailed', errmsg: 'x' } },
    { ok: 0, code: 189, codeName: 'PrimarySteppedDown', errmsg: 'not primary' },
  ])('at its end is no success: %j', async (reply) => {
    answering('commitTransaction', reply)
    const failed = await client.ask(everything)
    expect(failed).toMatchObject({ ok: 0 })
    expect(failed).not.toHaveProperty('errorLabels')
    expect(failed).not.toHaveProperty('n')
    expect(outcome()).toMatchObject({ status: 'unknown' })
    expect(await client.ask({ ping: 1, $db: 'admin' })).toMatchObject({ ok: 1 })
  })
})

test('what cannot be taken back is not sent', async () => {
  const own = { lsid, txnNumber: Long.fromNumber(5) }
  for (const command of [
    { ...everything, ...own, startTransaction: true, autocommit: false },
    { ...everything, ...own },
    {
      bulkWrite: 1,
      ops: [{ update: 0, filter: {}, updateMods: { $set: { a: 1 } }, multi: true }],
      nsInfo: [{ ns: 'shop.few' }],
      $db: 'admin',
    },
    { aggregate: 'few', pipeline: [{ $out: 'fewer' }], cursor: {}, ...SHOP },
  ]) {
    const heard = since()
    const refused = await client.ask(command)
    expect(refused.errInfo?.gatehouse).toMatchObject({ code: 'GH_ROW_LIMIT' })
    expect(names(heard()).filter((name) => name !== 'abortTransaction')).toEqual([])
  }
  const heard = since()
  client.write(message(everything, { flags: 2, requestId: 70 }))
  await client.ask({ ping: 1, $db: 'admin' })
  await client.ask({ find: 'few', ...SHOP })
  expect(names(heard())).toEqual(['find'])
})

test('the next command waits until it is known whether this one stands', async () => {
  const heard = since()
  answering('update', changed(4))
  client.write(
    Buffer.concat([
      message(everything, { requestId: 71 }),
      message({ find: 'few', ...SHOP }, { requestId: 72 }),
    ]),
  )
  const replies = [await client.next(), await client.next()]
  expect(replies.map((each) => (each === 'closed' ? each : [each.responseTo, each.document.ok]))).toEqual([
    [71, 0],
    [72, 1],
  ])
  expect(names(heard())).toEqual(['update', 'abortTransaction', 'find'])
})

test('of a client that has gone the transaction is killed with what runs in it', async () => {
  const gone = await connectRaw({ port: fixture.stage.port })
  await signIn(gone, 'bot')
  const heard = since()
  fixture.upstream.answer = (document) => (document.update === undefined ? undefined : 'hang')
  gone.write(message(everything, { requestId: 1 }))
  const asked = async (name: string) => {
    for (;;) {
      const found = heard().find((each) => Object.keys(each)[0] === name)
      if (found !== undefined) return found
      await new Promise((done) => setTimeout(done, 20))
    }
  }
  const update = await asked('update')
  gone.close()
  const kill = await asked('killSessions')
  expect(kill.killSessions.map(hex)).toEqual([hex(update.lsid)])
})
