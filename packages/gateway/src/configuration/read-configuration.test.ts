import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { certificates, type TemporaryFolder, temporaryFolder } from '@gatehouse/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faultLine } from './fault.js'
import { type Configuration, readConfiguration } from './read-configuration.js'
import { WHOLE, WHOLE_ENV } from './sample-configuration.js'

let folder: TemporaryFolder
let file: string

beforeAll(async () => {
  folder = temporaryFolder('configuration')
  file = join(folder.path, 'gatehouse.yaml')
  const made = await certificates()
  copyFileSync(made.cert, join(folder.path, 'server.crt'))
  copyFileSync(made.key, join(folder.path, 'server.key'))
  copyFileSync(made.ca, join(folder.path, 'ca.pem'))
  made.remove()
  const { privateKey } = generateKeyPairSync('ed25519')
  const pem = { type: 'pkcs8', format: 'pem' } as const
  writeFileSync(join(folder.path, 'other.key'), privateKey.export(pem))
  const locked = { ...pem, cipher: 'aes-256-cbc', passphrase: 'open' }
  writeFileSync(join(folder.path, 'locked.key'), privateKey.export(locked))
  writeFileSync(join(folder.path, 'masking.key'), new Uint8Array(32).fill(7), { mode: 0o600 })
  writeFileSync(join(folder.path, 'short.key'), 'short', { mode: 0o600 })
  writeFileSync(join(folder.path, 'open.key'), new Uint8Array(32).fill(7))
  chmodSync(join(folder.path, 'open.key'), 0o644)
})
afterAll(() => folder.remove())

function faults(text: string, env: Record<string, string> = WHOLE_ENV): string[] {
  writeFileSync(file, text)
  const read = readConfiguration(file, { env })
  return read.kind === 'faults' ? read.faults.map((fault) => faultLine({ ...fault, file: 'f' })) : []
}

function configuration(text: string): Configuration {
  writeFileSync(file, text)
  const read = readConfiguration(file, { env: WHOLE_ENV })
  if (read.kind === 'faults') throw new Error(read.faults.map(faultLine).join('\n'))
  return read.configuration
}

/** The line of the whole sample on which `part` stands. */
function lineOf(text: string, part: string): number {
  return text.slice(0, text.indexOf(part)).split('\n').length
}

describe('the whole configuration', () => {
  test('is read with every key of the contract', () => {
    const read = configuration(WHOLE)
    expect(read).toMatchObject({
      instance: 'gw-1',
      dataDir: join(folder.path, 'var'),
      workers: 1,
      drain: 30_000,
    })
    expect(read.identity.users).toEqual([
      { name: 'alice', password: 'alice-secret', groups: ['analysts'], agent: false },
      { name: 'reporter', password: 'reporter-secret', groups: [], agent: true },
      { name: 'etl', certificate: 'CN=etl,O=Example', groups: [], agent: true },
    ])
    const [orders, replicas] = read.listeners
    expect(orders?.listen).toEqual({ kind: 'tcp', host: '127.0.0.1', port: 6432 })
    expect(orders?.limits).toMatchObject({
      statement: 16 * 2 ** 20,
      greeting: 10_000,
      idle: 0,
      session: 28_800_000,
    })
    expect(orders?.upstream).toMatchObject({
      hosts: [{ host: '127.0.0.1', port: 5432 }],
      grammar: '17',
      privileged: 'refuse',
    })
    expect(orders?.tls?.certificate.length).toBeGreaterThan(100)
    expect(replicas?.listen).toEqual({ kind: 'tcp', host: '::1', port: 0 })
    expect(replicas?.upstream.hosts).toEqual([
      { host: '127.0.0.1', port: 5433 },
      { host: 'localhost', port: 5434 },
    ])
    expect(replicas?.auth).toEqual(['certificate'])
    expect(read.audit.spool).toEqual({
      durability: 'fsync',
      maxBytes: 4 * 2 ** 30,
      retain: 7 * 86_400_000,
      perIdentity: { rate: 2_000, share: 0.25 },
    })
    expect(read.masking?.key.length).toBe(32)
  })

  test('a socket path is an address, relative ones start at the file', () => {
    const text = WHOLE.replace('listen: 127.0.0.1:6432', 'listen: ./run/pg.sock').replace(
      /^ {4}tls: .*$/m,
      '',
    )
    const listen = configuration(
      text.replace('[password, token]', '[password]').replace('    audience: orders\n', ''),
    ).listeners[0]?.listen
    expect(listen).toEqual({ kind: 'socket', path: join(folder.path, 'run/pg.sock') })
  })
})

