/** Several processes behind one address, as a user sees them. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { allThere, endAll, many, saying, serveCrew, workerPids } from './crew-stage.js'
import { allSpoolRecords } from './spool-records.js'
import { eventually, metric, openStage, type Serving, type Stage } from './stage.js'

const COUNT = 4

let stage: Stage
let serving: Serving

beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage?.stop())

describe('four workers', () => {
  beforeEach(async () => {
    // What a try before this one left says nothing of it.
    rmSync(join(stage.folder, 'var'), { recursive: true, force: true })
    serving = await serveCrew(stage, COUNT)
  })
  afterEach(() => serving.program.kill9())

  test('one readiness line, clients on all of them, a spool and a chain for each', async () => {
    expect(serving.lines().filter(({ event }) => event === 'listening')).toMatchObject([
      { listener: 'shop', protocol: 'postgres', address: '127.0.0.1', port: serving.port },
    ])
    expect(workerPids(serving)).toHaveLength(COUNT)
    const clients = await many(serving, 8)
    for (const [index, client] of clients.entries())
      expect((await client.query('select city from customers where id = $1', [index + 1])).rows).toEqual([
        { city: 'Porto' },
      ])
    await endAll(clients)
    await eventually(async () => metric((await serving.get('/metrics')).text, 'gatehouse_sessions') === 0)
    const spools = await allSpoolRecords(stage.folder)
    expect([...spools.keys()]).toEqual(['spool-1', 'spool-2', 'spool-3', 'spool-4'])
    for (const [name, records] of spools) {
      const number = name.slice('spool-'.length)
      expect(new Set(records.map(({ metadata }) => metadata.log_provider.replace(/[\w-]+$/, '')))).toEqual(
        new Set([`stage/${number}/`]),
      )
      expect(records.map(({ metadata }) => metadata.sequence)).toEqual(records.map((_, index) => index + 1))
      // Two of eight clients, each: signed in, decision and outcome, left.
      expect(new Set(records.map(({ metadata }) => metadata.correlation_uid)).size).toBe(2)
    }
    expect(await serving.program.stop()).toBe(0)
    expect(workerPids(serving)).toEqual([])
  })

  test("a worker dies: it is replaced, its spool recovered; the others' sessions feel nothing", async () => {
    const clients = await many(serving, 8)
    const held = await stage.holdUp()
    const running = clients.map((client) =>
      client.query(held.statement).then(
        () => 'answered',
        () => 'cut',
      ),
    )
    await eventually(async () => (await held.waiting()) === 8)
    const [, second = 0] = workerPids(serving)
    process.kill(second, 'SIGKILL')
    // Yellow in between, however short that is.
    await eventually(
      async () =>
        JSON.parse((await serving.get('/readyz')).text).colour === 'yellow' ||
        saying(serving, 'a worker was replaced').length > 0,
    )
    await held.letGo()
    expect((await Promise.all(running)).sort()).toEqual([...Array(6).fill('answered'), 'cut', 'cut'])
    await allThere(serving)
    expect(workerPids(serving)).toHaveLength(COUNT)
    expect(saying(serving, 'a worker has died')).toMatchObject([{ worker: 2, how: 'SIGKILL' }])
    const newcomers = await many(serving, 8)
    for (const client of newcomers) await client.query('select 1')
    await endAll([...clients, ...newcomers])
    expect(await serving.program.stop()).toBe(0)
    const statuses = [...((await allSpoolRecords(stage.folder)).get('spool-2') ?? [])].map(
      ({ unmapped }) => unmapped.gatehouse.outcome?.status,
    )
    expect(statuses.filter((status) => status === 'unknown')).toHaveLength(2)
  })
})
