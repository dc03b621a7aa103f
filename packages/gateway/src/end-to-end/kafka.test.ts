import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describePart, type KafkaBroker, startKafka } from '@gatehouse/workbench'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { followTopic, type TopicReader } from './follow-topic.js'
import { type SpoolRecord, spoolRecords } from './spool-records.js'
import { CONFIG, eventually, MAIN, metric, openStage, type Serving, type Stage } from './stage.js'

interface Refused {
  readonly code?: string
  readonly detail?: string
}

vi.setConfig({ testTimeout: 300_000 })

const TOPIC = 'gatehouse.audit.v1'

const configuration = (port: number, broker: string) =>
  CONFIG(port)
    .replace(
      'audit: {spool: {durability: write}}',
      // Nobody is held to a share (faults/flooder.test.ts tries that): here it is the whole that is full.
      `audit: {spool: {durability: write, maxBytes: 16MiB, perIdentity: {share: 1}}, kafka: {brokers: ["${broker}"]}}`,
    )
    .replace('connections: 8, perUser: 3', 'connections: 40, perUser: 40')

describePart('kafka', 'serve and Kafka', () => {
  let stage: Stage
  let kafka: KafkaBroker
  let serving: Serving
  let reader: TopicReader

  beforeAll(async () => {
    ;[stage, kafka] = await Promise.all([openStage(), startKafka()])
    stage.write('gatehouse.yaml', configuration(stage.postgres.port, kafka.brokers[0] ?? ''))
    serving = await stage.serve()
    reader = await followTopic(kafka.brokers, TOPIC)
  })
  afterAll(async () => {
    await reader?.stop()
    await stage.stop()
    await kafka.stop()
  })
  afterEach(() => stage.write('gatehouse.yaml', configuration(stage.postgres.port, kafka.brokers[0] ?? '')))

  const tail = (): string[] =>
    execFileSync(process.execPath, [MAIN, 'audit', 'tail', '--json', '-n', '1000000'], {
      cwd: stage.folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    })
      .trimEnd()
      .split('\n')
  const lag = async () =>
    metric((await serving.get('/metrics')).text, 'gatehouse_kafka_lag_records') ?? Number.NaN
  /** Everything that the spool holds has arrived; by id. */
  const arrived = async () => {
    await eventually(async () => (await lag()) === 0)
    const wanted = (await spoolRecords(stage.folder)).map(({ metadata }) => metadata.uid)
    await eventually(() => {
      const here = new Set(reader.messages.map(({ uid }) => uid))
      return wanted.every((uid) => here.has(uid))
    })
    return new Map(reader.messages.map((message) => [message.uid, message]))
  }
  /** Statements that a client saw the end of, told apart in the record by the alias, which is no literal. */
  const load = (clients: number, prefix: string) => {
    const seen: string[] = []
    const failed: string[] = []
    let going = true
    const one = async (name: string) => {
      const client = await serving.client('ann')
      for (let round = 0; going; round += 1) {
        const alias = `${prefix}_${name}_${round}`
        const fault = await client
          .query(`select city from customers as ${alias} where id = 7`)
          .then(() => undefined, String)
        await new Promise((resolve) => setTimeout(resolve, 20))
        if (fault === undefined) seen.push(alias)
        else {
          failed.push(fault)
          break
        }
      }
      await client.end().catch(() => {})
    }
    const running = Promise.all(Array.from({ length: clients }, (_, index) => one(String(index))))
    return {
      seen,
      failed,
      async end() {
        going = false
        await running
      },
    }
  }
  const statements = (records: readonly SpoolRecord[]) => {
    const found = new Map<string, string[]>()
    for (const { query_info: query, unmapped } of records) {
      if (query === undefined) continue
      const { phase, outcome } = unmapped.gatehouse
      const parts = found.get(query.uid) ?? []
      parts.push(phase === 'outcome' ? `outcome ${outcome?.status}` : phase)
      found.set(query.uid, parts)
    }
    return [...found.values()]
  }

  test('R23 both records of every statement are in the topic, under the session, as they are in the spool', async () => {
    const [ann, bot] = [await serving.client('ann'), await serving.client('bot')]
    await ann.query('select email from customers where id = $1', [3])
    await ann.query('drop table customers').catch(() => {})
    await ann.query('selec').catch(() => {})
    await bot.query('begin; select city from customers limit 2; commit')
    await ann.end()
    await bot.end()
    await eventually(
      async () =>
        (await spoolRecords(stage.folder)).filter(({ json }) => json.includes('"phase":"ended"')).length >= 2,
    )
    const messages = await arrived()
    const lines = tail()
    expect(lines.length).toBe(messages.size)
    for (const line of lines) {
      const record = JSON.parse(line) as SpoolRecord
      const message = messages.get(record.metadata.uid)
      expect(message?.value).toBe(line)
      expect(message?.key).toBe(record.metadata.correlation_uid)
      const statement = record.class_uid === 6005
      expect(message?.headers).toEqual({
        'content-type': 'application/json',
        ce_specversion: '1.0',
        ce_id: record.metadata.uid,
        ce_source: '/gatehouse/stage',
        ce_type: `dev.gatehouse.audit.${statement ? 'statement' : 'sign-in'}.v1`,
        ce_time: new Date(record.time).toISOString(),
        ce_subject: 'shop',
        ce_dataschema: 'https://gatehouse.dev/schemas/audit/1.0.json',
      })
    }
    const pairs = statements(await spoolRecords(stage.folder))
    expect(pairs.length).toBeGreaterThanOrEqual(6)
    for (const parts of pairs) expect(parts).toEqual(['decision', expect.stringMatching(/^outcome /)])
    for (const key of new Set(reader.messages.map((message) => message.key))) {
      const order = reader.messages.filter((message) => message.key === key).map(({ sequence }) => sequence)
      expect(order).toEqual([...order].sort((a, b) => a - b))
    }
  })

  test('a broker that dies under load and comes back: no statement fails, no record is lost', async () => {
    const busy = load(4, 'broker')
    await eventually(() => busy.seen.length > 50)
    await kafka.kill9()
    const before = busy.seen.length
    await eventually(() => busy.seen.length > before + 50)
    await kafka.restart()
    const after = busy.seen.length
    await eventually(() => busy.seen.length > after + 20)
    await busy.end()
    expect(busy.failed).toEqual([])
    const messages = [...(await arrived()).values()]
    const told = new Set(messages.flatMap(({ value }) => /broker_\d+_\d+/.exec(value)?.[0] ?? []))
    expect(busy.seen.filter((alias) => !told.has(alias))).toEqual([])
  })

  test('R24 a gateway killed under load: what a client saw is recorded, what nobody knows is `unknown`, all is shipped', async () => {
    const busy = load(6, 'gateway')
    const sleeper = (await serving.client('ben')).query('select pg_sleep(300)').catch(() => 'cut')
    await eventually(() => busy.seen.length > 100)
    await serving.program.kill9()
    await busy.end()
    expect(await sleeper).toBe('cut')
    serving = await stage.serve()
    const records = await spoolRecords(stage.folder)
    for (const parts of statements(records))
      expect(parts).toEqual(['decision', expect.stringMatching(/^outcome /)])
    const unknown = records.filter(({ unmapped }) => unmapped.gatehouse.outcome?.status === 'unknown')
    expect(unknown.some(({ query_info: query }) => query?.query_string.includes('pg_sleep'))).toBe(true)
    const done = new Set(
      records
        .filter(({ unmapped }) => unmapped.gatehouse.outcome?.status === 'done')
        .flatMap(({ query_info: query }) => /gateway_\d+_\d+/.exec(query?.query_string ?? '')?.[0] ?? []),
    )
    expect(busy.seen.filter((alias) => !done.has(alias))).toEqual([])
    const sequences = records.map(({ metadata }) => metadata.sequence)
    expect(sequences).toEqual(sequences.map((_, index) => (sequences[0] ?? 0) + index))
    const messages = await arrived()
    for (const { metadata } of records) expect(messages.has(metadata.uid)).toBe(true)
  })

  test('a spool that is full refuses statements with 53100, lets ROLLBACK through, and works again once Kafka takes its records', async () => {
    const client = await serving.client('ann')
    const busy = await serving.client('ben')
    await busy.query('begin')
    await kafka.kill9()
    // Each a text of its own: what records repeat takes no room.
    const reading = (columns: number, round = 0) =>
      `select ${Array.from({ length: columns }, (_, index) => `city as column_${round}_${index}`).join(', ')} from customers where id = 1`
    const until = async (attempt: (round: number) => Promise<unknown>) => {
      for (let round = 0; round < 5000; round += 1) {
        const fault = await attempt(round).then(
          () => undefined,
          (each: Refused) => each,
        )
        if (fault !== undefined) return fault
      }
      return undefined
    }
    expect(await until((round) => client.query(reading(700, round)))).toMatchObject({
      code: '53100',
      detail: expect.stringContaining('"code":"GH_AUDIT_UNAVAILABLE"'),
    })
    // What is left is too little for that one; smaller ones take the rest.
    for (const columns of [100, 1])
      expect(await until((round) => client.query(reading(columns, round)))).toMatchObject({ code: '53100' })
    await expect(busy.query(reading(700))).rejects.toMatchObject({ code: '53100' })
    await busy.query('rollback')
    expect(await until(async () => (await serving.client('bot')).end())).toMatchObject({ code: '57P03' })
    expect(JSON.parse((await serving.get('/readyz')).text).colour).not.toBe('green')
    await kafka.restart()
    await eventually(() =>
      client.query('select city from customers where id = 2').then(
        () => true,
        () => new Promise((resolve) => setTimeout(() => resolve(false), 200)),
      ),
    )
    await (await serving.client('bot')).end()
    await client.end()
    await busy.end()
    await eventually(async () => (await lag()) === 0)
  })

  test('a spool that cannot be written refuses the start', async () => {
    stage.write(
      'gatehouse.yaml',
      configuration(stage.postgres.port, kafka.brokers[0] ?? '').replace('./var', './blocked'),
    )
    stage.write('blocked/kept', '')
    execFileSync('chmod', ['700', join(stage.folder, 'blocked')])
    writeFileSync(join(stage.folder, 'blocked/spool'), 'not a folder')
    const refused = await stage.serve({ expectReady: false })
    expect(await refused.program.ended).toBe(3)
    expect(refused.program.output()).toContain('GH_SPOOL')
    expect(refused.program.output()).not.toContain('listening')
  })
})
