import { describe, expect, test } from 'vitest'
import {
  decideFor,
  MOMENT,
  policyText,
  sampleAction,
  samplePolicy,
  sampleSession,
  sampleStatement,
} from '../sample.js'
import { compilePolicy } from './compile.js'
import { explain } from './explain.js'
import { readDocuments } from './read-documents.js'

const read = sampleStatement([sampleAction('read')])
const YES = '- {name: y, effect: permit}\n'
const decide = (rules: string, statement = read, head?: string) =>
  decideFor(samplePolicy(rules, head), statement).decision

describe('decide', () => {
  test('the strictest effect wins: forbid over hold over permit', () => {
    const forbid = '- {name: f, effect: forbid, message: no}\n'
    const hold =
      '- {name: h, effect: hold, approvers: {groups: [dba], users: [eve], count: 2, expires: 15m}}\n'
    expect(decide(YES)).toMatchObject({ effect: 'permit', rules: ['p/y'] })
    expect(decide(YES + hold)).toMatchObject({ effect: 'hold', approvers: ['group:dba', 'user:eve'] })
    expect(decide(hold)).toMatchObject({ effect: 'forbid', code: 'GH_FORBIDDEN' })
    expect(decide(YES + hold + forbid)).toMatchObject({
      effect: 'forbid',
      rules: ['p/f'],
      message: 'read on `shop.public.orders` is forbidden by `p/f`: no',
    })
  })

  test.each([
    ['- {name: f, effect: forbid, verbs: [read], classes: [email]}', true],
    ['- {name: f, effect: forbid, fields: ["shop.public.people.email"]}', true],
    ['- {name: f, effect: hold, classes: [email], approvers: {groups: [dba]}}', true],
    ['- {name: f, effect: forbid, verbs: [read], if: \'"email" in action.classes\'}', true],
    ['- {name: f, effect: forbid, verbs: [update], classes: [email]}', false],
    ['- {name: f, effect: forbid, verbs: [read], resources: ["shop.public.people"]}', false],
    ['- {name: f, effect: forbid, classes: [email], groups: [others]}', false],
    ['- {name: f, effect: limit, classes: [email], rows: 5}', false],
    ['- {name: f, effect: forbid, verbs: [read], if: session.database == "x"}', false],
  ])('`withholds` tells whether %s can refuse a read for a field: %s', (rule, expected) => {
    expect(samplePolicy(`${YES}${rule}\n`).forSession(sampleSession()).withholds).toBe(expected)
  })

  test('every action must be permitted, and the message names the first that is not', () => {
    const both = sampleStatement([sampleAction('read'), sampleAction('insert', 'shop.public.copies')])
    expect(decide('- {name: r, effect: permit, verbs: [read]}', both)).toMatchObject({
      effect: 'forbid',
      message: 'no rule permits insert on `shop.public.copies`',
    })
  })

  test('an opaque statement that nothing names has a code and a reason of its own', () => {
    const block = sampleStatement([
      sampleAction('opaque', 'shop', { command: 'DO', why: 'its body is a program' }),
    ])
    expect(decide(YES, block)).toMatchObject({
      code: 'GH_OPAQUE',
      message: expect.stringContaining('its body is a program'),
    })
  })

  test('silence permits where one document says so and none forbids', () => {
    const other = (head: string) =>
      readDocuments({ file: 'q.yaml', text: policyText('[]', head).replace('{name: p}', '{name: q}') })
        .documents
    const silent = (head: string, ...more: ReturnType<typeof other>): string =>
      decideFor(
        compilePolicy([
          ...readDocuments({ file: 'p.yaml', text: policyText('[]', head) }).documents,
          ...more,
        ]),
        read,
      ).decision.effect
    expect(silent('default: permit')).toBe('permit')
    expect(silent('match: {}')).toBe('forbid')
    expect(silent('default: permit', ...other('default: forbid'))).toBe('forbid')
    expect(silent('default: permit', ...other('match: {environment: [test]}\ndefault: forbid'))).toBe(
      'permit',
    )
  })

  test('documents bind the listeners whose labels they match', () => {
    const at = (labels: Record<string, string>): string =>
      decideFor(
        samplePolicy(YES, 'match: {environment: [production, staging], owner: [data]}'),
        read,
        sampleSession({}, { labels }),
      ).decision.effect
    expect(at({ environment: 'staging', owner: 'data' })).toBe('permit')
    expect(at({ environment: 'staging' })).toBe('forbid')
    expect(at({ environment: 'test', owner: 'data' })).toBe('forbid')
  })

  test.each([
    ['permit', '- {name: x, effect: permit, if: identity.claims.level > 3}'],
    ['permit by unless', '- {name: x, effect: permit, unless: identity.claims.level > 3}'],
    ['forbid', '- {name: x, effect: forbid, if: identity.claims.level > 3}'],
    ['hold', '- {name: x, effect: hold, unless: "action.fields[0] == \'id\'"}'],
    ['limit', '- {name: x, effect: limit, rows: 5, if: "action.functions[3] == \'f\'"}'],
    ['not a boolean', '- {name: x, effect: permit, if: identity.claims.text}'],
  ])('a rule that cannot be evaluated forbids: %s', (_, rule) => {
    const policy = samplePolicy(YES + rule)
    const session = sampleSession({ claims: { text: 'yes' } })
    expect(decideFor(policy, read, session).decision).toMatchObject({
      code: 'GH_RULE_FAILED',
      rules: ['p/x'],
    })
  })

  test('a rule that cannot be evaluated and whose keys do not fit says nothing', () => {
    expect(
      decide(`${YES}- {name: x, effect: forbid, verbs: [drop], if: identity.claims.level > 3}`).effect,
    ).toBe('permit')
  })

  test('estimates are unknown: what holds holds, what permits does not', () => {
    const estimate = 'if: action.estimatedRows > 1000'
    expect(decide(`${YES}- {name: x, effect: hold, ${estimate}}`).effect).toBe('hold')
    expect(decide(`${YES}- {name: x, effect: forbid, ${estimate}}`).effect).toBe('forbid')
    expect(decide(`- {name: x, effect: permit, ${estimate}}`).effect).toBe('forbid')
    expect(decide(`${YES}- {name: x, effect: hold, unless: action.estimatedRows < 10}`).effect).toBe('hold')
    expect(
      decide(`${YES}- {name: x, effect: hold, if: '!action.unfiltered && action.estimatedRows < 0'}`).effect,
    ).toBe('hold')
    expect(
      decide(`${YES}- {name: x, effect: hold, if: action.unfiltered && action.estimatedRows > 0}`).effect,
    ).toBe('permit')
  })

  test('R5 only rules that could match keep a decision from being kept', () => {
    const memoisable = (rules: string): boolean => decideFor(samplePolicy(YES + rules), read).memoisable
    expect(memoisable('- {name: x, effect: forbid, if: action.unfiltered}')).toBe(true)
    expect(memoisable('- {name: x, effect: forbid, verbs: [drop], if: now > session.startedAt}')).toBe(true)
    expect(memoisable('- {name: x, effect: forbid, if: now < session.startedAt}')).toBe(false)
    expect(memoisable('- {name: x, effect: forbid, if: claimed.application == "psql"}')).toBe(false)
    expect(memoisable('- {name: x, effect: hold, if: action.unfiltered && action.estimatedRows > 5}')).toBe(
      false,
    )
  })

  test('R11 no rule permits what code refuses', () => {
    const never = sampleStatement([sampleAction('grant')], { never: 'it changes the account of the gateway' })
    expect(decide('- {name: y, effect: permit, verbs: [grant]}', never)).toMatchObject({ code: 'GH_NEVER' })
  })

  test('R21 the smallest row limit binds, and aggregates that gather values are refused under it', () => {
    const limits = `${YES}- {name: a, effect: limit, rows: 50}\n- {name: b, effect: limit, rows: 10}\n`
    expect(decide(limits)).toMatchObject({ effect: 'permit', rows: { limit: 10, rule: 'p/b' } })
    const gathering = { ...read, collects: true }
    expect(decide(limits, gathering)).toMatchObject({ effect: 'forbid', code: 'GH_ROW_LIMIT' })
    expect(decide(YES, gathering).effect).toBe('permit')
  })

  test('a statement that does nothing is permitted, and bound by what names nothing', () => {
    const nothing = sampleStatement([])
    expect(decide('[]', nothing).effect).toBe('permit')
    expect(decide('- {name: a, effect: limit, rows: 5}', nothing)).toMatchObject({ rows: { limit: 5 } })
    expect(decide('- {name: a, effect: forbid, if: now > session.startedAt}', nothing).effect).toBe('forbid')
    expect(decide('- {name: a, effect: forbid, if: action.verb == "drop"}', nothing).effect).toBe('permit')
    expect(decide('- {name: a, effect: forbid, verbs: [drop]}', nothing).effect).toBe('permit')
  })

  test('explain names each rule that spoke and what its condition made of it', () => {
    const policy = samplePolicy(`${YES}
- {name: off, effect: forbid, if: action.unfiltered}
- {name: guess, effect: hold, if: action.estimatedRows > 5}
- {name: other, effect: forbid, verbs: [drop]}`)
    const explanation = explain(policy.forSession(sampleSession()), read, MOMENT)
    expect(explanation.rules.map(({ rule, verdict, actions }) => [rule, verdict, ...actions])).toEqual([
      ['p/off', 'off', 'read shop.public.orders'],
      ['p/guess', 'unknown', 'read shop.public.orders'],
      ['p/y', 'applies', 'read shop.public.orders'],
    ])
    expect(explanation.decision.effect).toBe('hold')
  })
})
