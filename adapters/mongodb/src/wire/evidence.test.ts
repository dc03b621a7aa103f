/** What records say of a command beside what it does: its own size, and what tells it from others (mongodb.md §9). */
import { type Document, serialize } from 'bson'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Fixture, startFixture } from './fixture.js'
import { connectRaw, message, type RawClient, signIn } from './raw-client.js'

let fixture: Fixture
let client: RawClient
beforeAll(async () => {
  fixture = await startFixture()
  client = await connectRaw({ port: fixture.stage.port })
  await signIn(client, 'adam')
})
afterAll(async () => {
  client.close()
  await fixture.close()
})
afterEach(() => {
  fixture.upstream.answer = undefined
})

const find = (value: unknown): Document => ({ find: 'items', filter: { note: value }, $db: 'shop' })
const decided = () => fixture.stage.evidence.decided.at(-1)

test('R23 a plan that is known already does not say how long its first command was', async () => {
  for (const command of [find('x'), find('x'.repeat(5000)), find('xy')]) {
    await client.ask(command)
    expect(decided()?.bytes).toBe(serialize(command).length)
  }
  const { cursor } = await client.ask({ ...find('x'), batchSize: 1 })
  expect(cursor).toBeDefined()
})

test('R23 documents beside the body count, however many went by the same plan', async () => {
  const insert = { insert: 'items', $db: 'shop' }
  for (const count of [1, 3, 200]) {
    const documents = Array.from({ length: count }, (_, a) => ({ a }))
    client.write(message(insert, { requestId: 900 + count, sequences: [['documents', documents]] }))
    expect(await client.next()).toMatchObject({ document: { n: count, ok: 1 } })
    const size = documents.reduce((sum, each) => sum + serialize(each).length, serialize(insert).length)
    expect(decided()?.bytes).toBe(size)
  }
})

test('R23 a refused one says its size, too', async () => {
  const unknown = { nosuch: 1, filler: 'x'.repeat(100), $db: 'shop' }
  await client.ask(unknown)
  expect(decided()?.statement.bytes).toBe(serialize(unknown).length)
})

test('99 records tell commands apart by what they ask, not by literals, order or the way that they came', async () => {
  const identity = async (command: Document) => {
    await client.ask({ ...command, $db: 'shop' })
    return decided()?.statement.identity
  }
  const own = await identity({ find: 'items', filter: { a: 1, b: 'x' }, limit: 5 })
  expect(own).toBeDefined()
  expect(await identity({ find: 'items', filter: { b: 'other', a: 7 }, limit: 9 })).toBe(own)
  expect(await identity({ find: 'items', filter: { a: { $gt: 1 }, b: 'x' }, limit: 5 })).not.toBe(own)
  expect(await identity({ find: 'items', filter: { a: 1, b: 'x' }, limit: 1 })).not.toBe(own)
  expect(await identity({ find: 'others', filter: { a: 1, b: 'x' }, limit: 5 })).not.toBe(own)
})

test('R26 no literal is in what a command is told by, nor the text of a script', async () => {
  const SECRET = 'hunter2-4711'
  const stages = [
    { $match: { a: SECRET } },
    { $addFields: { from: SECRET, key: SECRET, to: [SECRET], note: { $concat: ['$a', SECRET] } } },
    { $project: { x: { $literal: SECRET }, y: { $function: { body: SECRET, args: [], lang: 'js' } } } },
  ]
  const commands: Document[] = [
    { find: 'items', filter: { a: SECRET, $where: `this.a == "${SECRET}"` } },
    { aggregate: 'items', pipeline: stages, cursor: {} },
    { insert: 'items', documents: [{ from: SECRET, key: { to: SECRET } }] },
    { update: 'items', updates: [{ q: { as: SECRET }, u: [{ $set: { from: SECRET } }] }] },
    { findAndModify: 'items', query: { a: SECRET }, update: { $set: { a: SECRET } }, fields: { a: SECRET } },
    { distinct: 'items', key: 'a', query: { a: { $in: [SECRET] } } },
  ]
  for (const command of commands) {
    await client.ask({ ...command, $db: 'shop' })
    const { statement } = decided() ?? {}
    expect(statement?.command).toBe(Object.keys(command)[0])
    expect(statement?.identity, JSON.stringify(command)).toBeDefined()
    expect(statement?.identity, JSON.stringify(command)).not.toContain('4711')
    expect(statement?.text, JSON.stringify(command)).not.toContain('4711')
  }
})

test('R26 a long command is told by its redacted text alone', async () => {
  await client.ask(find('x'.repeat(70_000)))
  const short = decided()?.statement
  await client.ask({
    find: 'wide',
    filter: Object.fromEntries(Array.from({ length: 9000 }, (_, a) => [`f${a}`, 1])),
    $db: 'shop',
  })
  expect(decided()?.statement.identity).toBeUndefined()
  expect(short?.text).not.toContain('xxx')
})
