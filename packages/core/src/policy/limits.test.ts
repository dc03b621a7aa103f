import { describe, expect, test } from 'vitest'
import type { Decision } from '../decision.js'
import { MOMENT, sampleAction, samplePolicy, sampleSession, sampleStatement } from '../sample.js'
import type { Statement } from '../statement.js'
import { bytesOf } from './limits.js'

const YES =
  '- {name: y, effect: permit, verbs: [read, insert, update, delete, truncate, drop, alter, call, copy-in, copy-out, import, opaque]}\n'
const FIVE = `${YES}- {name: five, effect: limit, affected: 5}\n`

function decide(rules: string, statement: Statement): Decision {
  return samplePolicy(rules).forSession(sampleSession()).decide(statement, MOMENT).decision
}

const one = (action: ReturnType<typeof sampleAction>, more: Partial<Statement> = {}) =>
  sampleStatement([action], more)

describe('R21 a limit on changed rows', () => {
  test.each(['insert', 'update', 'delete', 'copy-in'] as const)('R21 binds %s', (verb) => {
    expect(decide(FIVE, one(sampleAction(verb)))).toMatchObject({
      effect: 'permit',
      affected: { limit: 5, rule: 'p/five' },
    })
  })

  test('R21 has nothing to say to reading, and reading nothing to it', () => {
    expect(decide(FIVE, one(sampleAction('read')))).toEqual({ effect: 'permit', rules: ['p/y'], masks: [] })
    expect(decide(FIVE, sampleStatement([])).effect).toBe('permit')
  })

  test('R21 the smallest binds, and only for the verbs that the rule names', () => {
    const rules = `${FIVE}- {name: two, effect: limit, verbs: [delete], affected: 2}\n`
    expect(decide(rules, one(sampleAction('delete')))).toMatchObject({
      affected: { limit: 2, rule: 'p/two' },
    })
    expect(decide(rules, one(sampleAction('update')))).toMatchObject({
      affected: { limit: 5, rule: 'p/five' },
    })
  })

  test.each(['truncate', 'drop', 'alter', 'opaque'] as const)('R21 %s has no count: refused', (verb) => {
    expect(decide(FIVE, one(sampleAction(verb)))).toMatchObject({
      effect: 'forbid',
      code: 'GH_ROW_LIMIT',
      rules: ['p/five'],
    })
    const narrow = `${YES}- {name: few, effect: limit, verbs: [update], affected: 5}\n`
    expect(decide(narrow, one(sampleAction(verb))).effect).toBe(verb === 'opaque' ? 'forbid' : 'permit')
  })

  test('R21 what sets off more than the server counts is refused with the reason', () => {
    const why = 'triggers of `orders` run too'
    const triggering = one(sampleAction('delete', 'shop.public.orders', { certainty: 'at-most', why }))
    const within = one(sampleAction('delete'), { uncounted: 'WITH changes rows' })
    expect(decide(FIVE, triggering)).toMatchObject({ code: 'GH_ROW_LIMIT' })
    expect(decide(FIVE, triggering)).toMatchObject({ message: expect.stringContaining(why) })
    expect(decide(FIVE, within)).toMatchObject({ message: expect.stringContaining('WITH changes rows') })
    expect(decide(YES, within).effect).toBe('permit')
    expect(decide(FIVE, one(sampleAction('read'), { uncounted: 'EXPLAIN' })).effect).toBe('permit')
  })
})

describe('R21 a limit on bytes', () => {
  const cap = `${YES}- {name: cap, effect: limit, bytes: 10MiB}\n`

  test('R21 binds what is read, and refuses what is copied out', () => {
    expect(decide(cap, one(sampleAction('read')))).toMatchObject({ bytes: { limit: 10_485_760 } })
    expect(decide(cap, sampleStatement([], { streams: true }))).toMatchObject({ code: 'GH_ROW_LIMIT' })
  })

  test.each([
    ['1B', 1],
    ['2KiB', 2048],
    ['3MiB', 3_145_728],
    ['1GiB', 1_073_741_824],
    [77, 77],
  ])('%s', (size, bytes) => {
    expect(bytesOf(size)).toBe(bytes)
  })
})
