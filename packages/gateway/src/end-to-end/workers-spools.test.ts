/** Spools outlive the number of workers: whoever starts next ships what is there, each chain under its own name. */
import { execFileSync } from 'node:child_process'
import { describePart, type KafkaBroker, startKafka } from '@gatehouse/workbench'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { allThere, crewConfig, endAll, many, saying, workerPids } from './crew-stage.js'
import { followTopic, type TopicReader } from './follow-topic.js'
import { allSpoolRecords, type SpoolRecord } from './spool-records.js'
import { eventually, MAIN, metric, openStage, type Serving, type Stage } from './stage.js'

vi.setConfig({ testTimeout: 600_000 })

describePart('kafka', 'spools and the number of workers', () => {
  let stage: Stage
  let kafka: KafkaBroker
  let reader: TopicReader | undefined
  let serving: Serving
  let tries = 0
  const topic = () => `spools-${tries}`

  beforeAll(async () => {
    kafka = await startKafka()
  })
  afterAll(() => kafka?.stop())
  // What a try before this one left, in folders and in the topic, says nothing of it.
  beforeEach(async () => {
    tries += 1
    stage = await openStage()
  })
  afterEach(async () => {
    await reader?.stop()
    reader = undefined
    await stage?.stop()
  })

  const serve = async (workers: number, broker = kafka.brokers[0] ?? '') => {
    stage.write(
      'gatehouse.yaml',
      crewConfig(stage.postgres.port, workers, (text) =>
        text.replace(
          'audit: {spool: {durability: write}}',
          `audit: {spool: {durability: write}, kafka: {brokers: ["${broker}"], topic: ${topic()}}}`,
        ),
      ),
    )
    serving = await stage.serve()
  }
  const lag = async () => metric((await serving.get('/metrics')).text, 'gatehouse_kafka_lag_records')
  const work = async (count: number) => {
    const clients = await many(serving, count)
    for (const client of clients) await client.query('select city from customers where id = 1')
    return clients
  }
  /** What each chain holds, and that no record of it stands anywhere else. */
  const chains = async () => {
    const found: Record<string, string> = {}
    for (const [folder, records] of await allSpoolRecords(stage.folder)) {
      // Opened, and left before anything was written.
      if (records.length === 0) continue
      const names = new Set(records.map(({ metadata }) => metadata.log_provider))
      expect(names.size).toBe(1)
      found[folder] = [...names][0] ?? ''
      const sequences = records.map(({ metadata }) => metadata.sequence)
      expect(sequences).toEqual(sequences.map((_, index) => (sequences[0] ?? 0) + index))
    }
    return found
  }
  const inTopic = async ({ messages }: TopicReader) => {
    await eventually(async () => (await lag()) === 0)
    const spools = await allSpoolRecords(stage.folder)
    const wanted = [...spools.values()].flat()
    await eventually(() => {
      const here = new Set(messages.map(({ uid }) => uid))
      return wanted.every(({ metadata }) => here.has(metadata.uid))
    })
    const values = new Map(messages.map(({ uid, value }) => [uid, value]))
    for (const { metadata, json } of wanted) expect(values.get(metadata.uid)).toBe(json)
    const places = messages.map(({ uid, value }) => {
      const { metadata } = JSON.parse(value) as SpoolRecord
      return [`${metadata.log_provider} ${metadata.sequence}`, uid] as const
    })
    // One record for each number of each chain, however often it was sent.
    expect(new Map(places).size).toBe(new Set(places.map(([, uid]) => uid)).size)
    return values.size
  }

  test('three are killed with all unshipped; one ships everything; two take over from it; nothing is lost', async () => {
    await serve(3, '127.0.0.1:1')
    const cut = await work(6)
    const open = cut.map((client) => client.query('select pg_sleep(300)').catch(() => 'cut'))
    await eventually(
      async () =>
        metric((await serving.get('/metrics')).text, 'gatehouse_statements_total', { decision: 'permit' }) ===
        12,
    )
    await serving.program.kill9()
    await Promise.all(open)
    const before = await chains()
    expect(Object.keys(before)).toEqual(['spool-1', 'spool-2', 'spool-3'])

    await serve(1)
    const follower = await followTopic(kafka.brokers, topic())
    reader = follower
    // The three outlive their primary until their records stand; until then their folders are theirs.
    await eventually(() => saying(serving, 'a spool that nobody writes to').length === 3)
    await endAll(await work(2))
    await inTopic(follower)
    expect(await chains()).toMatchObject(before)
    for (const folder of Object.keys(before)) {
      const statuses = (await allSpoolRecords(stage.folder))
        .get(folder)
        ?.map(({ unmapped }) => unmapped.gatehouse.outcome?.status)
      expect(statuses?.filter((status) => status === 'unknown')).toHaveLength(2)
    }
    expect((await serving.get('/metrics')).text).toContain('gatehouse_spool_bytes')
    expect(await serving.program.stop()).toBe(0)

    await serve(2)
    await eventually(() => saying(serving, 'a spool that nobody writes to').length === 2)
    expect(saying(serving, 'a spool that nobody writes to').map(({ spool }) => spool)).toEqual(
      expect.arrayContaining(['spool', 'spool-3']),
    )
    await allThere(serving)
    await endAll(await work(4))
    // The one that looks after the others' folders dies: its successor does.
    process.kill(workerPids(serving)[0] as number, 'SIGKILL')
    await eventually(() => saying(serving, 'a spool that nobody writes to').length === 4)
    await allThere(serving)
    await endAll(await work(4))
    const all = await inTopic(follower)
    const after = await chains()
    expect(after).toMatchObject(before)
    expect(Object.keys(after)).toEqual(['spool', 'spool-1', 'spool-2', 'spool-3'])
    expect(after.spool).toMatch(/^stage\/[\w-]{36}$/)
    expect(after['spool-2']).toMatch(/^stage\/2\/[\w-]{36}$/)

    const tail = (...more: string[]) =>
      execFileSync(process.execPath, [MAIN, 'audit', 'tail', ...more], {
        cwd: stage.folder,
        encoding: 'utf8',
      })
        .trimEnd()
        .split('\n')
    const json = tail('--json', '-n', '100000').map((line) => JSON.parse(line) as SpoolRecord)
    expect(new Set(json.map(({ metadata }) => metadata.uid)).size).toBe(all)
    expect(json.map(({ time }) => time)).toEqual(json.map(({ time }) => time).sort((a, b) => a - b))
    expect(new Set(tail('-n', '100000').map((line) => line.split(' ')[0]))).toEqual(
      new Set(Object.keys(after)),
    )
    expect(tail('-n', '3')).toHaveLength(3)
    expect(await serving.program.stop()).toBe(0)
  })

  test('a folder of another instance is refused, and stays as it is', async () => {
    await serve(2)
    await endAll(await work(2))
    expect(await serving.program.stop()).toBe(0)
    const before = await chains()
    expect(Object.keys(before)).toEqual(['spool-1', 'spool-2'])
    stage.write(
      'gatehouse.yaml',
      crewConfig(stage.postgres.port, 1, (text) => text.replace('instance: stage', 'instance: other')),
    )
    const refused = await stage.serve({ expectReady: false })
    expect(await refused.program.ended).toBe(3)
    expect(refused.program.output()).toContain('holds the records of instance `stage')
    expect(await chains()).toEqual(before)
  })
})
