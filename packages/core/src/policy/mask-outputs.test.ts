import { describe, expect, test } from 'vitest'
import type { Decision } from '../decision.js'
import { readPack } from '../packs/index.js'
import {
  decideFor,
  readCustomers,
  sampleAction,
  sampleField,
  sampleOutput,
  samplePolicy,
  sampleSession,
  sampleSource,
  sampleStatement,
} from '../sample.js'
import type { Statement } from '../statement.js'

const YES = '- {name: y, effect: permit}\n'
const PII = `${YES}- {name: m, effect: mask, classes: [pii], with: partial}\n`
const email = sampleField('email', ['output'], ['email', 'pii'])

function masksOf(decision: Decision): (string | undefined)[] {
  if (decision.effect !== 'permit') throw new Error(decision.message)
  return decision.masks.map((mask) => mask?.with)
}

const decide = (rules: string, statement: Statement, session = sampleSession()) =>
  decideFor(samplePolicy(rules), statement, session).decision

describe('R18 masks', () => {
  test('R18 several rules and several sources take the strictest', () => {
    const rules = `${PII}- {name: h, effect: mask, classes: [email], with: hash}\n`
    expect(masksOf(decide(rules, readCustomers(sampleField('id'), email)))).toEqual([undefined, 'hash'])
    const joined = sampleStatement([sampleAction('read', 'shop.public.customers')], {
      outputs: [
        sampleOutput('x', [sampleSource('name', ['pii']), sampleSource('email', ['email', 'pii'])], {
          how: 'computed',
        }),
        sampleOutput('n', [sampleSource('email', ['email', 'pii'])], { how: 'counted' }),
      ],
    })
    expect(masksOf(decide(rules, joined))).toEqual(['hash', undefined])
  })

  test('R18 a mask names its rule and the field that needs it; no mask, no list', () => {
    expect(decide(PII, readCustomers(email))).toMatchObject({
      masks: [{ with: 'partial', rule: 'p/m', field: 'shop.public.customers.email' }],
      rules: ['p/y', 'p/m'],
    })
    expect(decide(PII, readCustomers(sampleField('id')))).toMatchObject({ masks: [] })
  })

  test('R18 what cannot be proven takes the strictest mask that could bind this viewer anywhere', () => {
    const rules = `${PII}- {name: r, effect: mask, fields: ["shop.hr.pay.amount"], with: "null", if: action.unfiltered}\n`
    const unproven = sampleStatement([sampleAction('read', 'shop.public.customers')], {
      outputs: [
        sampleOutput('x', [], { how: 'computed', unprovable: 'an unknown function' }),
        sampleOutput('c', [], { how: 'constant' }),
      ],
    })
    expect(masksOf(decide(rules, unproven))).toEqual(['null', undefined])
    const unknown = sampleStatement([sampleAction('read')], { outputs: 'unknown' })
    expect(decide(rules, unknown)).toMatchObject({
      maskAll: { with: 'null', field: '*', rule: 'p/r' },
      masks: [],
    })
    expect(decide(YES, unknown)).not.toHaveProperty('maskAll')
    expect(masksOf(decide(YES, unproven))).toEqual([])
  })

  test('R18 a path inside a document masks the whole column that holds it', () => {
    const rules = `${YES}- {name: m, effect: mask, fields: ["shop.public.customers.profile:email"], with: redact}\n`
    const of = (name: string): (string | undefined)[] =>
      masksOf(decide(rules, readCustomers(sampleField(name))))
    expect([of('profile'), of('profile:email'), of('profile:phone'), of('name')]).toEqual([
      ['redact'],
      ['redact'],
      [],
      [],
    ])
  })

  test('R18 a source that no action names is masked by any pattern that could mean it', () => {
    const rules = `${YES}- {name: m, effect: mask, fields: ["shop.*.email"], with: redact, verbs: [read]}\n`
    const stray = sampleStatement([sampleAction('read')], {
      outputs: [sampleOutput('email', [sampleSource('email', [], 'shop.a.b.c')])],
    })
    expect(masksOf(decide(rules, stray))).toEqual(['redact'])
  })

  test('R18 a mask on reading also binds what RETURNING gives back', () => {
    const rules = `- {name: y, effect: permit}\n- {name: m, effect: mask, classes: [pii], verbs: [read], with: redact}\n`
    const returning = sampleStatement([sampleAction('delete', 'shop.public.customers')], {
      outputs: [sampleOutput('email', [sampleSource('email', ['pii'])])],
    })
    expect(masksOf(decide(rules, returning))).toEqual(['redact'])
  })

  test('a mask rule that cannot be evaluated forbids', () => {
    const rules = `${YES}- {name: m, effect: mask, classes: [pii], with: redact, unless: identity.claims.cleared == true}\n`
    expect(decide(rules, readCustomers(email))).toMatchObject({ code: 'GH_RULE_FAILED', rules: ['p/m'] })
    expect(decide(rules, readCustomers(sampleField('id'))).effect).toBe('permit')
    const cleared = sampleSession({ claims: { cleared: true } })
    expect(masksOf(decide(rules, readCustomers(email), cleared))).toEqual([])
    const unknown = sampleStatement([sampleAction('read')], { outputs: 'unknown' })
    expect(decide(rules, unknown)).toMatchObject({ code: 'GH_RULE_FAILED' })
  })

  test('`masked` tells whether any mask rule can bind the viewer', () => {
    const rules = `${YES}- {name: m, effect: mask, classes: [pii], with: redact, unless: '"cleared" in identity.groups'}\n`
    const policy = samplePolicy(rules)
    expect(policy.forSession(sampleSession()).masked).toBe(true)
    expect(policy.forSession(sampleSession({ groups: ['cleared'] })).masked).toBe(false)
  })

  test('R20 statistics are masked for whoever sees anything masked, and only for them', () => {
    const stats = sampleStatement([sampleAction('read', 'shop.pg_catalog.pg_stats')], {
      outputs: [sampleOutput('v', [sampleSource('most_common_vals', [], 'shop.pg_catalog.pg_stats')])],
    })
    const rules = '- {name: y, effect: permit, resources: ["shop.pg_catalog.pg_stats"]}\n'
    expect(masksOf(decide(rules, stats))).toEqual([])
    expect(
      masksOf(decide(`${rules}- {name: m, effect: mask, classes: [pii], with: partial}`, stats)),
    ).toEqual(['redact'])
  })
})

