import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type TemporaryFolder, temporaryFolder } from '@gatehouse/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
let folder: TemporaryFolder

const CONFIG = `apiVersion: gatehouse/v1
identity:
  users:
    - {name: ann, password: {env: ANN}, groups: [analysts]}
    - {name: bot, password: {env: ANN}, agent: true}
listeners:
  - name: shop
    protocol: postgres
    listen: 127.0.0.1:0
    labels: {environment: test}
    upstream: {host: 127.0.0.1, port: 1, user: gatehouse, tls: disable, databases: [shop]}
policies: [pack:tools, pack:guardrails, pack:masking, pack:agents, ./policies]
`
const POLICY = `apiVersion: gatehouse/v1
kind: Policy
metadata: {name: production}
default: forbid
rules:
  - {name: analysts-read, effect: permit, groups: [analysts], verbs: [connect, read], resources: ["shop", "shop.public.*"]}
`
const CATALOG = {
  engine: 'postgres',
  major: 18,
  serverVersion: '18.0',
  database: 'shop',
  epoch: 1,
  schemas: ['public'],
  relations: [
    {
      oid: 16385,
      schema: 'public',
      name: 'customers',
      kind: 'table',
      columns: [
        { name: 'id', number: 1, type: 23, classes: [], nullable: false },
        { name: 'email', number: 2, type: 25, classes: ['email', 'pii'], nullable: false },
      ],
      parents: [],
      rules: false,
      triggers: false,
    },
  ],
  routines: [],
  types: [],
  operators: [],
  casts: [],
}

beforeAll(() => {
  folder = temporaryFolder('commands')
  const write = (name: string, text: string) => writeFileSync(join(folder.path, name), text)
  mkdirSync(join(folder.path, 'policies'))
  write('gatehouse.yaml', CONFIG)
  write('policies/production.yaml', POLICY)
  write('shop.catalog.json', JSON.stringify(CATALOG))
  write(
    'policies/production.test.yaml',
    `catalog: ../shop.catalog.json
policies: [pack:tools, pack:guardrails, pack:masking, ./production.yaml]
cases:
  - {as: {user: ann, groups: [analysts]}, statement: "select * from customers", expect: {effect: permit, masks: [email]}}
  - {as: {user: ann, groups: [analysts]}, statement: "drop table customers", expect: {effect: forbid, rules: [guardrails/no-drop]}}
  - {as: {user: eve}, statement: "select id from customers", expect: {effect: forbid, code: GH_FORBIDDEN}}
  - {as: {user: ann}, statement: "select nonsense from from", expect: {effect: forbid, code: GH_UNREADABLE}}
`,
  )
})
afterAll(() => folder.remove())

function gatehouse(args: readonly string[], input = '') {
  const run = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: folder.path,
    env: { PATH: process.env.PATH, ANN: 'ann-secret' },
    input,
    encoding: 'utf8',
  })
  return { code: run.status, out: run.stdout, err: run.stderr }
}

describe('how it is used', () => {
  test('--help says what there is, --version which release', () => {
    expect(gatehouse(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('serve') })
    expect(gatehouse(['--version'])).toMatchObject({ code: 0, out: '0.1.0\n' })
    for (const command of ['serve', 'check', 'explain', 'classes', 'demo'])
      expect(gatehouse([command, '--help'])).toMatchObject({
        code: 0,
        out: expect.stringContaining(`gatehouse ${command}`),
      })
  })

  test('used wrongly is 2, with a sentence on stderr', () => {
    for (const args of [
      ['nonsense'],
      ['check', '--nonsense'],
      ['explain'],
      ['explain', '--', 'select 1'],
      ['audit', 'tail', '-n', 'x'],
      ['policy', 'test', 'nowhere'],
    ]) {
      const run = gatehouse(args)
      expect(run, args.join(' ')).toMatchObject({ code: 2, out: '' })
      expect(run.err).not.toBe('')
    }
    expect(gatehouse(['serve', '-c', 'nowhere.yaml'])).toMatchObject({
      code: 2,
      err: 'nowhere.yaml: cannot be read: there is no such file\n',
    })
  })

  test('no colours where nobody looks', () => {
    expect(gatehouse(['check', '--offline']).out).not.toContain('\u001b')
  })
})

