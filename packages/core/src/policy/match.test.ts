import { describe, expect, test } from 'vitest'
import type { Action, Verb } from '../action.js'
import { readPack } from '../packs/index.js'
import {
  decideFor,
  sampleAction,
  sampleField,
  samplePolicy,
  sampleSession,
  sampleStatement,
} from '../sample.js'
import { compilePolicy } from './compile.js'

function effectOf(rules: string, action: Action, session = sampleSession(), head?: string): string {
  return decideFor(samplePolicy(rules, head), sampleStatement([action]), session).decision.effect
}

const customers = 'shop.public.customers'
const setting = (name: string): Action => ({
  ...sampleAction('set'),
  resource: { kind: 'setting', path: name.split('.'), system: false },
})

describe('R8 permits are narrow', () => {
  const fields =
    '- {name: f, effect: permit, fields: ["shop.public.customers.id", "shop.public.customers.profile"]}'

  test('R8 fields: every field must be covered, whatever its use', () => {
    const covered = sampleAction('read', customers, {
      fields: [sampleField('id'), sampleField('profile:city')],
    })
    const probing = sampleAction('read', customers, {
      fields: [sampleField('id'), sampleField('email', ['filter'])],
    })
    expect(effectOf(fields, covered)).toBe('permit')
    expect(effectOf(fields, probing)).toBe('forbid')
    expect(effectOf(fields, sampleAction('read', customers, { fields: 'unknown' }))).toBe('forbid')
  })

  test('R8 fields: a path inside a document does not cover the document', () => {
    const inside = '- {name: f, effect: permit, fields: ["shop.public.customers.profile:city"]}'
    const of = (name: string): string =>
      effectOf(inside, sampleAction('read', customers, { fields: [sampleField(name)] }))
    expect([of('profile:city'), of('profile:city.zip'), of('profile'), of('profile:email')]).toEqual([
      'permit',
      'permit',
      'forbid',
      'forbid',
    ])
  })

  test.each<Verb>(['delete', 'drop', 'truncate', 'alter', 'lock', 'transaction', 'connect'])(
    'R8 a permit of fields never reaches `%s`, though it names no field outside',
    (verb) => {
      expect(effectOf(fields, sampleAction(verb, customers))).toBe('forbid')
      expect(
        effectOf(fields, sampleAction(verb, customers, { fields: [sampleField('id', ['filter'])] })),
      ).toBe('forbid')
    },
  )

  test('R8 counting rows needs a permit on some field of that relation', () => {
    expect(effectOf(fields, sampleAction('read', customers))).toBe('permit')
    expect(effectOf(fields, sampleAction('read', 'shop.public.staff'))).toBe('forbid')
    const classes = '- {name: c, effect: permit, classes: [email, pii]}'
    expect(effectOf(classes, sampleAction('read', customers))).toBe('forbid')
  })

  test('R8 classes: a field of another class besides is not covered', () => {
    const classes = '- {name: c, effect: permit, classes: [email]}'
    const of = (...names: string[]): string =>
      effectOf(classes, sampleAction('read', customers, { fields: [sampleField('x', ['output'], names)] }))
    expect([of('email', 'pii'), of('email', 'national-id', 'pii'), of('pii'), of()]).toEqual([
      'permit',
      'forbid',
      'forbid',
      'forbid',
    ])
  })

  test.each<Verb>(['opaque', 'admin', 'export', 'import', 'grant'])('R8 `%s` must be listed', (verb) => {
    expect(effectOf('- {name: all, effect: permit}', sampleAction(verb))).toBe('forbid')
    expect(effectOf('[]', sampleAction(verb), sampleSession(), 'default: permit')).toBe('forbid')
    expect(effectOf(`- {name: all, effect: permit, verbs: [${verb}]}`, sampleAction(verb))).toBe('permit')
  })

  test('R8 an action that may do anything needs `opaque`, whatever its verb', () => {
    const call = sampleAction('call', 'shop.public.f', { certainty: 'opaque' })
    expect(effectOf('- {name: all, effect: permit, verbs: [call]}', call)).toBe('forbid')
    expect(effectOf('- {name: all, effect: permit, verbs: [call, opaque]}', call)).toBe('permit')
  })

  test('R8 a pattern with a star never reaches system relations, nor does silence; a literal name does', () => {
    const catalog = sampleAction('read', 'shop.pg_catalog.pg_class')
    for (const rule of [
      '- {name: a, effect: permit, verbs: [read]}',
      '- {name: a, effect: permit, verbs: [read], resources: ["**"]}',
      '- {name: a, effect: permit, verbs: [read], resources: ["shop.pg_catalog.*"]}',
      '- {name: a, effect: permit, verbs: [read], fields: ["shop.pg_catalog.pg_class.*"]}',
    ]) {
      expect(effectOf(rule, { ...catalog, fields: [sampleField('relname')] })).toBe('forbid')
    }
    expect(effectOf('[]', catalog, sampleSession(), 'default: permit')).toBe('forbid')
    const literal = '- {name: a, effect: permit, resources: ["shop.pg_catalog.pg_class"]}'
    expect(effectOf(literal, catalog)).toBe('permit')
    const tools = compilePolicy([readPack('tools')])
    expect(decideFor(tools, sampleStatement([catalog])).decision.effect).toBe('permit')
  })

  test('R13 a setting is permitted by its name alone', () => {
    for (const keys of [
      '',
      ', verbs: [set]',
      ', verbs: [set], resources: ["*"]',
      ', verbs: [set], resources: ["**"]',
    ]) {
      expect(effectOf(`- {name: a, effect: permit${keys}}`, setting('app.tenant'))).toBe('forbid')
    }
    const named = '- {name: a, effect: permit, verbs: [set], resources: ["app.*"]}'
    expect([effectOf(named, setting('app.tenant')), effectOf(named, setting('role'))]).toEqual([
      'permit',
      'forbid',
    ])
  })

  test('R8 names that hold dots: a permit reads them one way, a restriction every way', () => {
    const dotted: Action = {
      ...sampleAction('read'),
      resource: { kind: 'relation', path: ['shop', 'public.hr', 'staff'], system: false },
    }
    expect(effectOf('- {name: a, effect: permit, resources: ["shop.public.hr.staff"]}', dotted)).toBe(
      'forbid',
    )
    const forbid = (pattern: string): string =>
      effectOf(`- {name: y, effect: permit}\n- {name: n, effect: forbid, resources: ["${pattern}"]}`, dotted)
    expect([forbid('shop.public.*'), forbid('shop.public.hr.staff'), forbid('shop.*.staff')]).toEqual([
      'forbid',
      'forbid',
      'forbid',
    ])
    expect(forbid('shop.other.*')).toBe('permit')
  })
})

