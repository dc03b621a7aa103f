import { describe, expect, test } from 'vitest'
import { readCustomers, sampleAction, sampleField, samplePolicy, sampleStatement } from '../sample.js'
import { type CaseSubject, caseSession, judgeCase } from './cases.js'
import type { PolicyCase } from './document-schema.js'

const subject: CaseSubject = { labels: {}, database: 'shop', protocol: 'postgres', now: 0 }
const policy = samplePolicy(`
- {name: read, effect: permit, groups: [analysts], verbs: [read]}
- {name: pii, effect: mask, classes: [pii], with: partial}
- {name: few, effect: limit, agents: ["*"], rows: 5}`)
const read = readCustomers(sampleField('id'), sampleField('email', ['output'], ['email', 'pii']))
const ann = { user: 'ann', groups: ['analysts'] }

function differences(
  expected: PolicyCase['expect'],
  as: PolicyCase['as'] = ann,
  statement = read,
): readonly string[] {
  return judgeCase(policy, { as, statement: 'select', expect: expected }, statement, subject).differences
}

describe('policy tests', () => {
  test('pass when effect, masks and rules are as expected', () => {
    expect(differences({ effect: 'permit', masks: ['email'], rules: ['p/pii'] })).toEqual([])
    expect(differences({ effect: 'permit', rows: 5 }, { agent: 'bot', groups: ['analysts'] })).toEqual([])
    const drop = sampleStatement([sampleAction('drop')])
    expect(differences({ effect: 'forbid', code: 'GH_FORBIDDEN' }, ann, drop)).toEqual([])
  })

  test('say what differs', () => {
    expect(differences({ effect: 'permit', masks: ['phone'], rules: ['p/other'], rows: 9 })).toEqual([
      'expected masks phone, got email',
      'expected rule p/other to speak, got p/pii, p/read',
      'expected row limit 9, got none',
    ])
    expect(differences({ effect: 'permit' }, { user: 'eve' })).toEqual([
      'expected effect permit, got forbid',
      'the refusal says: no rule permits read on `shop.public.customers`',
    ])
  })

  test('people of other issuers are written with their issuer', () => {
    const session = caseSession(
      { as: { ...ann, issuer: 'partner' }, statement: 'x', expect: { effect: 'permit' } },
      subject,
    )
    expect(session.identity).toMatchObject({ issuer: 'partner', home: false })
    expect(differences({ effect: 'forbid' }, { ...ann, issuer: 'partner' })).toEqual([])
  })
})
