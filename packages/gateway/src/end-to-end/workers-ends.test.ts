/** How several workers start and end: told to, killed, one by one or all. */
import { chmodSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { certificates } from '@gatehouse/workbench'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { allThere, crewConfig, endAll, isAlive, many, saying, serveCrew, workerPids } from './crew-stage.js'
import { runPsql } from './run-psql.js'
import { allSpoolRecords } from './spool-records.js'
import { eventually, metric, openStage, rawSocket, type Serving, type Stage } from './stage.js'

let stage: Stage
let serving: Serving

beforeAll(async () => {
  stage = await openStage()
})
// What a try before this one left says nothing of it.
beforeEach(() => rmSync(join(stage.folder, 'var'), { recursive: true, force: true }))
afterEach(() => serving?.program.kill9())
afterAll(() => stage?.stop())

const statements = async () =>
  metric((await serving.get('/metrics')).text, 'gatehouse_statements_total', { decision: 'permit' }) ?? 0
const outcome = (asked: Promise<unknown>) =>
  asked.then(
    () => 'done',
    (fault: { code?: string }) => fault.code ?? 'cut',
  )

test('SIGTERM: what runs on any worker finishes, newcomers hear 57P03, exit 0; a second one ends at once', async () => {
  serving = await serveCrew(stage, 3, (text) => text.replace('drain: 5s', 'drain: 2m'))
  const pids = workerPids(serving)
  const clients = await many(serving, 6)
  // On two of three workers: the third has nothing to wait for.
  const busy = clients.filter((client) => ((client as unknown as { processID: number }).processID & 63) !== 2)
  const held = await stage.holdUp()
  const running = busy.map((client) => outcome(client.query(held.statement)))
  await eventually(async () => (await held.waiting()) === 4)
  process.kill(serving.program.pid, 'SIGTERM')
  await eventually(() => pids.filter(isAlive).length === 2)
  for (let round = 0; round < 6; round += 1)
    await expect(serving.client('ben')).rejects.toMatchObject({ code: '57P03' })
  expect((await serving.get('/readyz')).status).toBe(503)
  await held.letGo()
  expect(await Promise.all(running)).toEqual(Array(4).fill('done'))
  expect(await serving.program.ended).toBe(0)

  serving = await serveCrew(stage, 2)
  const others = workerPids(serving)
  const slow = outcome((await serving.client('ann')).query('select pg_sleep(300)'))
  await eventually(async () => (await statements()) === 1)
  process.kill(serving.program.pid, 'SIGTERM')
  await eventually(() => saying(serving, 'draining').length > 0)
  process.kill(serving.program.pid, 'SIGTERM')
  expect(await serving.program.ended).toBe(3)
  expect(await slow).toBe('cut')
  await eventually(() => !others.some(isAlive))
})

test('signals that reach workers too, as a terminal sends them, change nothing', async () => {
  serving = await serveCrew(stage, 2)
  const clients = await many(serving, 2)
  for (const pid of workerPids(serving))
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.kill(pid, signal)
  for (const client of clients) expect((await client.query('select 1 as n')).rows).toEqual([{ n: 1 }])
  await endAll(clients)
  process.kill(-serving.program.pid, 'SIGINT')
  expect(await serving.program.ended).toBe(0)
})

test('the primary is killed: sessions end, workers end by themselves, records are whole, the next start finds all free', async () => {
  serving = await serveCrew(stage, 3)
  const clients = await many(serving, 6)
  const pids = workerPids(serving)
  const running = clients.map((client) => outcome(client.query('select pg_sleep(300)')))
  await eventually(async () => (await statements()) === 6)
  process.kill(serving.program.pid, 'SIGKILL')
  // At once: folders that the old workers still hold are waited for.
  serving = await serveCrew(stage, 3)
  expect(await Promise.all(running)).toEqual(Array(6).fill('57P03'))
  await eventually(() => !pids.some(isAlive))
  await endAll(await many(serving, 3))
  expect(await serving.program.stop()).toBe(0)
  for (const records of (await allSpoolRecords(stage.folder)).values()) {
    const phases = records.map(({ unmapped }) => unmapped.gatehouse.phase)
    expect(phases.filter((phase) => phase === 'decision')).toHaveLength(
      phases.filter((phase) => phase === 'outcome').length,
    )
  }
})

test('a worker that cannot be replaced: the primary gives up, says why, and ends with 3', async () => {
  serving = await serveCrew(stage, 2)
  const client = await serving.client('ann')
  const folder = join(stage.folder, 'var', 'spool-2')
  chmodSync(folder, 0o755)
  process.kill(workerPids(serving)[1] as number, 'SIGKILL')
  expect(await serving.program.ended).toBe(3)
  const tried = saying(serving, 'a worker could not be replaced')
  expect(tried.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5])
  expect(saying(serving, 'gives up')).toMatchObject([{ level: 'fatal', code: 'GH_SPOOL' }])
  expect(workerPids(serving)).toEqual([])
  await client.end().catch(() => {})
})

