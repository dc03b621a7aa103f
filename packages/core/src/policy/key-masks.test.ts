import { describe, expect, test } from 'vitest'
import type { KeyMask } from '../decision.js'
import { keyMaskFor } from '../key-mask.js'
import {
  MOMENT,
  sampleAction,
  sampleOutput,
  samplePolicy,
  sampleSession,
  sampleSource,
  sampleStatement,
} from '../sample.js'

const YES = '- {name: y, effect: permit, verbs: [read]}\n'
const document = sampleStatement([sampleAction('read'), sampleAction('read', 'shop.public.logs')], {
  outputs: [
    sampleOutput('id', [sampleSource('id', [], 'shop.public.orders')]),
    sampleOutput('body', [sampleSource('body', [], 'shop.public.logs')]),
    sampleOutput('now', [], { how: 'constant' }),
  ],
})

function keys(rules: string, statement = document): readonly (readonly KeyMask[])[] | undefined {
  const { decision } = samplePolicy(YES + rules)
    .forSession(sampleSession())
    .decide(statement, MOMENT)
  return decision.effect === 'permit' ? decision.keys : undefined
}

const rulesOf = (list: readonly (readonly KeyMask[])[] | undefined) =>
  list?.map((masks) => masks.map(({ rule }) => rule))

describe('R6 mask rules by class bind keys inside documents', () => {
  test('R6 of every output, and of none without such rules', () => {
    expect(rulesOf(keys('- {name: m, effect: mask, classes: [pii], with: redact}'))).toEqual([
      ['p/m'],
      ['p/m'],
      ['p/m'],
    ])
    expect(keys('')).toBeUndefined()
    expect(keys('- {name: m, effect: mask, fields: [shop.public.orders.note], with: redact}')).toBeUndefined()
    expect(keys('- {name: m, effect: mask, groups: [others], classes: [pii], with: redact}')).toBeUndefined()
  })

  test('R6 only where the rule reaches', () => {
    const rule = '- {name: m, effect: mask, resources: [shop.public.logs], classes: [pii], with: redact}'
    expect(rulesOf(keys(rule))).toEqual([[], ['p/m'], []])
    const field = '- {name: m, effect: mask, fields: [shop.public.logs.body], classes: [pii], with: redact}'
    expect(rulesOf(keys(field))).toEqual([[], ['p/m'], []])
  })

  test('R6 conditions count, and one that is not known binds', () => {
    const only = (condition: string) =>
      rulesOf(keys(`- {name: m, effect: mask, classes: [pii], with: redact, if: '${condition}'}`))
    expect(only('action.verb == "read"')).toEqual([['p/m'], ['p/m'], ['p/m']])
    expect(only('action.verb == "copy-out"')).toBeUndefined()
    expect(only('claimed.application == "x"')).toEqual([['p/m'], ['p/m'], ['p/m']])
  })

  test('R6 the strictest of the rules that fit a key', () => {
    const [masks = []] =
      keys(`- {name: tail, effect: mask, classes: [pii], with: partial}
- {name: gone, effect: mask, classes: [email], with: redact}`) ?? []
    expect(keyMaskFor(masks, ['phone', 'pii'])?.rule).toBe('p/tail')
    expect(keyMaskFor(masks, ['email', 'pii'])?.rule).toBe('p/gone')
    expect(keyMaskFor(masks, [])).toBeUndefined()
    expect(keyMaskFor(masks, ['secret'])).toBeUndefined()
  })

  test('R6 what a permit by classes clears of a pack is shown', () => {
    const mask: KeyMask = { with: 'redact', rule: 'm/x', classes: ['pii', 'secret'], cleared: [['email']] }
    expect(keyMaskFor([mask], ['email', 'pii'])).toBeUndefined()
    expect(keyMaskFor([mask], ['phone', 'pii'])).toBe(mask)
    expect(keyMaskFor([mask], ['email', 'token', 'pii', 'secret'])).toBe(mask)
  })
})
