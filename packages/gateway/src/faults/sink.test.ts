/** Kafka dies in mid-batch, stands still, or is away until the spool is full. */
import { readSpool } from '@gatehouse/audit'
import { describePart, type KafkaBroker, startKafka } from '@gatehouse/workbench'
import kafkajs from 'kafkajs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { followTopic, type TopicReader } from '../end-to-end/follow-topic.js'
import type { Served } from '../end-to-end/home.js'
import { eventually, metric } from '../end-to-end/stage.js'
import { furnished, type House, openHouse } from './house.js'
import { postgres } from './postgres.js'
import { spoolOf } from './reconcile.js'
import { allowTime, LONG, rounds, said, within } from './rounds.js'
import { startTraffic } from './traffic.js'

allowTime()

const TOPIC = 'gatehouse.audit.v1'

describePart('kafka', 'faults of the sink', () => {
  let house: House
  let kafka: KafkaBroker
  let serving: Served
  let reader: TopicReader

  const configuration = (port: number, maxBytes: string) =>
    furnished(port).replace(
      'audit: {spool: {durability: write}}',
      `audit: {spool: {durability: write, maxBytes: ${maxBytes}}, kafka: {brokers: ["${kafka.brokers[0]}"]}}`,
    )

  beforeAll(async () => {
    kafka = await startKafka()
    house = await openHouse(postgres, {
      configuration: (port) => configuration(port, '1GiB'),
      topic: () => reader,
    })
    serving = await house.serve()
    reader = await followTopic(kafka.brokers, TOPIC)
  })
  afterAll(async () => {
    await reader?.stop()
    await house?.stop()
    await kafka?.stop()
  })

  const lag = async () => metric((await serving.get('/metrics')).text, 'gatehouse_kafka_lag_records')
  /** All is acknowledged, and the reader has seen as much as stands in the topic. */
  const arrived = async () => {
    await house.quiet(serving)
    await within(
      'records are shipped',
      eventually(async () => (await lag()) === 0),
    )
    let last = 0
    for await (const { sequence } of readSpool(spoolOf(house.folder))) last = sequence
    // The topic has had every record since the first, also those that a small spool has let go meanwhile.
    const numbers = new Set<number>()
    let read = 0
    await within(
      'the topic holds all',
      eventually(() => {
        for (; read < reader.messages.length; read += 1) numbers.add(reader.messages[read]?.sequence ?? 0)
        return numbers.size >= last
      }),
    )
  }

  test('R25 kill -9 of Kafka in mid-batch, with the gateway behind it: the topic equals the spool by id', async () => {
    await rounds('kill -9 of Kafka in mid-batch', { short: 1, long: 10 }, async (round) => {
      const traffic = startTraffic(serving, house.book, 6)
      await within(
        'calls are answered',
        eventually(() => traffic.count >= 40),
      )
      await kafka.kill9()
      const before = traffic.count
      await within(
        'calls are answered without it',
        eventually(() => traffic.count >= before + 40),
      )
      // The second time the gateway dies too, with what it had not shipped.
      if (round % 2 === 1) {
        await serving.program.kill9()
        await traffic.end()
        await house.gone()
        serving = await house.serve()
      }
      await kafka.restart()
      await traffic.end()
      await arrived()
      await house.agree()
      if (round % 2 === 0) expect(traffic.seen.has('cut') || traffic.seen.has('unwritten')).toBe(false)
    })
  })

  test('R25 a sink that stands still is waited for, and the load is not', async () => {
    const traffic = startTraffic(serving, house.book, 4)
    process.kill(kafka.pid, 'SIGSTOP')
    try {
      await within(
        'calls are answered',
        eventually(() => traffic.count >= 80),
      )
    } finally {
      process.kill(kafka.pid, 'SIGCONT')
    }
    await traffic.end()
    await arrived()
    await house.agree()
    said('a sink that stands still under load', 1)
  })

  const admin = async <Value>(work: (admin: kafkajs.Admin) => Promise<Value>): Promise<Value> => {
    const client = new kafkajs.Kafka({ brokers: [...kafka.brokers], logLevel: kafkajs.logLevel.NOTHING })
    const asked = client.admin()
    await asked.connect()
    return work(asked).finally(() => asked.disconnect())
  }
  const busy = async (count: number) => {
    const traffic = startTraffic(serving, house.book, 4)
    await within(
      'calls are answered',
      eventually(() => traffic.count >= count),
    )
    return traffic
  }

  // What the shipper makes of each stands in audit/kafka; here nobody notices.
  if (LONG) {
    test('R25 a topic that takes no record of this size is waited for, and has them all once it does', async () => {
      const takes = (bytes: number) =>
        admin((asked) =>
          asked.alterConfigs({
            validateOnly: false,
            resources: [
              {
                type: kafkajs.ConfigResourceTypes.TOPIC,
                name: TOPIC,
                configEntries: [{ name: 'max.message.bytes', value: String(bytes) }],
              },
            ],
          }),
        )
      await takes(600)
      const traffic = await busy(40)
      await house.turns(serving, 'yellow')
      await takes(1_048_588)
      await traffic.end()
      expect([...traffic.seen].sort()).toEqual(['done', 'failed', 'refused'])
      await arrived()
      await house.agree()
      said('a topic that takes no record of this size', 1)
    })

    test('R25 a topic that is deleted is made anew, and has what Kafka had not acknowledged', async () => {
      const before = await busy(40)
      await before.end()
      await arrived()
      const { messages: old } = reader
      await reader.stop()
      await admin((asked) => asked.deleteTopics({ topics: [TOPIC] }))
      const traffic = await busy(80)
      await traffic.end()
      await within(
        'records are shipped',
        eventually(async () => (await lag()) === 0),
      )
      const fresh = await followTopic(kafka.brokers, TOPIC)
      reader = {
        get messages() {
          return [...old, ...fresh.messages]
        },
        stop: fresh.stop,
      }
      await arrived()
      await house.agree()
      said('a topic that is deleted', 1)
    })
  }

  // Takes thousands of statements; the short form of it stands in end-to-end/kafka.test.ts.
  if (LONG)
    test('R30 a spool that fills while Kafka is away refuses, executes nothing unrecorded, and empties again', async () => {
      await serving.program.stop()
      house.configure(configuration(house.upstream.port, '16MiB'))
      serving = await house.serve()
      await kafka.kill9()
      const traffic = startTraffic(serving, house.book, 2)
      const wide = Array.from({ length: 700 }, (_, index) => `city as column_number_${index}`).join(', ')
      const guest = await house.enter(serving, 'ben')
      for (let ending = 'done'; ending === 'done'; )
        ending = await house.book.note((name) => guest.ask(`select city as ${name}, ${wide} from customers`))
      await within(
        'the spool is full for all',
        eventually(() => traffic.seen.has('unwritten')),
      )
      await guest.end()
      await traffic.end()
      await kafka.restart()
      await arrived()
      const after = startTraffic(serving, house.book, 2)
      await within(
        'calls are answered',
        eventually(() => after.seen.has('done') && after.count >= 10),
      )
      await after.end()
      await arrived()
      await house.agree()
      expect(await serving.program.stop()).toBe(0)
      said('a spool that fills while Kafka is away', 1)
    })
})
