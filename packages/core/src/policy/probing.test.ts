import { describe, expect, test } from 'vitest'
import type { FieldUse } from '../action.js'
import {
  decideFor,
  readCustomers,
  sampleAction,
  sampleField,
  samplePolicy,
  sampleStatement,
} from '../sample.js'

const YES = '- {name: y, effect: permit, verbs: [read, insert, update, drop, call, opaque]}\n'

function codeOf(keys: string, uses: FieldUse[], classes = ['email', 'pii'], more = ''): string {
  const policy = samplePolicy(
    `${YES}- {name: m, effect: mask, classes: [pii], with: partial${keys}}\n${more}`,
  )
  const { decision } = decideFor(policy, readCustomers(sampleField('email', uses, classes)))
  return decision.effect === 'forbid' ? decision.code : decision.effect
}

describe('R16, R17 what a masked field can be used for', () => {
  test('R17 lookup, the default, allows a lookup and nothing else', () => {
    expect(codeOf('', ['output'])).toBe('permit')
    expect(codeOf('', ['output', 'lookup'])).toBe('permit')
    for (const use of ['filter', 'join', 'order', 'group', 'argument'] as const) {
      expect(codeOf('', ['output', use])).toBe('GH_PROBING')
      expect(codeOf(', probing: lookup', [use])).toBe('GH_PROBING')
      expect(codeOf(', probing: allow', [use])).toBe('permit')
      expect(codeOf('', [use], [])).toBe('permit')
    }
  })

  test('R17 forbid allows no use, and is the default where values can be guessed', () => {
    expect(codeOf(', probing: forbid', ['lookup'])).toBe('GH_PROBING')
    for (const name of ['birth-date', 'salary', 'pin', 'postcode', 'national-id']) {
      expect(codeOf('', ['lookup'], [name, 'pii'])).toBe('GH_PROBING')
      expect(codeOf(', probing: lookup', ['lookup'], [name, 'pii'])).toBe('permit')
    }
  })

  test('R17 the strictest of several rules decides', () => {
    const strict =
      '- {name: s, effect: mask, fields: ["**.customers.email"], with: partial, probing: forbid}\n'
    expect(codeOf(', probing: allow', ['lookup'], ['pii'], strict)).toBe('GH_PROBING')
  })

  test('R19 a masked field is neither written nor moved, whatever probing says', () => {
    expect(codeOf(', probing: allow', ['written'])).toBe('GH_FLOW')
    expect(codeOf(', probing: allow', ['flow'])).toBe('GH_FLOW')
  })

  test('R16 a use behind a view is a use', () => {
    const policy = samplePolicy(`${YES}- {name: m, effect: mask, classes: [pii], with: partial}`)
    const base = sampleAction('read', 'shop.hr.people', {
      derived: true,
      fields: [sampleField('ssn', ['filter'], ['pii'])],
    })
    const { decision } = decideFor(policy, sampleStatement([sampleAction('read', 'shop.public.v'), base]))
    expect(decision).toMatchObject({
      code: 'GH_PROBING',
      rules: ['p/m'],
      message: 'you see `shop.hr.people.ssn` masked: it cannot be used here (filter)',
    })
  })

  test('R16 unknown fields may be used in any way', () => {
    const decide = (mask: string, path: string, verb: 'read' | 'drop' = 'read', system = false) => {
      const policy = samplePolicy(
        `${YES}- {name: y2, effect: permit, resources: ["shop.pg_catalog.pg_class"]}\n- {name: m, effect: mask, ${mask}, with: partial, probing: allow}`,
      )
      const action = sampleAction(verb, path, { fields: 'unknown', why: 'a function reads it' })
      return decideFor(policy, sampleStatement([{ ...action, resource: { ...action.resource, system } }]))
        .decision
    }
    expect(decide('classes: [pii]', 'shop.public.orders')).toMatchObject({
      code: 'GH_PROBING',
      message: expect.stringContaining('a function reads it'),
    })
    expect(decide('fields: ["shop.hr.pay.amount"]', 'shop.public.orders').effect).toBe('permit')
    expect(decide('fields: ["shop.hr.pay.amount"]', 'shop.hr.pay').effect).toBe('forbid')
    expect(decide('classes: [pii]', 'shop.pg_catalog.pg_class', 'read', true).effect).toBe('permit')
  })

  test('R16 whoever sees anything masked runs nothing opaque, even where a rule names it', () => {
    const opaque = sampleStatement([sampleAction('opaque', 'shop', { command: 'DO' })])
    expect(decideFor(samplePolicy(YES), opaque).decision.effect).toBe('permit')
    const masked = samplePolicy(`${YES}- {name: m, effect: mask, classes: [pii], with: partial}`)
    expect(decideFor(masked, opaque).decision).toMatchObject({ code: 'GH_PROBING' })
  })
})