describe('check', () => {
  test('says yes, with the sum', () => {
    expect(gatehouse(['check', '--offline'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^ok: 1 listener\(s\), \d+ rules/),
      err: '',
    })
    expect(JSON.parse(gatehouse(['check', '--offline', '--json']).out)).toEqual({
      ok: true,
      faults: [],
      notes: [],
    })
  })

  test('a database that is down is a note, not a fault', () => {
    expect(gatehouse(['check'])).toMatchObject({
      code: 0,
      err: expect.stringContaining('note: listener `shop` was not compared with its database'),
    })
  })

  test('R6 a field pattern without wildcard that matches nothing is a fault', () => {
    mkdirSync(join(folder.path, 'typo'), { recursive: true })
    const mask = (field: string) => `  - {name: m, effect: mask, fields: ["${field}"], with: redact}\n`
    writeFileSync(
      join(folder.path, 'typo/a.yaml'),
      POLICY +
        mask('shop.public.customers.emial') +
        mask('*.public.customers.emial').replace('name: m', 'name: n'),
    )
    writeFileSync(join(folder.path, 'typo.yaml'), CONFIG.replace('./policies]', './typo]'))
    const run = gatehouse(['check', '-c', 'typo.yaml', '--catalog', 'shop.catalog.json'])
    expect(run.code).toBe(1)
    expect(run.err).toMatch(
      /^typo\/a\.yaml:7:\d+: the field pattern `shop\.public\.customers\.emial` of production\/m matches no field/,
    )
    expect(run.err.trim().split('\n')).toHaveLength(1)
  })

  test('R6 what is written in another case is told as the database has it', () => {
    mkdirSync(join(folder.path, 'cased'), { recursive: true })
    const rules = [
      '  - {name: m, effect: mask, fields: ["Shop.public.customers.Email"], with: redact}',
      '  - {name: n, effect: forbid, resources: ["shop.public.Customers", "shop.public.payrol", "shop.public", "elsewhere.x"]}',
    ]
    writeFileSync(join(folder.path, 'cased/a.yaml'), `${POLICY}${rules.join('\n')}\n`)
    writeFileSync(join(folder.path, 'cased.yaml'), CONFIG.replace('./policies]', './cased]'))
    const run = gatehouse(['check', '-c', 'cased.yaml', '--catalog', 'shop.catalog.json'])
    expect(run.code).toBe(1)
    const lines = run.err.trim().split('\n')
    expect(lines).toEqual([
      expect.stringMatching(
        /^note: cased\/a\.yaml:8:\d+: the resource `shop\.public\.Customers` of production\/n is no relation: expected `shop\.public\.customers`, which the database has$/,
      ),
      expect.stringMatching(
        /^note: .*`shop\.public\.payrol` of production\/n is no relation: expected one, or/,
      ),
      expect.stringMatching(
        /^cased\/a\.yaml:7:\d+: the field pattern `Shop\.public\.customers\.Email` of production\/m matches no field: expected `shop\.public\.customers\.email`/,
      ),
    ])
  })

  test('notes what binds nobody and nothing, and listeners that let nobody in', () => {
    mkdirSync(join(folder.path, 'idle'), { recursive: true })
    writeFileSync(
      join(folder.path, 'idle/a.yaml'),
      POLICY.replace('default:', 'match: {environment: [prod]}\ndefault:')
        .replace('groups: [analysts]', 'groups: [analyst, "corp:analysts"]')
        .concat('  - {name: pay, effect: mask, classes: [salery, email], with: redact}\n'),
    )
    writeFileSync(join(folder.path, 'idle.yaml'), CONFIG.replace('./policies]', './idle]'))
    const run = gatehouse(['check', '-c', 'idle.yaml', '--offline'])
    expect(run.code).toBe(0)
    expect(run.err.trim().split('\n')).toEqual([
      'note: listener `shop`: nobody can sign in, as no rule permits `connect` there',
      'note: idle/a.yaml:1:1: policy `production` binds no listener: none has the labels of its `match` (environment: [prod])',
      'note: idle/a.yaml:7:5: production/analysts-read: no local user is in the group `analyst`, and there is no issuer',
      'note: idle/a.yaml:7:5: production/analysts-read: `corp:analysts` is nobody: there is no issuer `corp`',
      expect.stringMatching(/^note: idle\/a\.yaml:8:5: production\/pay: `salery` is no class of data/),
    ])
  })

  test('with an issuer, its groups are not known here; the default one stands unnamed', () => {
    mkdirSync(join(folder.path, 'groups'), { recursive: true })
    writeFileSync(
      join(folder.path, 'groups/a.yaml'),
      POLICY.replace('groups: [analysts]', 'groups: [theirs, "corp:theirs", "other:theirs"]'),
    )
    const issuer = (name: string) =>
      `    - {name: ${name}, issuer: "https://${name}.example", audience: gatehouse, groups: /groups}\n`
    writeFileSync(
      join(folder.path, 'groups.yaml'),
      CONFIG.replace('./policies]', './groups]').replace(
        'identity:\n',
        `identity:\n  issuers:\n${issuer('corp')}${issuer('other')}`,
      ),
    )
    const run = gatehouse(['check', '-c', 'groups.yaml', '--offline'])
    expect(run.code).toBe(0)
    expect(run.err.trim()).toBe(
      'note: groups/a.yaml:6:5: production/analysts-read: `corp:theirs` is nobody: `corp` is the default issuer, whose names stand without it: `theirs`',
    )
  })

  test('a protocol that nobody speaks is a fault of that key', () => {
    writeFileSync(
      join(folder.path, 'protocol.yaml'),
      CONFIG.replace('protocol: postgres', 'protocol: postgresql'),
    )
    const run = gatehouse(['check', '-c', 'protocol.yaml'])
    expect(run.code).toBe(1)
    expect(run.err).toMatch(
      /^protocol\.yaml:8:\d+: listeners\[0\]\.protocol: expected `postgres`, `mysql`, `mongodb` or an adapter's npm package/,
    )
  })

  test('names every fault of configuration and policies with its place', () => {
    writeFileSync(
      join(folder.path, 'bad.yaml'),
      CONFIG.replace('./policies]', './bad, pack:nothing, ./none]'),
    )
    mkdirSync(join(folder.path, 'bad'), { recursive: true })
    writeFileSync(join(folder.path, 'bad/a.yaml'), POLICY.replace('effect: permit', 'effect: allow'))
    const run = gatehouse(['check', '-c', 'bad.yaml'])
    expect(run.code).toBe(1)
    expect(run.err).toMatch(/^bad\/a\.yaml:6:\d+: .*permit, forbid, hold, mask, limit/m)
    expect(run.err).toMatch(
      /^bad\.yaml:12:\d+: policies\[5\]: there is no pack `nothing`: expected one of `pack:tools`/m,
    )
    expect(run.err).toMatch(
      /^bad\.yaml:12:\d+: policies\[6\]: `\.\/none` cannot be read: there is no such file/m,
    )
    const { faults } = JSON.parse(gatehouse(['check', '-c', 'bad.yaml', '--json']).out)
    expect(faults).toHaveLength(3)
  })
})

