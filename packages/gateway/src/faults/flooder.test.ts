/** One person floods the spool while Kafka is away, or asks faster than may be recorded: refused alone, others go on. */
import { describePart, type KafkaBroker, startKafka } from '@gatehouse/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { followTopic, type TopicReader } from '../end-to-end/follow-topic.js'
import type { Served } from '../end-to-end/home.js'
import { spoolRecords } from '../end-to-end/spool-records.js'
import { eventually, metric } from '../end-to-end/stage.js'
import type { Guest } from './database.js'
import { furnished, type House, openHouse } from './house.js'
import { postgres } from './postgres.js'
import type { Ending } from './reconcile.js'
import { allowTime, rounds, said, within } from './rounds.js'

allowTime()

const asks = (house: House, guest: Guest, more = '') =>
  house.book.note((name) => guest.ask(`select city as ${name}${more} from customers where id = 1`))
const notes = async (house: House) =>
  (await spoolRecords(house.folder))
    .map(({ unmapped }) => unmapped.gatehouse as { phase: string; spool?: Record<string, unknown> })
    .filter(({ spool }) => spool?.event === 'rationed')
    .map(({ spool }) => spool)
const counted = (all: readonly unknown[]) =>
  (all as { count: number }[]).reduce((sum, { count }) => sum + count, 0)

describePart('kafka', 'a flooder', () => {
  let house: House
  let kafka: KafkaBroker
  let serving: Served
  let reader: TopicReader

  beforeAll(async () => {
    kafka = await startKafka()
    house = await openHouse(postgres, {
      configuration: (port) =>
        furnished(port).replace(
          'audit: {spool: {durability: write}}',
          `audit: {spool: {durability: write, maxBytes: 16MiB}, kafka: {brokers: ["${kafka.brokers[0]}"]}}`,
        ),
      topic: () => reader,
    })
    serving = await house.serve()
    reader = await followTopic(kafka.brokers, 'gatehouse.audit.v1')
  })
  afterAll(async () => {
    await reader?.stop()
    await house?.stop()
    await kafka?.stop()
  })

  const figure = async (name: string) => metric((await serving.get('/metrics')).text, name) ?? Number.NaN
  const shipped = () =>
    within(
      'records are shipped',
      eventually(async () => (await figure('gatehouse_kafka_lag_records')) === 0),
    )
  const wide = Array.from({ length: 300 }, (_, index) => `, city as column_number_${index}`).join('')

  test('R15 who floods the spool while Kafka is away is refused alone, and served again when it is back', async () => {
    let refused = 0
    const from = performance.now()
    await rounds('a flooder while Kafka is away', { short: 1, long: 3 }, async () => {
      await shipped()
      await kafka.kill9()
      const [flooder, bystander] = [await house.enter(serving, 'ann'), await house.enter(serving, 'ben')]
      for (let ending: Ending = 'done'; ending !== 'unwritten'; ) {
        ending = await asks(house, flooder, wide)
        expect(ending).toMatch(/^(done|unwritten)$/)
      }
      refused += 1
      const full = await figure('gatehouse_spool_bytes')
      // At least as much stands there as one may have; the same again is left for the others.
      expect(full).toBeGreaterThan(6 << 20)
      const fault = await flooder.ask('select 1').catch((thrown: unknown) => thrown)
      expect(fault).toMatchObject({ code: '53100', severity: 'ERROR' })
      expect(String(fault)).toContain('your audit records')
      refused += 1
      for (let more = 0; more < 200; more += 1) expect(await asks(house, flooder, wide)).toBe('unwritten')
      refused += 200
      expect(await house.newcomer(serving, 'ann')).toBe('57P03')
      refused += 1
      // Refusals are counted, not written one by one.
      expect((await figure('gatehouse_spool_bytes')) - full).toBeLessThan(32 << 10)
      for (let more = 0; more < 50; more += 1) expect(await asks(house, bystander, wide)).toBe('done')
      expect(await house.newcomer(serving, 'ben')).toBe('let in')
      await kafka.restart()
      await shipped()
      await within(
        'the flooder is served again',
        eventually(async () => {
          const ending = await asks(house, flooder)
          if (ending === 'unwritten') refused += 1
          return ending === 'done'
        }),
      )
      await Promise.all([flooder.end(), bystander.end()])
    })
    await house.quiet(serving)
    // Stopping tells what was not told yet.
    expect(await serving.program.stop()).toBe(0)
    const told = await notes(house)
    expect(counted(told)).toBe(refused)
    expect(told.length).toBeLessThanOrEqual(4 + (performance.now() - from) / 60_000)
    expect(told[0]).toMatchObject({ user: 'local|ann', limit: 'share' })
    serving = await house.serve()
    await shipped()
    // Shipped is not yet read: the last of one partition may come before the middle of another.
    await within(
      'the topic holds all',
      eventually(async () => {
        const here = new Set(reader.messages.map(({ uid }) => uid))
        return (await spoolRecords(house.folder)).every(({ metadata }) => here.has(metadata.uid))
      }),
    )
    await house.agree()
    expect(await serving.program.stop()).toBe(0)
  })
})

describe('a rate', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse(postgres, {
      configuration: (port) =>
        furnished(port).replace('durability: write', 'durability: write, perIdentity: {rate: 2}'),
    })
  })
  afterAll(() => house?.stop())

  test('R15 who asks faster than may be recorded is refused alone, may still roll back, and is served again', async () => {
    const serving = await house.serve()
    const from = performance.now()
    const [flooder, bystander] = [await house.enter(serving, 'ann'), await house.enter(serving, 'ben')]
    await flooder.ask('begin')
    let refused = 0
    for (let asked = 0; asked < 400; asked += 1) {
      const ending = await asks(house, flooder)
      if (ending === 'unwritten' || ending === 'aborted') refused += 1
    }
    expect(refused).toBeGreaterThan(100)
    expect(await asks(house, bystander)).toBe('done')
    await flooder.ask('rollback')
    await within(
      'the flooder is served again',
      eventually(async () => (await asks(house, flooder)) === 'done'),
    )
    await Promise.all([flooder.end(), bystander.end()])
    await house.quiet(serving)
    await house.agree()
    expect(await serving.program.stop()).toBe(0)
    const told = await notes(house)
    expect(counted(told)).toBeGreaterThan(100)
    // Once a minute, and at the end.
    expect(told.length).toBeLessThanOrEqual(3 + (performance.now() - from) / 60_000)
    expect(told[0]).toMatchObject({ user: 'local|ann', limit: 'rate' })
    said('somebody who asks faster than may be recorded', 1)
  })
})