test('a host without a port listens where its protocol does', () => {
  const bare = (protocol: string, upstream: string) => `apiVersion: gatehouse/v1
listeners: [{name: a, protocol: ${protocol}, listen: "127.0.0.1:0", upstream: {${upstream}, user: u}}]
policies: ["pack:observe"]
`
  const ports = (protocol: string, upstream: string) =>
    configuration(bare(protocol, upstream)).listeners[0]?.upstream.hosts.map(({ port }) => port)
  expect(ports('postgres', 'host: db.example')).toEqual([5432])
  expect(ports('mysql', 'host: db.example')).toEqual([3306])
  expect(ports('mysql', 'hosts: [a.example, "b.example:3307"]')).toEqual([3306, 3307])
  expect(ports('"@acme/redis"', 'host: db.example, port: 6379')).toEqual([6379])
  expect(faults(bare('"@acme/redis"', 'host: db.example'))).toEqual([
    expect.stringContaining('upstream.port: is required'),
  ])
  expect(faults(bare('mysql', 'host: db.example, grammar: 11.10'))).toEqual([
    expect.stringContaining("`'11.8'` in quotes"),
  ])
})

/** Each row changes the sample in one place; the fault stands on the line of `at` and says `says`. */
const TABLE: readonly [change: string, to: string, at: string, says: string][] = [
  [
    'apiVersion: gatehouse/v1',
    'apiVersion: gatehouse/v2',
    'apiVersion:',
    'apiVersion: expected `gatehouse/v1`',
  ],
  ['instance: gw-1', 'instance: "a b"', 'instance:', "instance: expected this process's name"],
  [
    'dataDir: ./var',
    'dataDir: 7x\ndatadir: x',
    'datadir:',
    'datadir: unknown key: known keys here are `apiVersion`',
  ],
  ['workers: 1', 'workers: 0', 'workers:', 'expected a whole number from 1 to 64, or `auto`'],
  ['workers: 1', 'workers: 65', 'workers:', 'expected a whole number from 1 to 64'],
  ['workers: 1', 'workers: 1.5', 'workers:', 'expected a whole number from 1 to 64'],
  ['workers: 1', 'workers: many', 'workers:', 'expected a whole number from 1 to 64'],
  ['workers: 1', 'control: {listen: "127.0.0.1:8080"}', 'control:', 'the control plane comes later'],
  ['name: corp', 'name: local', 'name: local', '`local` names the local users'],
  ['https://idp.example', 'http://idp.example', 'issuer: http:', 'https, or http on loopback'],
  ['https://idp.example', 'https://me:pw@idp.example', 'issuer: https:', 'the URL of an OIDC issuer'],
  ['/preferred_username', 'preferred_username', 'subject:', 'a JSON Pointer'],
  ['{env: ALICE_PASSWORD}', 'hunter2', 'password: hunter2', 'a secret is never written here'],
  ['{env: ALICE_PASSWORD}', '{env: NOT_SET}', '{env: NOT_SET}', 'the environment has no `NOT_SET`'],
  [
    '{env: ALICE_PASSWORD}',
    '{file: nowhere}',
    '{file: nowhere}',
    '`nowhere` cannot be read: there is no such file',
  ],
  ['{env: ALICE_PASSWORD}', '{value: x}', '{value: x}', 'a secret is never written here'],
  ['name: alice', 'name: token', 'name: token', '`token` is the sign-in name of every token'],
  ['name: reporter', 'name: alice', '{name: alice', '`alice` stands here twice'],
  ['agent: true', 'agent: maybe', 'agent: maybe', 'expected `true` or `false`'],
  ['protocol: postgres', 'protocol: mysql', 'grammar: 17', "in quotes, such as `'11.8'`"],
  ['protocol: postgres', 'protocol: ../evil.js', 'protocol: ../evil.js', 'the name of an npm package'],
  ['listen: 127.0.0.1:6432', 'listen: 127.0.0.1:66432', 'listen: 127.0.0.1:66432', 'an address to listen on'],
  ['listen: 127.0.0.1:6432', 'listen: 127.0.1:6432', 'listen: 127.0.1:6432', 'an address to listen on'],
  ['cert: server.crt', 'cert: server.key', 'tls: {cert: server.key', 'cannot be used'],
  ['key: server.key', 'key: ca.pem', 'tls: {cert', 'cannot be used'],
  ['key: server.key', 'key: locked.key', 'tls: {cert', 'the key has a passphrase: expected one without'],
  ['key: server.key', 'key: other.key', 'tls: {cert', 'the key is not the certificate’s'],
  [
    "listen: '[::1]:0'",
    'listen:  127.0.0.1:6432',
    'listen:  127.0.0.1:6432',
    'listener `orders` listens there already',
  ],
  ['127.0.0.1:9464', '127.0.0.1:6432', 'metrics:', 'listener `orders` listens there already'],
  ['[password, token]', '[password, minted]', '[password, minted]', '`minted` comes with the control plane'],
  ['[password, token]', '[token, certificate]', '[token, certificate]', '`certificate` needs `tls.ca`'],
  [
    'auth: [certificate]',
    'auth: [password]',
    'tls: {cert: server.crt, key: server.key, ca',
    'has no use where',
  ],
  [
    'ca: ca.pem}\n    auth',
    'ca: server.key}\n    auth',
    'tls: {cert: server.crt, key: server.key, ca',
    'holds no certificate',
  ],
  ["certificate: 'CN=etl,O=Example', ", '', '{name: etl', 'is required, unless there is a `certificate`'],
  ['[password, token]', '[]', 'auth: []', 'expected at least one entry'],
  ['[password, token]', '[password]', 'audience: orders', 'has no use where `auth` has no `token`'],
  [
    'nativePassword: false',
    'nativePassword: true',
    'nativePassword',
    'is a plugin of MySQL: expected `protocol: mysql`',
  ],
  ['environment: production', 'environment: [a]', 'environment: [a]', "a label's value"],
  ['connections: 1000', 'connections: 0', 'connections: 0', 'a whole number from 1 to 100000'],
  ['statement: 16MiB', 'statement: 16 mebi', '16 mebi', 'a size from'],
  ['statement: 16MiB', 'statement: 65MiB', '65MiB', 'larger than `message`'],
  ['greeting: 10s', 'greeting: 10', 'greeting: 10', 'a duration such as `10s`'],
  ['      host: 127.0.0.1\n', '', 'port: 5432', 'listeners[0].upstream.host: is required'],
  ['port: 5432', 'hosts: [a:1]', 'hosts: [a:1]', 'not both'],
  ['tls: verify-full', 'tls: prefer', 'tls: prefer', 'expected `verify-full` or `disable`'],
  [
    'ca: ca.pem\n      databases',
    'ca: server.key\n      databases',
    'ca: server.key',
    'holds no certificate',
  ],
  ['user: gatehouse_admin', 'usr: gatehouse_admin', '{groups: [admins]', 'usr: unknown key'],
  ['refresh: 1s', 'refresh: 1ms', 'refresh: 1ms', 'a duration'],
  ['grammar: 17', 'grammar: 14', 'grammar: 14', 'a whole number from 15 to 18'],
  ['privileged: refuse', 'privileged: yes', 'privileged: yes', 'expected `refuse` or `accept`'],
  [
    'name: replicas',
    'name: orders',
    "name: orders\n    protocol: postgres\n    listen: '[::1]:0'",
    '`orders` stands here twice',
  ],
  [
    "hosts: ['127.0.0.1:5433', 'localhost:5434']",
    "hosts: ['10.0.0.1']",
    'tls: disable',
    'is for a database on loopback',
  ],
  ['durability: fsync', 'durability: none', 'durability: none', 'expected `fsync` or `write`'],
  ['maxBytes: 4GiB', 'maxBytes: 1MiB', 'maxBytes: 1MiB', 'a size from 16MiB'],
  ['share: 0.25', 'share: 0', 'share: 0', 'from 0.01 to 1'],
  ['share: 0.25', 'share: 50%', 'share: 50%', 'from 0.01 to 1'],
  ['rate: 2000', 'rate: -1', 'rate: -1', 'a whole number from 0'],
  ['"127.0.0.1:9092"', '"kafka"', 'brokers:', 'a broker such as'],
  ['scram-sha-256', 'gssapi', 'mechanism: gssapi', 'expected `scram-sha-256`'],
  ['masking.key', 'short.key', 'short.key', 'the key has 5 bytes'],
  ['masking.key', 'open.key', 'open.key', 'its mode must be 0600'],
  ['127.0.0.1:9464', '0.0.0.0:9464', 'metrics:', 'need TLS and authentication, which come later'],
  ['drain: 30s', 'drain: soon', 'drain: soon', 'a duration'],
  ['drain: 30s', 'drain: 30s\ndrain: 31s', 'drain: 31s', 'not valid YAML'],
  ['drain: 30s', '__proto__: {a: 1}', '__proto__', 'unknown key `__proto__`'],
  [
    'policies: [pack:tools, pack:guardrails, ./policies]',
    'policies: []',
    'policies:',
    'expected at least one entry',
  ],
]