describe('R8 restrictions reach far', () => {
  const all = '- {name: y, effect: permit, verbs: [connect, read, drop, alter, call, opaque, create]}\n'

  test('R8 one field that fits is enough, and unknown fields fit', () => {
    const rule = `${all}- {name: n, effect: forbid, fields: ["*.public.customers.email"]}`
    const of = (fields: Action['fields'], path = customers): string =>
      effectOf(rule, sampleAction('read', path, { fields }))
    expect(of([sampleField('id'), sampleField('email', ['filter'])])).toBe('forbid')
    expect(of([sampleField('id')])).toBe('permit')
    expect(of('unknown')).toBe('forbid')
    expect(of('unknown', 'shop.public.orders')).toBe('permit')
  })

  test('R8 what may do anything fits every restriction', () => {
    for (const keys of [
      'verbs: [drop]',
      'resources: ["x.y.z"]',
      'classes: [pii]',
      'if: action.resource == "shop.hr.pay"',
    ]) {
      expect(effectOf(`${all}- {name: n, effect: forbid, ${keys}}`, sampleAction('opaque', 'shop'))).toBe(
        'forbid',
      )
    }
    const spared = `${all}- {name: n, effect: forbid, verbs: [drop], unless: action.verb == "opaque"}`
    expect(effectOf(spared, sampleAction('opaque', 'shop'))).toBe('permit')
  })

  test('R4 dropping what contains a protected relation is dropping it', () => {
    const rule = `${all}- {name: n, effect: forbid, resources: ["shop.hr.*"]}`
    const drop = (kind: 'schema' | 'database', path: string[]): string =>
      effectOf(rule, { ...sampleAction('drop'), resource: { kind, path, system: false } })
    expect(drop('schema', ['shop', 'hr'])).toBe('forbid')
    expect(drop('database', ['shop'])).toBe('forbid')
    expect(drop('database', ['shop', '*', '*'])).toBe('forbid')
    expect(drop('schema', ['shop', 'public'])).toBe('permit')
    const connect = {
      ...sampleAction('connect'),
      resource: { kind: 'database', path: ['shop'], system: false },
    } as const
    expect(effectOf(rule, connect)).toBe('permit')
  })

  test('R8 whoever may connect to one database may come in before choosing any', () => {
    const none = {
      ...sampleAction('connect'),
      resource: { kind: 'database', path: [''], system: false },
    } as const
    const shop = '- {name: s, effect: permit, verbs: [connect], resources: ["shop"]}\n'
    expect(effectOf(shop, none)).toBe('permit')
    expect(effectOf('- {name: r, effect: permit, verbs: [read], resources: ["shop.*"]}', none)).toBe('forbid')
    expect(effectOf(`${shop}- {name: o, effect: forbid, verbs: [connect], resources: ["other"]}`, none)).toBe(
      'permit',
    )
    expect(effectOf(`${shop}- {name: n, effect: forbid, verbs: [connect]}`, none)).toBe('forbid')
  })

  test('R4 a base behind a view needs no permit and is bound by restrictions', () => {
    const view = sampleAction('read', 'shop.public.v')
    const base = sampleAction('read', 'shop.hr.pay', { derived: true })
    const decide = (rules: string): string =>
      decideFor(samplePolicy(rules), sampleStatement([view, base])).decision.effect
    const views = '- {name: y, effect: permit, resources: ["shop.public.*"]}\n'
    expect(decide(views)).toBe('permit')
    expect(decide(`${views}- {name: n, effect: forbid, resources: ["shop.hr.*"]}`)).toBe('forbid')
    expect(decide(`${views}- {name: n, effect: hold, resources: ["shop.hr.*"]}`)).toBe('hold')
  })
})

