/** Makes sure that the topic is there and keeps what it is sent (R25). */
import { GatehouseError } from '@gatehouse/core'
import type { Admin, Kafka } from 'kafkajs'
import { kafkaFailure } from './failure.js'
import type { KafkaOptions } from './kafka-options.js'
import { kafkajs } from './library.js'

const PARTITIONS = 12
const REPLICAS = 3

async function create(admin: Admin, options: KafkaOptions): Promise<void> {
  const { brokers } = await admin.describeCluster()
  const replicationFactor = Math.min(REPLICAS, Math.max(1, brokers.length))
  const configEntries = [{ name: 'cleanup.policy', value: 'delete' }]
  if (replicationFactor === REPLICAS) configEntries.push({ name: 'min.insync.replicas', value: '2' })
  const numPartitions = options.partitions ?? PARTITIONS
  const topic = { topic: options.topic, numPartitions, replicationFactor, configEntries }
  const created = await admin.createTopics({ topics: [topic], waitForLeaders: true, timeout: 15_000 })
  options.log(
    'info',
    created ? `kafka: created topic \`${options.topic}\`` : 'kafka: the topic was created by another',
  )
}

/** A compacted topic would delete all but the last record of each session. */
async function refuseCompaction(admin: Admin, options: KafkaOptions): Promise<void> {
  const resources = [
    { type: kafkajs().ConfigResourceTypes.TOPIC, name: options.topic, configNames: ['cleanup.policy'] },
  ]
  const answer = await admin
    .describeConfigs({ includeSynonyms: false, resources })
    .catch((error: unknown) => {
      options.log(
        'warn',
        `kafka: the configuration of \`${options.topic}\` cannot be read: ${kafkaFailure(error).message}`,
      )
      return undefined
    })
  const policy = answer?.resources[0]?.configEntries.find(({ configName }) => configName === 'cleanup.policy')
  if (policy?.configValue.includes('compact')) {
    throw new GatehouseError(
      'GH_SINK',
      `topic \`${options.topic}\` is compacted, which deletes records: set cleanup.policy=delete`,
    )
  }
}

/** Throws GH_SINK when the topic is missing and may not be created, and kafkajs errors when no broker answers. */
export async function ensureTopic(client: Kafka, options: KafkaOptions): Promise<void> {
  const admin = client.admin()
  await admin.connect()
  try {
    const topics = await admin.listTopics()
    if (!topics.includes(options.topic)) {
      try {
        await create(admin, options)
      } catch (error) {
        const { kind, message } = kafkaFailure(error)
        if (kind === 'unreachable') throw error
        throw new GatehouseError(
          'GH_SINK',
          `topic \`${options.topic}\` does not exist and cannot be created: ${message}`,
          { cause: error },
        )
      }
    }
    await refuseCompaction(admin, options)
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}
