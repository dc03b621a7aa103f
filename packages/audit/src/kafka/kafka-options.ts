/** Where and how records go to Kafka. */
import type { ConnectionOptions } from 'node:tls'

export interface KafkaSasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: string
  readonly password: string
}

export interface KafkaOptions {
  /** `host:port` */
  readonly brokers: readonly string[]
  readonly topic: string
  readonly clientId: string
  /** Left out: no TLS. PEM texts, not paths. */
  readonly tls?: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername'>
  /** Asked anew at each connection, so that a changed password is used. */
  readonly sasl?: () => KafkaSasl
  /** For a topic that has to be created; 12. */
  readonly partitions?: number
  /** Never gets a secret or a record. */
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void
}
