/** `audit`: the spool that records wait in and the Kafka that they go to. */
import { z } from 'zod'
import { isLoopback, parseHostPort } from './address.js'
import { certificateAuthority } from './certificate-keys.js'
import { count, duration, expected, listOf, part, section, size, text } from './keys.js'
import { secretText } from './secret.js'
import type { Surroundings } from './surroundings.js'

const MIB = 2 ** 20
const TIB = 2 ** 40
const DAY = 86_400_000

const broker = expected('a broker such as `kafka1:9092`', (value) => {
  const address = parseHostPort(value)
  return address === undefined || address.port === 0 ? undefined : `${address.host}:${address.port}`
})

const topic = expected('a topic name: letters, digits, `.`, `_`, `-`, at most 249', (value) =>
  typeof value === 'string' && /^[A-Za-z0-9._-]{1,249}$/.test(value) && !/^\.{1,2}$/.test(value)
    ? value
    : undefined,
)

const spoolSection = section({
  durability: z.enum(['fsync', 'write'], { error: () => 'expected `fsync` or `write`' }).default('fsync'),
  maxBytes: size('a size from 16MiB to 64TiB', 16 * MIB, 64 * TIB).default(4096 * MIB),
  retain: duration(60_000, 3650 * DAY).default(7 * DAY),
  perIdentity: section({
    rate: count(0, 10_000_000).default(50_000),
    share: part('the part of the spool that one identity may fill', 0.01).default(0.5),
  }).prefault({}),
})

function kafkaSection(surroundings: Surroundings) {
  return section({
    brokers: listOf(broker, 'brokers', 1),
    topic: topic.default('gatehouse.audit.v1'),
    tls: section({ ca: certificateAuthority(surroundings).optional() }).optional(),
    sasl: section({
      mechanism: z.enum(['scram-sha-256', 'scram-sha-512', 'plain'], {
        error: () => 'expected `scram-sha-256`, `scram-sha-512` or `plain`',
      }),
      username: text('the user name'),
      password: secretText(surroundings),
    }).optional(),
  }).superRefine((keys, context) => {
    if (keys.sasl?.mechanism === 'plain' && keys.tls === undefined && !brokersOnLoopback(keys.brokers))
      context.addIssue({
        code: 'custom',
        path: ['sasl', 'mechanism'],
        message: '`plain` off loopback needs `tls`',
      })
  })
}

export function brokersOnLoopback(brokers: readonly string[]): boolean {
  return brokers.every((each) => isLoopback(each.slice(0, each.lastIndexOf(':'))))
}

export function auditSection(surroundings: Surroundings) {
  return section({ spool: spoolSection.prefault({}), kafka: kafkaSection(surroundings).optional() })
}

export type AuditSettings = z.output<ReturnType<typeof auditSection>>