describe('each fault names line, column and what was expected', () => {
  test.each(TABLE)('%s → %s', (change, to, at, says) => {
    const text = WHOLE.replace(change, to)
    expect(text).not.toBe(WHOLE)
    const found = faults(text)
    const line = lineOf(text, at)
    expect(
      found.some((each) => each.startsWith(`f:${line}:`) && each.includes(says)),
      `line ${line} of\n${found.join('\n')}`,
    ).toBe(true)
    for (const each of found) expect(each).toMatch(/^f:\d+:\d+: /)
  })

  test('all of them at once, in order', () => {
    const text = WHOLE.replace('workers: 1', 'workers: 0')
      .replace('agent: true', 'agent: 1')
      .replace('drain: 30s', 'drain: x')
    expect(faults(text).map((each) => each.split(':')[1])).toEqual(['4', '17', '63'])
  })

  test('a secret that was written down is never printed', () => {
    const texts = [
      'hunter2',
      '"hunter2 \\q"',
      '{env: ALICE_PASSWORD, hunter2: 1}',
      '[hunter2]',
      '!secret hunter2',
      '*hunter2',
      '@hunter2',
    ]
    for (const written of texts) {
      const found = faults(WHOLE.replace('{env: ALICE_PASSWORD}', written))
      expect(found.length).toBeGreaterThan(0)
      if (!written.startsWith('{')) expect(found.join('\n')).not.toContain('hunter2')
    }
  })

  test('a file that is not there, or not text, is a fault', () => {
    expect(readConfiguration(join(folder.path, 'nowhere.yaml'), { env: {} })).toMatchObject({
      kind: 'faults',
    })
    expect(faults('')).toContainEqual(expect.stringContaining('apiVersion: is required'))
    expect(faults('[1, 2]')).toEqual([
      expect.stringContaining('expected a mapping with keys of `apiVersion`'),
    ])
  })
})