describe('explain on a catalog file', () => {
  const explain = (...args: string[]) => gatehouse(['explain', '--catalog', 'shop.catalog.json', ...args])

  test('a local user brings their groups; masks are named', () => {
    const run = explain('--as', 'ann', '--json', '--', 'select id, email from customers')
    expect(run.code).toBe(0)
    const { permitted, statements } = JSON.parse(run.out)
    expect(permitted).toBe(true)
    expect(statements[0].masks).toMatchObject([
      { output: 'email', with: 'partial', rule: 'masking/personal' },
    ])
    expect(explain('--as', 'ann', '--', 'select', 'id', 'from', 'customers').out).toContain(
      'production/analysts-read',
    )
  })

  test('no is 1: forbidden, unreadable', () => {
    expect(explain('--as', 'eve', '--', 'select id from customers')).toMatchObject({
      code: 1,
      out: expect.stringContaining('forbid'),
    })
    expect(explain('--as', 'eve', '-g', 'analysts', '--', 'select id from customers').code).toBe(0)
    expect(
      explain('--agent', 'bot', '--as', 'ann', '--', "update customers set email = 'a' where id = 1").out,
    ).toContain('agents/no-writes')
    expect(explain('--as', 'ann', '--', 'selec')).toMatchObject({
      code: 1,
      out: expect.stringContaining('GH_UNREADABLE'),
    })
  })

  test('a listener or a catalog that is not there is used wrongly, or could not', () => {
    expect(explain('-l', 'nope', '--as', 'ann', '--', 'select 1')).toMatchObject({
      code: 2,
      err: expect.stringContaining('the configuration has `shop`'),
    })
    expect(gatehouse(['explain', '--catalog', 'none.json', '--as', 'ann', '--', 'select 1']).code).toBe(3)
    expect(gatehouse(['explain', '--as', 'ann', '--', 'select 1']).code).toBe(3)
  })
})