describe('R9 who', () => {
  const read = sampleAction('read')
  const foreign = sampleSession({ issuer: 'partner', home: false, subject: 'ann', groups: ['analysts'] })

  test('R9 names of other issuers are qualified', () => {
    for (const key of ['users: [ann]', 'groups: [analysts]']) {
      expect(effectOf(`- {name: a, effect: permit, ${key}}`, read)).toBe('permit')
      expect(effectOf(`- {name: a, effect: permit, ${key}}`, read, foreign)).toBe('forbid')
    }
    expect(effectOf('- {name: a, effect: permit, users: ["partner:ann"]}', read, foreign)).toBe('permit')
    expect(effectOf('- {name: a, effect: permit, groups: ["partner:analysts"]}', read, foreign)).toBe(
      'permit',
    )
    const cel = `- {name: a, effect: permit, if: '"analysts" in identity.groups && identity.subject == "ann"'}`
    expect([effectOf(cel, read), effectOf(cel, read, foreign)]).toEqual(['permit', 'forbid'])
  })

  test('R9 an agent is seen under `agents`: a permit for its person is not its own, a restriction is', () => {
    const agent = sampleSession({ subject: 'bot', agent: 'bot', onBehalfOf: 'ann', groups: [] })
    expect(effectOf('- {name: a, effect: permit, users: [ann]}', read, agent)).toBe('forbid')
    expect(effectOf('- {name: a, effect: permit, users: [bot]}', read, agent)).toBe('forbid')
    expect(effectOf('- {name: a, effect: permit, agents: [bot]}', read, agent)).toBe('permit')
    expect(effectOf('- {name: a, effect: permit, agents: ["*"]}', read)).toBe('forbid')
    expect(
      effectOf('- {name: y, effect: permit}\n- {name: n, effect: forbid, users: [ann]}', read, agent),
    ).toBe('forbid')
    expect(
      effectOf('- {name: y, effect: permit}\n- {name: n, effect: forbid, agents: ["*"]}', read, agent),
    ).toBe('forbid')
  })

  test('all keys that are present must fit', () => {
    const rule = '- {name: a, effect: permit, users: [ann], groups: [dba]}'
    expect(effectOf(rule, read)).toBe('forbid')
    expect(effectOf(rule, read, sampleSession({ groups: ['dba'] }))).toBe('permit')
  })
})
