/** An independent reader of the audit topic, from its beginning. */
import kafkajs, { type KafkaMessage } from 'kafkajs'

export interface TopicMessage {
  readonly key: string
  readonly value: string
  readonly headers: Readonly<Record<string, string>>
  /** `metadata.uid` */
  readonly uid: string
  readonly session: string | undefined
  readonly sequence: number
}

export interface TopicReader {
  /** In the order of arrival, copies included. */
  readonly messages: readonly TopicMessage[]
  stop(): Promise<void>
}

export async function followTopic(brokers: readonly string[], topic: string): Promise<TopicReader> {
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING })
  const consumer = kafka.consumer({ groupId: `reader-${process.pid}-${Date.now()}`, maxWaitTimeInMs: 100 })
  const messages: TopicMessage[] = []
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({
    eachBatch: async ({ batch }) => {
      for (const message of batch.messages) messages.push(read(message))
    },
  })
  return { messages, stop: () => consumer.disconnect() }
}

function read({ key, value, headers }: KafkaMessage): TopicMessage {
  const text = String(value)
  const { metadata } = JSON.parse(text) as {
    metadata: { uid: string; correlation_uid?: string; sequence: number }
  }
  return {
    key: String(key),
    value: text,
    headers: Object.fromEntries(
      Object.entries(headers ?? {}).map(([name, header]): [string, string] => [name, String(header)]),
    ),
    uid: metadata.uid,
    session: metadata.correlation_uid,
    sequence: metadata.sequence,
  }
}