describe('classes', () => {
  test('from lines of columns, in their order', () => {
    const lines = [
      { app: 'a', table: 'users', column: 'email', type: 'text' },
      { app: 'a', table: 'users', column: 'id', type: 'integer' },
      { app: 'a', table: 'orders', column: 'total', type: 'numeric' },
    ]
    const run = gatehouse(
      ['classes', '--columns', '-', '--json'],
      lines.map((line) => JSON.stringify(line)).join('\n'),
    )
    expect(run.code).toBe(0)
    const found = run.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(found.map(({ column }) => column)).toEqual(['email', 'id', 'total'])
    expect(found[0]).toMatchObject({
      app: 'a',
      table: 'users',
      column: 'email',
      classes: expect.arrayContaining(['email', 'pii']),
    })
    expect(found[1].classes).toEqual([])
  })

  test('a bad line is named', () => {
    const run = gatehouse(['classes', '--columns', '-'], '{"table":"t","column":"c"}\nnot json\n')
    expect(run).toMatchObject({ code: 2, err: expect.stringContaining('-:2: expected a line of') })
  })

  test('from a catalog file', () => {
    expect(gatehouse(['classes', '--catalog', 'shop.catalog.json']).out).toMatch(
      /public\.customers\.email +email, pii +\(email \d+ %\)/,
    )
  })
})

describe('policy test', () => {
  test('passes without a database', () => {
    const run = gatehouse(['policy', 'test', 'policies'])
    expect(run.out).toContain('4 passed, 0 failed')
    expect(run.code).toBe(0)
  })

  test('a case that fails says what was expected and what came', () => {
    mkdirSync(join(folder.path, 'failing'), { recursive: true })
    writeFileSync(
      join(folder.path, 'failing/a.test.yaml'),
      'policies: [../policies/production.yaml]\ncases:\n  - {as: {user: eve}, statement: "select 1", expect: {effect: hold}}\n',
    )
    const run = gatehouse(['policy', 'test', 'failing'])
    expect(run).toMatchObject({ code: 1, out: expect.stringContaining('expected effect hold, got permit') })
    expect(JSON.parse(gatehouse(['policy', 'test', 'failing', '--json']).out)).toMatchObject({
      passed: 0,
      failed: 1,
    })
  })
})
