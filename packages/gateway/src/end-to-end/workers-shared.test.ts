/** What several workers share: cancel requests, limits, the back-off of failed sign-ins. */
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { findTool } from '@gatehouse/workbench'
import type pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { allThere, endAll, many, serveCrew, workerPids } from './crew-stage.js'
import { eventually, type HeldUp, metric, openStage, rawSocket, type Serving, type Stage } from './stage.js'

const COUNT = 4

let stage: Stage
let serving: Serving

beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage?.stop())
afterEach(() => serving?.program.kill9())

interface Key {
  readonly processID: number
  readonly secretKey: number
}
const keyOf = (client: pg.Client) => client as unknown as Key
/** As it stands in the process id. */
const workerOf = (client: pg.Client) => keyOf(client).processID & 63

async function cancelRequest({ processID, secretKey }: Key): Promise<void> {
  const socket = await rawSocket(serving.port)
  socket.on('error', () => {})
  const request = Buffer.alloc(16)
  request.writeUInt32BE(16, 0)
  request.writeUInt32BE(80877102, 4)
  request.writeInt32BE(processID, 8)
  request.writeInt32BE(secretKey, 12)
  socket.end(request)
  socket.resume()
  await new Promise((resolve) => socket.once('close', resolve))
}

const waiting = (client: pg.Client, { statement }: HeldUp) =>
  client.query(statement).then(
    () => 'done',
    (fault: { code?: string }) => fault.code ?? '',
  )

describe('R29 a cancel request, whichever worker it comes in by,', () => {
  test('finds the session whose key it shows, and never another: many at once', async () => {
    serving = await serveCrew(stage, COUNT)
    const clients = await many(serving, 24)
    expect(new Set(clients.map(workerOf))).toEqual(new Set([0, 1, 2, 3]))
    expect(new Set(clients.map((client) => keyOf(client).processID)).size).toBe(clients.length)
    for (let round = 0; round < 3; round += 1) {
      const held = await stage.holdUp()
      const endings = clients.map((client) => waiting(client, held))
      // What the server has not begun yet cannot be cancelled.
      await eventually(async () => (await held.waiting()) === clients.length)
      const chosen = clients.filter(() => randomInt(2) === 0)
      const wrong = clients.flatMap((client) => {
        const { processID, secretKey } = keyOf(client)
        const other = (processID & ~63) | ((processID + 1 + randomInt(3)) & 3)
        return [
          { processID: other, secretKey },
          { processID, secretKey: secretKey ^ (1 << randomInt(32)) },
          { processID: (processID & ~63) | (4 + randomInt(60)), secretKey },
          { processID: -processID, secretKey },
        ]
      })
      // Each comes in wherever there is room: three of four at a worker that does not hold the key.
      await Promise.all([...wrong, ...chosen.map(keyOf)].map(cancelRequest))
      const cancelled = endings.filter((_, index) => chosen.includes(clients[index] as pg.Client))
      expect(new Set(await Promise.all(cancelled))).toEqual(new Set(chosen.length === 0 ? [] : ['57014']))
      await held.letGo()
      const expected = clients.map((client) => (chosen.includes(client) ? '57014' : 'done'))
      expect(await Promise.all(endings)).toEqual(expected)
    }
    await endAll(clients)
  })

  test('psql that is interrupted stops its own statement, over and over', async () => {
    const psql = findTool('psql')
    if (psql === undefined) throw new Error('no `psql` here')
    serving = await serveCrew(stage, COUNT)
    const others = await many(serving, 4)
    const held = await stage.holdUp()
    const untouched = others.map((client) => waiting(client, held))
    await eventually(async () => (await held.waiting()) === others.length)
    for (let round = 0; round < 4; round += 1) {
      const child = spawn(
        psql,
        [
          '-X',
          '-w',
          '-v',
          'VERBOSITY=verbose',
          `host=127.0.0.1 port=${serving.port} user=ben dbname=shop`,
          '-c',
          'select pg_sleep(300)',
        ],
        { env: { PATH: process.env.PATH, HOME: '/nonexistent', PGPASSWORD: 'pass-word' } },
      )
      let said = ''
      child.stderr.on('data', (chunk: Buffer) => {
        said += String(chunk)
      })
      const ended = new Promise((resolve) => child.once('exit', resolve))
      await eventually(async () => (await stage.runs('pg_sleep(300)')) === 1)
      child.kill('SIGINT')
      await ended
      expect(said).toContain('57014')
    }
    await held.letGo()
    expect(await Promise.all(untouched)).toEqual(['done', 'done', 'done', 'done'])
    await endAll(others)
  })
})

describe('limits', () => {
  const narrow = (text: string) =>
    text.replace('connections: 200, perUser: 200, greeting: 30s', 'connections: 7, perUser: 4, greeting: 30s')

  test('hold across workers, also when all come at once; a place is free again when its session, or its worker, has gone', async () => {
    serving = await serveCrew(stage, COUNT, narrow)
    const arrive = (count: number, user: string) =>
      Promise.all(
        Array.from({ length: count }, () =>
          serving.client(user).then(
            (client) => client,
            (fault: { code?: string }) => fault.code ?? 'none',
          ),
        ),
      )
    const inside = (found: readonly (pg.Client | string)[]) =>
      found.filter((each): each is pg.Client => typeof each !== 'string')
    const anns = await arrive(12, 'ann')
    expect(inside(anns)).toHaveLength(4)
    expect(new Set(anns.filter((each) => typeof each === 'string'))).toEqual(new Set(['53300']))
    // Those who were turned away have left: nobody but the four keeps a place.
    await eventually(async () => metric((await serving.get('/metrics')).text, 'gatehouse_connections') === 4)
    const bens = await arrive(12, 'ben')
    expect(inside(bens)).toHaveLength(3)
    const [first] = inside(anns)
    await first?.end()
    await eventually(async () => metric((await serving.get('/metrics')).text, 'gatehouse_connections') === 6)
    await expect(serving.client('ann')).resolves.toBeDefined()
    await expect(serving.client('bot')).rejects.toMatchObject({ code: '53300' })
    for (const pid of workerPids(serving)) process.kill(pid, 'SIGKILL')
    await allThere(serving)
    expect(inside(await arrive(6, 'ann'))).toHaveLength(4)
    await eventually(async () => metric((await serving.get('/metrics')).text, 'gatehouse_connections') === 4)
    expect(inside(await arrive(6, 'ben'))).toHaveLength(3)
    await endAll([...inside(anns), ...inside(bens)])
  })
})

test('R15 a source that fails to sign in is slowed by all workers alike', async () => {
  serving = await serveCrew(stage, COUNT)
  const from = performance.now()
  for (let index = 0; index < 6; index += 1)
    await expect(serving.client('ann', 'wrong')).rejects.toMatchObject({ code: '28P01' })
  // 100, 200, 400, 800, 1600, 3200 ms from one memory; four memories would have asked for less than a second.
  expect(performance.now() - from).toBeGreaterThan(5_500)
  await (await serving.client('ann')).end()
})
