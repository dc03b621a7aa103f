/** What a Kafka failure means to us, found by walking its causes: kafkajs nests them and its flags mislead. */

export interface KafkaFailure {
  /**
   * `refused`: credentials, rights or certificates. `missing`: no such topic. `large`: over the broker's ceiling.
   * `unreachable`: everything else; it may pass by itself.
   */
  readonly kind: 'refused' | 'missing' | 'large' | 'unreachable'
  readonly message: string
}

interface Link {
  readonly name?: unknown
  readonly message?: unknown
  readonly type?: unknown
  readonly code?: unknown
  readonly cause?: unknown
  readonly errors?: unknown
}

const REFUSED_TYPES =
  /^(?:.*_AUTHORIZATION_FAILED|SASL_AUTHENTICATION_FAILED|UNSUPPORTED_SASL_MECHANISM|ILLEGAL_SASL_STATE|SECURITY_DISABLED|POLICY_VIOLATION|INVALID_REPLICATION_FACTOR|INVALID_CONFIG|INVALID_TOPIC_EXCEPTION)$/
const REFUSED_CODES = /CERT|^ERR_TLS|^ERR_SSL|^UNABLE_TO_|^HOSTNAME_MISMATCH/

function links(error: unknown): Link[] {
  const found: Link[] = []
  const queue: unknown[] = [error]
  while (queue.length > 0 && found.length < 32) {
    const next = queue.shift()
    if (typeof next !== 'object' || next === null || found.includes(next)) continue
    const link = next as Link
    found.push(link)
    queue.push(link.cause)
    if (Array.isArray(link.errors)) queue.push(...link.errors)
  }
  return found
}

function kindOf({ name, type, code }: Link): KafkaFailure['kind'] {
  if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE') return 'large'
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION') return 'missing'
  if (name === 'KafkaJSSASLAuthenticationError') return 'refused'
  if (typeof type === 'string' && REFUSED_TYPES.test(type)) return 'refused'
  return typeof code === 'string' && REFUSED_CODES.test(code) ? 'refused' : 'unreachable'
}

export function kafkaFailure(error: unknown): KafkaFailure {
  const chain = links(error)
  const telling = chain.find((link) => kindOf(link) !== 'unreachable')
  const last = telling ?? chain.at(-1)
  const message = typeof last?.message === 'string' && last.message !== '' ? last.message : String(error)
  return { kind: telling === undefined ? 'unreachable' : kindOf(telling), message: message.slice(0, 500) }
}
