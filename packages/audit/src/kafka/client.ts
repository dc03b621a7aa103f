/** A kafkajs client that logs where we do and holds no old credentials. */
import type { Kafka, SASLOptions } from 'kafkajs'
import type { KafkaOptions } from './kafka-options.js'
import { kafkajs } from './library.js'

/** kafkajs keeps its authenticator inside the object that it is given: a literal of its own, each time. */
function sasl(options: KafkaOptions): SASLOptions | undefined {
  if (options.sasl === undefined) return undefined
  const { mechanism, username, password } = options.sasl()
  switch (mechanism) {
    case 'plain':
      return { mechanism: 'plain', username, password }
    case 'scram-sha-256':
      return { mechanism: 'scram-sha-256', username, password }
    case 'scram-sha-512':
      return { mechanism: 'scram-sha-512', username, password }
  }
}

export function kafkaClient(options: KafkaOptions): Kafka {
  const credentials = sasl(options)
  const { Kafka, logLevel } = kafkajs()
  return new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    ...(options.tls === undefined ? {} : { ssl: { ...options.tls } }),
    ...(credentials === undefined ? {} : { sasl: credentials }),
    connectionTimeout: 3000,
    authenticationTimeout: 5000,
    requestTimeout: 30_000,
    // Each try of a connection takes the next broker of the list.
    retry: { retries: Math.max(1, options.brokers.length), initialRetryTime: 100, maxRetryTime: 1000 },
    logLevel: logLevel.WARN,
    // The message alone: what stands beside it can hold requests.
    logCreator: () => (entry) => options.log('warn', `kafka: ${String(entry.log.message).slice(0, 500)}`),
  })
}
