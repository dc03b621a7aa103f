/** Every naming rule against its own examples. */
import { describe, expect, test } from 'vitest'
import { classifyKey, classifyRelation, NAMING_RULES } from './classify.js'
import { withUmbrellas } from './data-class.js'

/** Neighbours that make a person's relation of it. */
const NEIGHBOURS = [
  { name: 'contact_email', type: 'text' },
  { name: 'user_id', type: 'integer' },
]

function classify(example: string) {
  const [name = '', ...type] = example.split(' ')
  const columns = [...NEIGHBOURS, { name, type: type.join(' ') }]
  return classifyRelation({ schema: 'public', relation: 'people', columns })[2]
}

describe.each(NAMING_RULES.map((rule) => [rule.name, rule] as const))('R22 rule %s', (_, rule) => {
  test.each(rule.positive)('finds %s', (example) => {
    expect(classify(example)).toMatchObject({ classes: withUmbrellas(rule.gives), rule: rule.name })
  })

  test.each(rule.negative)('leaves %s', (example) => {
    expect(classify(example)?.rule).not.toBe(rule.name)
  })
})

describe('R22 context', () => {
  const name = { name: 'name', type: 'text' }
  const classesOfName = (relation: string, ...others: string[]) =>
    classifyRelation({
      schema: 'public',
      relation,
      columns: [name, ...others.map((other) => ({ name: other, type: '' }))],
    })[0]?.classes

  test('a name alone is nobody', () => {
    expect(classesOfName('tags')).toEqual([])
    expect(classesOfName('users', 'id', 'created_at', 'address')).toEqual([])
  })

  test('a name beside an e-mail, phone or birth column is a person', () => {
    for (const other of ['email', 'mobile_phone', 'date_of_birth']) {
      expect(classesOfName('users', other)).toEqual(['person-name', 'pii'])
    }
  })

  test('an organisation has a name and a phone and is still nobody', () => {
    for (const relation of ['suppliers', 'store', 'OrganizationUnits', 'project_mailboxes']) {
      expect(classesOfName(relation, 'phone')).toEqual([])
    }
  })

  test('a column that only speaks about an e-mail makes nobody of a name', () => {
    expect(classesOfName('settings', 'email_template', 'phone_id_count')).toEqual([])
  })

  test('coordinates of a place are nobody, those of a user are', () => {
    const columns = [{ name: 'latitude', type: 'float8' }]
    const of = (relation: string, more: string[]) =>
      classifyRelation({
        schema: '',
        relation,
        columns: [...columns, ...more.map((other) => ({ name: other, type: '' }))],
      })[0]?.classes
    expect(of('airports', ['iata'])).toEqual([])
    expect(of('visits', ['user_id'])).toEqual(['geo', 'pii'])
  })

  test('system catalogs are never classified', () => {
    for (const schema of ['pg_catalog', 'information_schema', 'mysql', 'pg_toast']) {
      const columns = [
        { name: 'email', type: 'text' },
        { name: 'passwd', type: 'text' },
      ]
      for (const found of classifyRelation({ schema, relation: 'pg_shadow', columns })) {
        expect(found).toMatchObject({ classes: [], rule: '', confidence: 0 })
      }
    }
    const dotted = { schema: '', relation: 'pg_catalog.pg_shadow', columns: [{ name: 'passwd', type: '' }] }
    expect(classifyRelation(dotted)[0]?.classes).toEqual([])
  })
})

describe('R6 keys and comments', () => {
  test('class names apply to keys of documents', () => {
    expect(classifyKey('emailAddress')).toEqual(['email', 'pii'])
    expect(classifyKey('clientSecret')).toEqual(['secret-key', 'secret'])
    expect(classifyKey('name')).toEqual([])
    expect(classifyKey('')).toEqual([])
    expect(classifyKey('__proto__')).toEqual([])
    expect(classifyKey('constructor')).toEqual([])
  })

  test('a comment adds classes and never removes one', () => {
    const of = (name: string, comment: string) =>
      classifyRelation({ schema: 's', relation: 't', columns: [{ name, type: 'text', comment }] })[0]
    expect(of('note', 'gatehouse: email')?.classes).toEqual(['email', 'pii'])
    expect(of('email', 'gatehouse:')).toMatchObject({ classes: ['email', 'pii'], rule: 'email' })
    expect(of('email', 'free text [secret]')).toMatchObject({
      classes: ['email', 'secret', 'pii'],
      rule: 'email, comment',
    })
  })
})