describe('R28 what is reachable from elsewhere is encrypted', () => {
  const plain = (listen: string, more = '') =>
    `apiVersion: gatehouse/v1\npolicies: [pack:observe]\nlisteners:\n  - {name: a, protocol: postgres, listen: "${listen}", upstream: {host: 127.0.0.1, user: u, tls: disable}${more}}\n`

  test('off loopback TLS is required, unless insecure says otherwise, and that is warned about', () => {
    for (const listen of ['0.0.0.0:6432', '[::]:6432', '10.1.2.3:6432', 'db.example:6432'])
      expect(faults(plain(listen))).toEqual([expect.stringContaining('off loopback `tls` is required')])
    for (const listen of ['127.0.0.1:6432', '127.8.9.1:6432', '[::1]:6432', 'localhost:6432', '/run/x.sock'])
      expect(configuration(plain(listen)).warnings).toEqual([])
    expect(configuration(plain('0.0.0.0:6432', ', insecure: true')).warnings).toEqual([
      'listener `a`: insecure: clients come in without TLS, off loopback',
    ])
  })

  test('tokens never travel in clear text off loopback', () => {
    const text = WHOLE.replace('listen: 127.0.0.1:6432', 'listen: 0.0.0.0:6432')
      .replace(/^ {4}tls: .*$/m, '')
      .replace('insecure: false', 'insecure: true')
    expect(faults(text)).toEqual([expect.stringContaining('tokens would travel in clear text')])
  })

  test('a token listener needs an issuer', () => {
    const text = WHOLE.replace(/ {2}issuers:[\s\S]*? {2}users:/, '  users:')
    expect(faults(text)).toEqual([expect.stringContaining('`token` needs an issuer')])
  })

  test('R12 dangerous accounts are warned about at each start', () => {
    expect(configuration(WHOLE.replace('privileged: refuse', 'privileged: accept')).warnings).toEqual([
      'listener `orders`: privileged: accept lets the gateway use dangerous accounts',
    ])
  })
})
