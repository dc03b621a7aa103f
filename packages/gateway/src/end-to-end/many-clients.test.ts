import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { spoolRecords } from './spool-records.js'
import { CONFIG, eventually, metric, openStage, rawSocket, type Serving, type Stage } from './stage.js'

vi.setConfig({ testTimeout: 300_000 })

let stage: Stage
let serving: Serving
let owner: pg.Client

/** Two hundred sign-ins at once take a slow machine a while. */
const configuration = (greeting: string) =>
  CONFIG(stage.postgres.port)
    .replace(
      'connections: 8, perUser: 3, greeting: 8s',
      `connections: 250, perUser: 250, greeting: ${greeting}`,
    )
    .replace('drain: 5s', 'drain: 2m')

beforeAll(async () => {
  stage = await openStage({ settings: { max_connections: 300 } })
  stage.write('gatehouse.yaml', configuration('60s'))
  serving = await stage.serve()
  owner = new pg.Client({ connectionString: stage.postgres.url })
  await owner.connect()
})
afterAll(async () => {
  await owner?.end()
  await stage.stop()
})

const gauge = async (name: string) => metric((await serving.get('/metrics')).text, name, { listener: 'shop' })
const backends = async (): Promise<number> =>
  (await owner.query("select count(*)::int as n from pg_stat_activity where usename = 'gatehouse'")).rows[0].n
const running = async (): Promise<number> =>
  (
    await owner.query(
      "select count(*)::int as n from pg_stat_activity where usename = 'gatehouse' and state = 'active' and query like '%pg_sleep%'",
    )
  ).rows[0].n
const proc = (name: string) => `/proc/${serving.program.pid}/${name}`
const descriptors = () => (existsSync(proc('fd')) ? readdirSync(proc('fd')).length : 0)
const residentMiB = () =>
  existsSync(proc('status'))
    ? Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(proc('status'), 'utf8'))?.[1] ?? 0) / 1024
    : 0
const stream = (client: pg.Client) =>
  (client as unknown as { connection: { stream: Socket } }).connection.stream

async function reload(): Promise<void> {
  const done = () => serving.lines().filter(({ message }) => message === 'reloaded').length
  const before = done()
  process.kill(serving.program.pid, 'SIGHUP')
  await eventually(() => done() > before)
}

/** Nobody is there any more: no session, no socket on either side. */
async function quiet(rest: { readonly backends: number; readonly descriptors: number }): Promise<void> {
  await eventually(async () => (await gauge('gatehouse_sessions')) === 0)
  await eventually(async () => (await gauge('gatehouse_connections')) === 0)
  await eventually(async () => (await backends()) <= rest.backends)
  // A connection that the metrics are asked over may be open, or not.
  await eventually(() => descriptors() <= rest.descriptors + 2)
}

async function atRest() {
  await (await serving.client('ann')).end()
  await eventually(async () => (await gauge('gatehouse_connections')) === 0)
  return { backends: await backends(), descriptors: descriptors() }
}

test('two hundred at once come, ask and leave, politely or not, and leave nothing behind', async () => {
  const rest = await atRest()
  for (let round = 0; round < 2; round += 1) {
    const clients = await Promise.all(Array.from({ length: 200 }, () => serving.client('ann')))
    expect(await gauge('gatehouse_sessions')).toBe(200)
    const answers = await Promise.all(
      clients.map((client, index) =>
        client.query('select $1::int as n, city from customers where id = 1', [index]),
      ),
    )
    expect(answers.map(({ rows }) => rows[0].n)).toEqual(clients.map((_, index) => index))
    await Promise.all(
      clients.map(async (client, index) => {
        if (index % 4 === 0) return client.end()
        if (index % 4 === 1) stream(client).destroy()
        else if (index % 4 === 2) stream(client).resetAndDestroy()
        else {
          client.query('select pg_sleep(100)').catch(() => {})
          setTimeout(() => stream(client).destroy(), 20)
        }
      }),
    )
    await quiet(rest)
  }
  // What ran for those who went is not left running.
  await eventually(async () => (await running()) === 0)
})

test('those who come to a full house hear it, and the room of those who leave is theirs', async () => {
  const rest = await atRest()
  const clients = await Promise.all(Array.from({ length: 250 }, () => serving.client('ben')))
  const late = await Promise.allSettled(Array.from({ length: 10 }, () => serving.client('ann')))
  for (const each of late) expect(each).toMatchObject({ status: 'rejected', reason: { code: '53300' } })
  await Promise.all(clients.slice(0, 10).map((client) => client.end()))
  await eventually(async () => (await gauge('gatehouse_sessions')) === 240)
  const now = await Promise.all(Array.from({ length: 10 }, () => serving.client('ann')))
  await Promise.all([...clients.slice(10), ...now].map((client) => client.end()))
  await quiet(rest)
})