describe('exemptions from the masking pack (docs/adr/0002)', () => {
  const pack = [readPack('masking')]
  const masks = (rules: string, classes: string[], session = sampleSession()) =>
    masksOf(
      decideFor(
        samplePolicy(YES + rules, undefined, pack),
        readCustomers(sampleField('x', ['output'], classes)),
        session,
      ).decision,
    )
  const exempt = '- {name: e, effect: permit, groups: [analysts], classes: [email], verbs: [read]}\n'

  test('a permit that names the classes lifts the pack and nothing else', () => {
    expect(masks('', ['email', 'pii'])).toEqual(['partial'])
    expect(masks(exempt, ['email', 'pii'])).toEqual([])
    expect(masks(exempt, ['email', 'national-id', 'pii'])).toEqual(['redact'])
    expect(masks(exempt, ['phone', 'pii'])).toEqual(['partial'])
    expect(masks(exempt, ['email', 'pii'], sampleSession({ groups: [] }))).toEqual(['partial'])
    expect(
      masks(`${exempt}- {name: own, effect: mask, classes: [email], with: hash}`, ['email', 'pii']),
    ).toEqual(['hash'])
  })

  test('a permit that names every umbrella clears a person of the pack', () => {
    const cleared = '- {name: e, effect: permit, classes: [pii, secret, financial, health]}\n'
    const policy = (rules: string) => samplePolicy(YES + rules, undefined, pack).forSession(sampleSession())
    expect(policy(cleared).masked).toBe(false)
    expect(policy(cleared.replace('health', 'email')).masked).toBe(true)
    expect(policy(`${cleared}- {name: own, effect: mask, classes: [email], with: hash}`).masked).toBe(true)
  })

  test('a permit by fields, by nothing, or with a condition on the statement lifts nothing', () => {
    expect(
      masks('- {name: e, effect: permit, fields: ["shop.public.customers.x"]}', ['email', 'pii']),
    ).toEqual(['partial'])
    expect(
      masks('- {name: e, effect: permit, classes: [email], if: "!action.unfiltered"}', ['email', 'pii']),
    ).toEqual(['partial'])
    expect(
      masks('- {name: e, effect: permit, classes: [email], resources: ["shop.other.*"]}', ['email', 'pii']),
    ).toEqual(['partial'])
  })
})
