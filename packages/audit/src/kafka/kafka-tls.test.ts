import { readFileSync } from 'node:fs'
import {
  type Certificates,
  certificates,
  describePart,
  type KafkaBroker,
  startKafka,
} from '@gatehouse/workbench'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { permitted, spoolBench } from '../sample-records.js'
import { createKafkaShipper } from './kafka-shipper.js'

describePart(['kafka', 'openssl'], 'a broker over TLS', () => {
  let own: Certificates
  let other: Certificates
  let broker: KafkaBroker
  beforeAll(async () => {
    own = await certificates()
    other = await certificates()
    broker = await startKafka({ tls: own })
  }, 300_000)
  afterAll(async () => {
    await broker?.stop()
    own?.remove()
    other?.remove()
  })

  test('an authority that did not sign the broker’s certificate stops the start; the right one ships', async () => {
    const bench = spoolBench()
    const spool = bench.open({ shipped: true })
    spool.decided(permitted, false)
    const open = (ca: string) =>
      createKafkaShipper({
        spool,
        brokers: broker.brokers,
        topic: 'tls',
        clientId: 'test',
        tls: { ca: readFileSync(ca, 'utf8') },
        now: Date.now,
        log: () => {},
      })
    await expect(open(other.ca).start()).rejects.toThrow(/^kafka refuses this gateway: .*certificate/)
    const right = open(own.ca)
    await right.start()
    await vi.waitFor(() => expect(right.stats().sequence).toBe(1), { timeout: 60_000 })
    await right.stop(1000)
    bench.clear()
  })
})