test('a start that is refused is said once, and leaves nothing behind', async () => {
  stage.write(
    'gatehouse.yaml',
    crewConfig(stage.postgres.port, 3, (text) => text.replace(`port: ${stage.postgres.port}`, 'port: 1')),
  )
  serving = await stage.serve({ expectReady: false })
  expect(await serving.program.ended).toBe(3)
  expect(saying(serving, 'could not start')).toHaveLength(1)
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const { port } = taken.address() as { port: number }
  stage.write(
    'gatehouse.yaml',
    crewConfig(stage.postgres.port, 2, (text) =>
      text.replace('listen: 127.0.0.1:0', `listen: 127.0.0.1:${port}`),
    ),
  )
  serving = await stage.serve({ expectReady: false })
  expect(await serving.program.ended).toBe(3)
  expect(serving.program.output()).toContain('the address is in use')
  expect(serving.program.output()).not.toContain('"event":"listening"')
  await new Promise((resolve) => taken.close(resolve))
})

test('a worker that stands still is handed one client at most; when it is killed, that one is let go', async () => {
  serving = await serveCrew(stage, 2)
  const [, still = 0] = workerPids(serving)
  process.kill(still, 'SIGSTOP')
  const waiting = await Promise.all(Array.from({ length: 6 }, () => rawSocket(serving.port)))
  const ended = waiting.map((socket) => {
    socket.on('error', () => {})
    socket.resume()
    return new Promise((resolve) => socket.once('close', resolve))
  })
  const served = await many(serving, 4)
  for (const client of served) await client.query('select 1')
  const silent = { part: 'worker 2', colour: 'yellow', message: 'does not answer' }
  await eventually(async () => {
    const { colour, details } = JSON.parse((await serving.get('/readyz')).text)
    return colour === 'yellow' && JSON.stringify(details).includes(JSON.stringify(silent))
  })
  process.kill(still, 'SIGKILL')
  await Promise.race(ended)
  await allThere(serving)
  for (const client of served) await client.query('select 1')
  for (const socket of waiting) socket.destroy()
  await endAll(served)
})

test('figures are one answer, and no counter ever falls', async () => {
  serving = await serveCrew(stage, 3)
  const work = async () => {
    const clients = await many(serving, 6)
    for (const client of clients) await client.query('select 1')
    return clients
  }
  const clients = await work()
  const before = await serving.get('/metrics')
  expect(metric(before.text, 'gatehouse_sessions', { listener: 'shop' })).toBe(6)
  expect(metric(before.text, 'gatehouse_sign_ins_total', { result: 'accepted' })).toBe(6)
  expect(metric(before.text, 'gatehouse_workers', { state: 'ready' })).toBe(3)
  expect(metric(before.text, 'gatehouse_build_info')).toBe(1)
  expect(metric(before.text, 'gatehouse_overhead_seconds_count', { listener: 'shop' })).toBeGreaterThan(6)
  for (const pid of workerPids(serving).slice(1)) process.kill(pid, 'SIGKILL')
  await allThere(serving)
  await endAll([...clients, ...(await work())])
  const after = await serving.get('/metrics')
  expect(metric(after.text, 'gatehouse_sign_ins_total', { result: 'accepted' })).toBe(12)
  expect(metric(after.text, 'gatehouse_statements_total', { decision: 'permit' })).toBe(12)
  expect(metric(after.text, 'gatehouse_worker_deaths_total')).toBe(2)
  const counters = (text: string) =>
    text.split('\n').flatMap((line) => {
      const [, name = '', value = ''] = /^(\w+_(?:total|bucket|count|sum)(?:\{.*\})?) (\S+)$/.exec(line) ?? []
      return name === '' ? [] : [[name, Number(value)] as const]
    })
  const now = new Map(counters(after.text))
  for (const [name, value] of counters(before.text)) expect(now.get(name), name).toBeGreaterThanOrEqual(value)
})

test("a socket's path is listened on, and clients over it are handed on alike", async () => {
  const path = join(stage.folder, '.s.PGSQL.5432')
  serving = await serveCrew(stage, 2, (text) => text.replace('listen: 127.0.0.1:0', `listen: ${path}`))
  for (let round = 0; round < 3; round += 1)
    expect(await runPsql({ host: stage.folder, user: 'ann' }, ['select 1'], 'pass-word')).toMatchObject({
      status: 0,
      stdout: '1\n',
    })
})

test('TLS is spoken by the worker: the certificate and the binding to the channel are its own', async () => {
  const house = await certificates()
  stage.write('server.pem', readFileSync(house.cert))
  stage.write('server.key', readFileSync(house.key))
  serving = await serveCrew(stage, 2, (text) =>
    text.replace('limits:', 'tls: {cert: server.pem, key: server.key}\n    limits:'),
  )
  const connection = {
    host: 'localhost',
    hostaddr: '127.0.0.1',
    port: serving.port,
    user: 'ann',
    sslmode: 'verify-full',
    sslrootcert: house.ca,
    channel_binding: 'require',
  }
  for (let round = 0; round < 3; round += 1)
    expect(await runPsql(connection, ['select count(*) from customers'], 'pass-word')).toEqual({
      status: 0,
      stdout: '20\n',
      stderr: '',
    })
  house.remove()
})
