import { readFileSync, rmSync } from 'node:fs'
import { describePart, freePort, type KafkaBroker, startKafka } from '@gatehouse/workbench'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import {
  allOf,
  type Bench,
  completed,
  decidedAs,
  permitted,
  type Seen,
  signedIn,
  spoolBench,
  standing,
} from '../sample-records.js'
import type { AuditSpool } from '../spool/spool-options.js'
import { createKafkaShipper, type KafkaShipper, type KafkaShipperOptions } from './kafka-shipper.js'

interface Got {
  readonly key: string
  readonly headers: Readonly<Record<string, string>>
  readonly record: Seen
  readonly partition: number
}

let bench: Bench
const shippers: KafkaShipper[] = []
const logged: string[] = []

beforeEach(() => {
  bench = spoolBench()
  logged.length = 0
})
afterEach(async () => {
  for (const shipper of shippers.splice(0)) await shipper.stop(0)
  bench.clear()
})

function shipper(
  spool: AuditSpool,
  brokers: readonly string[],
  more: Partial<KafkaShipperOptions> = {},
): KafkaShipper {
  const made = createKafkaShipper({
    spool,
    brokers,
    topic: 'gatehouse.audit.v1',
    clientId: 'test',
    now: Date.now,
    log: (_, message) => logged.push(message),
    ...more,
  })
  shippers.push(made)
  return made
}

function client(brokers: readonly string[]): Kafka {
  return new Kafka({
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    retry: { retries: 20, maxRetryTime: 500 },
  })
}

/** Everything in the topic, read by an ordinary consumer until `enough` says so. */
async function consume(
  brokers: readonly string[],
  topic: string,
  enough: (got: Got[]) => boolean,
): Promise<Got[]> {
  const consumer = client(brokers).consumer({ groupId: `g${Math.random()}`, maxWaitTimeInMs: 200 })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  const got: Got[] = []
  await consumer.run({
    eachMessage: async ({ message, partition }) => {
      const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)])
      got.push({
        key: String(message.key),
        headers: Object.fromEntries(headers) as Record<string, string>,
        record: JSON.parse(String(message.value)) as Seen,
        partition,
      })
    },
  })
  await vi.waitFor(() => expect(enough(got)).toBe(true), { timeout: 60_000, interval: 50 })
  await consumer.disconnect()
  return got
}

const uids = (records: readonly Seen[]) => records.map(({ metadata }) => metadata.uid)