test('R30 one that never reads is held back, in bounded memory, and nobody else is', async () => {
  const rest = await atRest()
  const before = residentMiB()
  const deaf = await serving.client('ann')
  stream(deaf).pause()
  deaf.query("select repeat('x', 100000) from generate_series(1, 5000)").catch(() => {})
  const other = await serving.client('ben')
  let most = 0
  for (let round = 0; round < 100; round += 1) {
    await other.query('select city from customers where id = 1')
    most = Math.max(most, residentMiB())
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  // Half a gigabyte is under way.
  expect(most - before).toBeLessThan(120)
  expect(await gauge('gatehouse_sessions')).toBe(2)
  stream(deaf).destroy()
  await other.end()
  await quiet(rest)
})

test('half-open ones, halves of messages and lengths that lie are let go; others are served meanwhile', async () => {
  stage.write('gatehouse.yaml', configuration('5s'))
  await reload()
  const rest = await atRest()
  const openings = [
    Buffer.alloc(0),
    Buffer.from([0]),
    Buffer.from([0, 0, 0, 8]),
    Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]),
    Buffer.from([0x7f, 0xff, 0xff, 0xff, 0, 3, 0, 0]),
    Buffer.from([0, 0, 0, 40, 0, 3, 0, 0, 0x75]),
    Buffer.from([0x16, 3, 1, 0, 200, 1]),
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
  ]
  const sockets = await Promise.all(Array.from({ length: 48 }, () => rawSocket(serving.port)))
  const closed = sockets.map(
    (socket, index) =>
      new Promise<void>((resolve) => {
        socket.once('close', () => resolve())
        socket.on('error', () => {})
        socket.resume()
        socket.write(openings[index % openings.length] ?? Buffer.alloc(0))
        // Some have said that they are done, and stay.
        if (index % 3 === 0) socket.end()
      }),
  )
  const client = await serving.client('ann')
  expect((await client.query('select 1 as n')).rows).toEqual([{ n: 1 }])
  await Promise.all(closed)
  await client.end()
  await quiet(rest)
})

test('R15 who hangs in the greeting keeps nobody out, however many they are', async () => {
  stage.write('gatehouse.yaml', configuration('120s').replace('connections: 250', 'connections: 10'))
  await reload()
  const seated = await Promise.all(Array.from({ length: 5 }, () => serving.client('ben')))
  const silent = await Promise.all(Array.from({ length: 200 }, () => rawSocket(serving.port)))
  for (const socket of silent) socket.on('error', () => {}).resume()
  for (let round = 0; round < 5; round += 1) {
    const client = await serving.client('ann')
    expect((await client.query('select 1 as n')).rows).toEqual([{ n: 1 }])
    await client.end()
  }
  for (const client of seated) expect((await client.query('select 1 as n')).rows).toEqual([{ n: 1 }])
  for (const socket of silent) socket.destroy()
  for (const client of seated) await client.end()
  await eventually(async () => (await gauge('gatehouse_connections')) === 0)
  stage.write('gatehouse.yaml', configuration('60s'))
  await reload()
})

test('SIGTERM under load: what runs finishes, who idles in a transaction is told, every outcome is known', async () => {
  const busy = await Promise.all(Array.from({ length: 20 }, () => serving.client('ann')))
  const inside = await serving.client('ben')
  const told = new Promise<string>((resolve) =>
    inside.once('error', (fault: Error & { code?: string }) => resolve(String(fault.code))),
  )
  await inside.query('begin')
  await inside.query("update customers set city = 'Lisboa' where id = 1")
  const held = await stage.holdUp()
  const answers = busy.map((client) => client.query(held.statement).then(() => 'finished'))
  await eventually(async () => (await held.waiting()) === 20)
  process.kill(serving.program.pid, 'SIGTERM')
  expect(await told).toBe('57P03')
  await held.letGo()
  expect(await Promise.all(answers)).toEqual(busy.map(() => 'finished'))
  expect(await serving.program.ended).toBe(0)
  const shop = new pg.Client({ connectionString: stage.postgres.url.replace(/postgres$/, 'shop') })
  await shop.connect()
  expect((await shop.query('select city from customers where id = 1')).rows).toEqual([{ city: 'Porto' }])
  await shop.end()
  const records = await spoolRecords(stage.folder)
  const open = new Set<string>()
  for (const { query_info: query, unmapped } of records) {
    if (query === undefined) continue
    if (unmapped.gatehouse.phase === 'decision') open.add(query.uid)
    else open.delete(query.uid)
  }
  expect([...open]).toEqual([])
  const sessions = (phase: string) =>
    records.filter(({ unmapped }) => unmapped.gatehouse.phase === phase).length
  expect(sessions('ended')).toBe(sessions('signed-in'))
})
