import { describe, expect, test } from 'vitest'
import { formatFault } from './fault.js'
import { readDocuments } from './read-documents.js'

const faultsOf = (text: string): string[] => readDocuments({ file: 'a.yaml', text }).faults.map(formatFault)
const HEAD = 'apiVersion: gatehouse/v1\nkind: Policy\nmetadata: {name: p}\nrules:\n'

/** The one fault of one rule, without file and line; the rule begins at column 5. */
function ruleFault(rule: string): string[] {
  return faultsOf(`${HEAD}  - ${rule}\n`).map((fault) => fault.replace(/^a\.yaml:5:/, ''))
}

describe('reading policy files', () => {
  test('reads several documents of every kind', () => {
    const { documents, faults } = readDocuments({
      file: 'a.yaml',
      text: `${HEAD}  - {name: r, effect: permit}
---
apiVersion: gatehouse/v1
kind: Classes
fields: {"*.app.customers.notes": [], "*.app.customers.profile:email": [pii]}
---
apiVersion: gatehouse/v1
kind: Functions
functions:
  - {name: shop.public.total, body: "sha256:${'0'.repeat(64)}", verbs: [read], clean: true}
---
catalog: shop.json
policies: [pack:tools]
labels: {environment: production}
cases:
  - {as: {user: ann}, statement: select 1, expect: {effect: permit}}
---
`,
    })
    expect(faults).toEqual([])
    expect(documents.map(({ kind, place }) => [kind, place.line])).toEqual([
      ['Policy', 1],
      ['Classes', 7],
      ['Functions', 11],
      ['PolicyTest', 16],
    ])
  })

  test.each([
    ['{name: r, effect: permit, verb: [read]}', ['31: unknown key `verb`']],
    ['{name: r, effect: allow}', ['23: expected one of permit, forbid, hold, mask, limit']],
    ['{name: r}', ['5: missing `effect`: one of permit, forbid, hold, mask, limit']],
    [
      '{name: r, effect: permit, verbs: [red]}',
      [expect.stringMatching(/^39: expected one of `connect`, `read`/)],
    ],
    ['{name: r, effect: permit, verbs: []}', ['38: expected at least one; leave the key out for all']],
    ['{name: r, effect: permit, with: redact}', ['31: `with` belongs to mask, not to permit']],
    ['{name: r, effect: forbid, rows: 5}', ['31: `rows` belongs to limit, not to forbid']],
    [
      '{name: r, effect: permit, message: no}',
      ['31: `message` belongs to forbid and hold and mask, not to permit'],
    ],
    ['{name: r, effect: mask}', [expect.stringMatching(/^5: missing `with`: expected `null`, `redact`/)]],
    ['{name: r, effect: mask, with: null}', [expect.stringMatching(/^35: expected one of `null`/)]],
    ['{name: r, effect: limit, rows: 0}', ['36: expected at least 1']],
    ['{name: r, effect: limit, rows: 1.5}', ['36: expected a whole number']],
    [
      '{name: r, effect: limit}',
      [expect.stringContaining('expected `rows`, `affected` or `bytes`: this limits nothing')],
    ],
    ['{name: r, effect: limit, bytes: 10MB}', [expect.stringContaining('')]],
    [
      '{name: r, effect: mask, with: redact, flow: yes}',
      ['49: expected one of `same-class`, `forbid`, `allow`'],
    ],
    ['{name: r, effect: mask, with: redact, joinable: [x]}', ['54: expected a pair']],
    [
      '{name: r, effect: mask, with: redact, joinable: [[d.s.t.c, d.s.u.*]]}',
      [expect.stringContaining('expected the full name of a field, without `*`')],
    ],
    [
      '{name: r, effect: mask, with: redact, probing: forbid, joinable: [[d.s.t.c, d.s.u.c]]}',
      [expect.stringContaining('`probing: forbid` allows no use')],
    ],
    [
      '{name: r, effect: hold, approvers: {count: 2}}',
      ['40: expected `groups` or `users`: nobody could approve this'],
    ],
    [
      '{name: r, effect: hold, approvers: {groups: [a], expires: soon}}',
      ['63: expected a duration such as `15m`'],
    ],
    ['{name: "a b", effect: permit}', ['12: expected letters, digits and dashes']],
    ['{name: r, effect: permit, users: [5]}', ['39: expected text']],
    ['{name: r, effect: permit, users: ann}', ['38: expected a list']],
    [
      '{name: r, effect: permit, resources: ["a..b"]}',
      [expect.stringContaining('43: expected names or `*`')],
    ],
    [
      '{name: r, effect: permit, resources: ["a.b**"]}',
      [expect.stringContaining('43: expected names or `*`')],
    ],
    [
      '{name: r, effect: mask, with: redact, fields: [salary]}',
      [expect.stringContaining('52: expected a resource, a dot and a field')],
    ],
    [
      '{name: r, effect: forbid, agents: ["bot-*"]}',
      [expect.stringContaining('40: names of agents are not patterns')],
    ],
    ['{name: r, effect: forbid, groups: ["*"]}', [expect.stringContaining('40: `groups` takes names')]],
    [
      '{name: r, effect: permit, users: [a], agents: [b]}',
      [expect.stringContaining('a permit never matches both')],
    ],
    [
      '{name: r, effect: permit, fields: [a.b.c], verbs: [read, delete]}',
      [expect.stringContaining('62: a permit that names fields or classes cannot allow `delete`')],
    ],
  ])('says where and what was expected: %s', (rule, expected) => {
    expect(ruleFault(rule)).toEqual(expected)
  })

  test('R10 what a client claims neither permits nor lifts a restriction', () => {
    const at = (rule: string): string[] => ruleFault(rule).map((fault) => fault.replace(/:.*/, ''))
    for (const text of [
      'claimed.application == "psql"',
      'has(claimed.tags.team)',
      '"x" in claimed.tags',
      'identity.groups.exists(g, g == claimed.application)',
      'cel.bind(c, claimed, c.application == "x")',
      'action.unfiltered || (true ? claimed.application == "x" : false)',
      'dyn([claimed])[0].application == "x"',
      '{"a": claimed.application}.a == "x"',
      '-size(claimed.tags) < 0',
    ]) {
      const quoted = JSON.stringify(text)
      expect(at(`{name: r, effect: permit, if: ${quoted}}`)).toEqual(['35'])
      expect(at(`{name: r, effect: permit, unless: ${quoted}}`)).toEqual(['39'])
      expect(at(`{name: r, effect: forbid, unless: ${quoted}}`)).toEqual(['39'])
      expect(at(`{name: r, effect: mask, with: redact, unless: ${quoted}}`)).toEqual(['51'])
      expect(at(`{name: r, effect: forbid, if: ${quoted}}`)).toEqual([])
    }
  })

  test('points into a condition where it goes wrong', () => {
    expect(ruleFault('{name: r, effect: permit, if: identity.nick == 1}')).toEqual([
      '44: not a valid condition: no such key: nick',
    ])
    expect(ruleFault(`{name: r, effect: permit, if: 'now > 5'}`)).toEqual([
      expect.stringMatching(/^35: not a valid condition: no such overload/),
    ])
    expect(faultsOf(`${HEAD}  - name: r\n    effect: permit\n    if: user == "x"\n`)).toEqual([
      'a.yaml:7:9: not a valid condition: unknown variable: user',
    ])
  })

  test.each([
    ['not: [closed', 'not valid YAML'],
    ['kind: Policy\nkind: Policy\n', 'map keys must be unique'],
    ['kind: Polity\n', 'expected `kind` to be Policy, Classes or Functions'],
    ['just text', 'expected `kind` to be Policy'],
    [`${HEAD}  - {name: r, effect: permit, __proto__: {verbs: [drop]}}\n`, 'unknown key `__proto__`'],
    [`${HEAD}  - {name: r, effect: !secret permit}\n`, 'unresolved tag'],
    [`${HEAD.replace('gatehouse/v1', 'gatehouse/v2')}  []\n`, 'a.yaml:1:13: expected `gatehouse/v1`'],
    [
      `${HEAD}  - {name: r, effect: permit}\n  - {name: r, effect: forbid}\n`,
      'a.yaml:6:12: another rule here is named `r`',
    ],
    [
      'apiVersion: gatehouse/v1\nkind: Classes\nfields: {"salary": [x]}\n',
      'a.yaml:3:10: expected a resource',
    ],
    ['apiVersion: gatehouse/v1\nkind: Classes\nfields: {a.b: pii}\n', 'a.yaml:3:15: expected a list'],
    [
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(30)}]\nc: &c [${'*b,'.repeat(30)}]\nd: [${'*c,'.repeat(30)}]\n`,
      'not usable YAML',
    ],
  ])('refuses what is no policy document: %s', (text, expected) => {
    expect(faultsOf(text).join('\n')).toContain(expected)
  })

  test('one fault anywhere and nothing of the file is used', () => {
    const { documents } = readDocuments({
      file: 'a.yaml',
      text: `${HEAD}  - {name: r, effect: permit}\n---\nkind: Nothing\n`,
    })
    expect(documents).toEqual([])
  })
})
