import { describe, expect, test } from 'vitest'
import { kafkaFailure } from './failure.js'
import { checkAnswer } from './publisher.js'

const answer = (partition: number, errorCode = 0) => ({ topicName: 't', partition, errorCode })

describe('R25 an answer counts only when it covers every partition that was sent to', () => {
  test.each([
    ['nothing', []],
    ['one of two', [answer(0)]],
    ['an error for one', [answer(0), answer(1, 6)]],
  ])('%s does not', (_, given) => {
    expect(() => checkAnswer(new Set([0, 1]), given)).toThrow(/did not acknowledge partitions/)
  })

  test('both do, and a batch without any partition does not', () => {
    expect(() => checkAnswer(new Set([0, 1]), [answer(1), answer(0)])).not.toThrow()
    expect(() => checkAnswer(new Set(), [])).toThrow(/at all/)
  })
})

test.each([
  [
    'large',
    {
      name: 'KafkaJSNonRetriableError',
      message: 'outer',
      cause: { type: 'MESSAGE_TOO_LARGE', message: 'too big' },
    },
  ],
  [
    'refused',
    { message: 'x', cause: { message: 'y', cause: { type: 'TOPIC_AUTHORIZATION_FAILED', message: 'no' } } },
  ],
  ['refused', { name: 'KafkaJSSASLAuthenticationError', message: 'bad password' }],
  [
    'refused',
    { name: 'KafkaJSConnectionError', code: 'DEPTH_ZERO_SELF_SIGNED_CERT', message: 'self signed' },
  ],
  ['missing', { errors: [{ type: 'UNKNOWN_TOPIC_OR_PARTITION', message: 'none' }], message: 'many' }],
  ['unreachable', { name: 'KafkaJSConnectionError', code: 'ECONNREFUSED', message: 'refused' }],
  ['unreachable', 'a string'],
  ['unreachable', undefined],
])('a failure is %s by what it holds inside (%#)', (kind, error) => {
  expect(kafkaFailure(error).kind).toBe(kind)
})

test('causes that lead in a circle end', () => {
  const error = new Error('round') as Error & { cause?: unknown }
  error.cause = error
  expect(kafkaFailure(error)).toEqual({ kind: 'unreachable', message: 'round' })
})