describePart('kafka', 'shipping to a real broker', () => {
  let broker: KafkaBroker
  beforeAll(async () => {
    broker = await startKafka()
  }, 300_000)
  afterAll(() => broker?.stop())

  test('a missing topic is created; records arrive keyed, in order, as CloudEvents', async () => {
    const spool = bench.open({ shipped: true })
    spool.signedIn(signedIn)
    spool.decided(permitted, false)
    spool.completed(completed(permitted))
    spool.signedIn({ ...signedIn, id: 'bad', kind: 'refused', session: undefined as never })
    await shipper(spool, broker.brokers, { topic: 'made' }).start()
    const got = await consume(broker.brokers, 'made', (all) => all.length >= 4)
    const own = got.filter(({ key }) => key === permitted.session.id)
    expect(uids(own.map(({ record }) => record))).toEqual([
      `${signedIn.id}-i`,
      `${permitted.id}-d`,
      `${permitted.id}-o`,
    ])
    expect(got.map(({ key }) => key)).toContain('src:10.1.2.3')
    expect(own[1]?.headers).toEqual({
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_id: `${permitted.id}-d`,
      ce_source: '/gatehouse/gw-1',
      ce_type: 'dev.gatehouse.audit.statement.v1',
      ce_time: '2026-11-21T00:00:00.123Z',
      ce_subject: 'orders',
      ce_dataschema: 'https://gatehouse.dev/schemas/audit/1.0.json',
    })
    const admin = client(broker.brokers).admin()
    await admin.connect()
    const { topics } = await admin.fetchTopicMetadata({ topics: ['made'] })
    await admin.disconnect()
    expect(topics[0]?.partitions).toHaveLength(12)
    await vi.waitFor(() => expect(spool.stats().unshipped).toEqual({ records: 0, bytes: 0 }), {
      timeout: 60_000,
    })
  })

  test('R25 a broker killed -9 while records flow loses none; the cursor stays behind what it acknowledged', async () => {
    const spool = bench.open({ shipped: true, durability: 'write' })
    const ship = shipper(spool, broker.brokers, { topic: 'killed' })
    await ship.start()
    let id = 0
    let writing = true
    const load = (async () => {
      while (writing) {
        // However long the broker is away, what waits for it stays little: a slow machine has to ship and read it all.
        const room = ship.stats().unshipped.records < 4_000
        for (let at = 0; room && at < 20; at += 1) {
          const session = { ...permitted.session, id: `session-${id % 17}` }
          const decided = decidedAs(id++, { session })
          spool.decided(decided, false)
          spool.completed(completed(decided))
        }
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    })()
    for (let round = 0; round < 2; round += 1) {
      const before = ship.stats().sequence
      await vi.waitFor(() => expect(ship.stats().sequence).toBeGreaterThan(before + 100), { timeout: 60_000 })
      await broker.kill9()
      await vi.waitFor(() => expect(ship.stats().failures).toBeGreaterThan(round), { timeout: 60_000 })
      expect(ship.stats().unshipped.records).toBeGreaterThan(0)
      await broker.restart()
    }
    writing = false
    await load
    await standing(spool)
    const { sequence } = spool.stats()
    await vi.waitFor(() => expect(ship.stats().sequence).toBe(sequence), { timeout: 60_000 })
    const expected = uids(await allOf(spool))
    expect(expected).toHaveLength(sequence)
    const got = await consume(
      broker.brokers,
      'killed',
      (all) => new Set(uids(all.map(({ record }) => record))).size >= sequence,
    )
    expect(new Set(uids(got.map(({ record }) => record)))).toEqual(new Set(expected))
    // First copies of each session's records are in order.
    for (const key of new Set(got.map((one) => one.key))) {
      const own = got.filter((one) => one.key === key).map(({ record }) => record.metadata.sequence)
      const firsts = own.filter((value, at) => own.indexOf(value) === at)
      expect(firsts).toEqual([...firsts].sort((a, b) => a - b))
    }
  }, 300_000)

  test('a restart ships on from the cursor; without the cursor everything again under the same ids', async () => {
    const first = bench.open({ shipped: true })
    first.decided(permitted, false)
    first.completed(completed(permitted))
    const one = shipper(first, broker.brokers, { topic: 'again' })
    await one.start()
    await one.stop(10_000)
    expect(one.stats()).toMatchObject({ state: 'stopped', sequence: 2 })
    first.close()
    const second = bench.open({ shipped: true })
    expect(second.cursor?.sequence).toBe(2)
    second.decided(decidedAs('next'), false)
    const two = shipper(second, broker.brokers, { topic: 'again' })
    await two.start()
    await two.stop(10_000)
    second.close()
    const got = await consume(broker.brokers, 'again', (all) => all.length >= 3)
    expect(uids(got.map(({ record }) => record)).sort()).toEqual(
      [`${permitted.id}-d`, `${permitted.id}-o`, 'next-d'].sort(),
    )
    rmSync(`${bench.dir}/cursor.json`)
    const third = bench.open({ shipped: true })
    const three = shipper(third, broker.brokers, { topic: 'again' })
    await three.start()
    await three.stop(10_000)
    const more = await consume(broker.brokers, 'again', (all) => all.length >= 7)
    expect(new Set(uids(more.map(({ record }) => record))).size).toBe(4)
  })

  test('a record over the broker’s ceiling stops shipping there, says which, and is never skipped', async () => {
    const admin = client(broker.brokers).admin()
    await admin.connect()
    const configEntries = [{ name: 'max.message.bytes', value: '6000' }]
    await admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic: 'small', numPartitions: 1, configEntries }],
    })
    await admin.disconnect()
    const spool = bench.open({ shipped: true })
    for (let at = 0; at < 5; at += 1) spool.decided(decidedAs(at), false)
    const text = 'x'.repeat(16_000)
    spool.decided(decidedAs('huge', { statement: { ...permitted.statement, text } }), false)
    spool.decided(decidedAs('after'), false)
    const ship = shipper(spool, broker.brokers, { topic: 'small' })
    await ship.start()
    await vi.waitFor(() => expect(ship.stats()).toMatchObject({ state: 'stuck', sequence: 5 }), {
      timeout: 60_000,
    })
    expect(logged.join('\n')).toContain('record `huge-d` is too large for the broker')
    const got = await consume(broker.brokers, 'small', (all) => all.length >= 5)
    expect(new Set(uids(got.map(({ record }) => record)))).toEqual(
      new Set([0, 1, 2, 3, 4].map((at) => `s${at}-d`)),
    )
  })

  test('a compacted topic stops the start', async () => {
    const admin = client(broker.brokers).admin()
    await admin.connect()
    const configEntries = [{ name: 'cleanup.policy', value: 'compact' }]
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic: 'compacted', configEntries }] })
    await admin.disconnect()
    const ship = shipper(bench.open({ shipped: true }), broker.brokers, { topic: 'compacted' })
    await expect(ship.start()).rejects.toThrow(/topic `compacted` is compacted/)
  })

  test('a topic that cannot be created stops the start', async () => {
    const ship = shipper(bench.open({ shipped: true }), broker.brokers, { topic: 'no/such:name' })
    await expect(ship.start()).rejects.toMatchObject({
      code: 'GH_SINK',
      message: expect.stringMatching(/^topic `no\/such:name` does not exist and cannot be created/),
    })
  })
})

