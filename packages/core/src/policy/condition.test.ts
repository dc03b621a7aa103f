import { describe, expect, test } from 'vitest'
import { sampleAction, sampleSession, sampleStatement } from '../sample.js'
import { type Condition, readCondition } from './condition.js'
import { actionFacts, claimedFacts, type Facts, sessionFacts, statementFacts } from './condition-facts.js'

function factsOf(action = sampleAction('read')): Facts {
  const session = sampleSession({ claims: { level: 3, team: { name: 'data' }, list: [1, 2] } })
  return {
    ...sessionFacts(session),
    action: actionFacts(action),
    statement: statementFacts(sampleStatement([action])),
    claimed: claimedFacts({ application: 'psql', tags: { route: '/x' } }),
    now: new Date(Date.UTC(2026, 0, 5, 10)),
  }
}

function condition(text: string): Condition {
  const reading = readCondition(text)
  if ('fault' in reading) throw new Error(reading.fault.message)
  return reading.condition
}

describe('conditions', () => {
  test.each([
    'identity.subject == "ann" && identity.name == "Ann" && identity.issuer == "local"',
    '"analysts" in identity.groups',
    'identity.agent == "" && identity.onBehalfOf == ""',
    'identity.claims.level == 3 && identity.claims.team.name == "data" && 2 in identity.claims.list',
    '!has(identity.claims.missing) && !has(identity.claims.constructor)',
    'session.listener == "orders" && session.labels.environment == "production"',
    'session.database == "shop" && session.peer.address == "127.0.0.1" && session.peer.port == 1',
    'now - session.startedAt == duration("60s") && now.getHours("Europe/Berlin") == 11',
    'action.verb == "read" && action.resource == "shop.public.orders" && action.certainty == "exact"',
    'size(action.fields) == 0 && size(action.classes) == 0 && size(action.functions) == 0 && !action.unfiltered',
    'statement.command == "SELECT"',
    'claimed.application == "psql" && claimed.tags.route == "/x"',
  ])('reads every documented fact: %s', (text) => {
    expect(condition(text).evaluate(factsOf())).toBe(true)
  })

  test('what is unknown is neither true nor false, unless it does not matter', () => {
    const unknown = factsOf(sampleAction('read', 'a.b.c', { fields: 'unknown' }))
    expect(condition('"ssn" in action.fields').evaluate(unknown)).toBe('unknown')
    expect(condition('"pii" in action.classes || true').evaluate(unknown)).toBe(true)
    expect(condition('action.estimatedRows > 5 && action.unfiltered').evaluate(factsOf())).toBe(false)
    const opaque = factsOf(sampleAction('opaque'))
    expect(condition('action.resource == "x"').evaluate(opaque)).toBe('unknown')
    expect(condition('action.verb == "opaque"').evaluate(opaque)).toBe(true)
  })

  test('never throws, and what fails is not false', () => {
    expect(condition('identity.claims.missing == 1').evaluate(factsOf())).toBe('failed')
    expect(condition('session.labels["missing"] == "x"').evaluate(factsOf())).toBe('failed')
    expect(condition('identity.claims.level').evaluate(factsOf())).toBe('failed')
    expect(condition('1 / size(action.fields) == 1').evaluate(factsOf())).toBe('failed')
  })

  test.each([
    ['foo == 1', 'unknown variable: foo'],
    ['action.rows > 1', 'no such key: rows'],
    ['session.peer.name == "x"', 'no such key: name'],
    ['action.verb == 3', 'no such overload'],
    ['"text"', 'this gives string'],
    ['identity.subject.matches("(a+)+$")', '`matches` is not offered'],
    ['identity.groups.exists(g, g.matches("a"))', '`matches` is not offered'],
    ['has(identity.agent)', '`identity.agent` is always there'],
    ['(((', 'not a valid condition'],
    ['', 'not a valid condition'],
    [`${'('.repeat(500)}true${')'.repeat(500)}`, 'maxDepth'],
  ])('is refused when the policy is read: %s', (text, message) => {
    const reading = readCondition(text)
    expect('fault' in reading && reading.fault.message).toContain(message)
  })
})
