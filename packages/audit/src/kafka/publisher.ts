/** Sends batches and believes only an answer that covers every partition (kafkajs resolves without one). */
import { GatehouseError } from '@gatehouse/core'
import type { RecordMetadata } from 'kafkajs'
import type { SpoolRecord } from '../spool/spool-reader.js'
import { kafkaClient } from './client.js'
import type { KafkaOptions } from './kafka-options.js'
import { kafkajs } from './library.js'
import { kafkaMessage } from './message.js'
import { ensureTopic } from './topic.js'

export interface Publisher {
  /** Resolves once all in-sync replicas have all of them. One call at a time. */
  send(records: readonly SpoolRecord[], now: number): Promise<void>
  close(): Promise<void>
}

/** Throws unless every partition in `sent` is in the answer, without an error. */
export function checkAnswer(sent: ReadonlySet<number>, answer: readonly RecordMetadata[]): void {
  const good = new Set(answer.filter(({ errorCode }) => errorCode === 0).map(({ partition }) => partition))
  const missing = [...sent].filter((partition) => !good.has(partition))
  if (sent.size > 0 && missing.length === 0) return
  throw new GatehouseError(
    'GH_SINK',
    `kafka did not acknowledge partitions ${missing.join(', ') || 'at all'}`,
  )
}

/** A fresh producer; after any failure it is thrown away. */
export async function connectPublisher(options: KafkaOptions, source: string): Promise<Publisher> {
  const client = kafkaClient(options)
  await ensureTopic(client, options)
  const sent = new Set<number>()
  const producer = client.producer({
    // `idempotent` loses acknowledged records after an error; ids tell duplicates apart.
    idempotent: false,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    // No second try inside: it may send to partitions that the answer to the first try seems to cover.
    retry: { retries: 0 },
    createPartitioner: () => {
      const choose = kafkajs().Partitioners.DefaultPartitioner()
      return (args) => {
        const partition = choose(args)
        sent.add(partition)
        return partition
      }
    },
  })
  await producer.connect()
  return {
    async send(records, now) {
      sent.clear()
      const messages = records.map((record) => kafkaMessage(record, source, now))
      const answer = await producer.sendBatch({
        acks: -1,
        topicMessages: [{ topic: options.topic, messages }],
      })
      checkAnswer(sent, answer)
    },
    close: () => producer.disconnect().catch(() => undefined),
  }
}