test('a broker that is down does not stop the start; the reason shows and records wait', async () => {
  const spool = bench.open({ shipped: true })
  spool.decided(permitted, false)
  const ship = shipper(spool, [`127.0.0.1:${await freePort()}`])
  await ship.start()
  await vi.waitFor(() => expect(ship.stats()).toMatchObject({ state: 'waiting', sequence: 0 }), {
    timeout: 60_000,
  })
  expect(ship.stats().lastError).toMatch(/ECONNREFUSED/)
  expect(ship.stats().lagSeconds).toBeGreaterThanOrEqual(0)
  expect(spool.stats().unshipped.records).toBe(1)
  expect(() => readFileSync(`${bench.dir}/cursor.json`)).toThrow()
})

describePart('kafka', 'a broker that wants credentials', () => {
  let broker: KafkaBroker
  beforeAll(async () => {
    broker = await startKafka({ sasl: { username: 'gatehouse', password: 'right horse' } })
  }, 300_000)
  afterAll(() => broker?.stop())

  test('a wrong password stops the start and stands in no log; a changed one works at the next connection', async () => {
    const spool = bench.open({ shipped: true })
    spool.decided(permitted, false)
    let password = 'wrong battery'
    const sasl = () => ({ mechanism: 'scram-sha-256', username: 'gatehouse', password }) as const
    const wrong = shipper(spool, broker.brokers, { sasl })
    await expect(wrong.start()).rejects.toMatchObject({
      code: 'GH_SINK',
      message: expect.stringMatching(/^kafka refuses this gateway/),
    })
    password = 'right horse'
    const right = shipper(spool, broker.brokers, { sasl })
    await right.start()
    await vi.waitFor(() => expect(right.stats().sequence).toBe(1), { timeout: 60_000 })
    expect(logged.join('\n')).not.toMatch(/battery|horse/)
  })
})
