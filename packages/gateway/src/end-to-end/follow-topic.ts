/** An independent reader of the audit topic, from its beginning. */
import kafkajs from 'kafkajs'

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
    eachMessage: async ({ message }) => {
      const value = String(message.value)
      const { metadata } = JSON.parse(value) as {
        metadata: { uid: string; correlation_uid?: string; sequence: number }
      }
      const headers = Object.entries(message.headers ?? {}).map(([name, text]) => [name, String(text)])
      messages.push({
        key: String(message.key),
        value,
        headers: Object.fromEntries(headers) as Record<string, string>,
        uid: metadata.uid,
        session: metadata.correlation_uid,
        sequence: metadata.sequence,
      })
    },
  })
  return { messages, stop: () => consumer.disconnect() }
}
