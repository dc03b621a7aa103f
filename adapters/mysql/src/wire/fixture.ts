/** One server, what stands before it, and a stage with the real adapter: started once per test file and flavour. */
import { randomBytes } from 'node:crypto'
import { createStage, type Stage } from '@gatehouse/adapter-contract'
import type { AuthMethod, Hall, Limits, OpenAdapter, Site, SiteLimits } from '@gatehouse/adapter-kit'
import { compilePolicy, type Policy, readDocuments, readPack } from '@gatehouse/core'
import {
  describePart,
  type MysqlServer,
  type MysqlServerOptions,
  startMariadb,
  startMysql,
} from '@gatehouse/workbench'
import { mysql } from '../index.js'
import { type Between, startBetween } from './between.js'
import { type Connecting, type RawClient, signIn } from './raw-client.js'
import { describeReply } from './transcript.js'

export interface Fixture {
  readonly server: MysqlServer
  readonly between: Between
  readonly stage: Stage
  readonly adapter: OpenAdapter
  /** `adam` may do everything, `gil` all but touch `vault`; `ann` is masked too, `bot` gets 10 rows. */
  client(user?: string, more?: Partial<Connecting>): Promise<RawClient>
  /** The same client at the server itself, as the gateway's account: what a real server says. */
  direct(more?: Partial<Connecting>): Promise<RawClient>
  /** Runs on the server itself as root, one statement after the other; throws at the first ERR. */
  admin(...texts: readonly string[]): Promise<void>
  /** Every client leaves; resolves when nothing of them is left. */
  settled(): Promise<void>
  /** Another stage over the same adapter. */
  another(options: StageParts): Promise<Stage>
  close(): Promise<void>
}

export interface StageParts {
  readonly tls?: NonNullable<Hall['tls']>
  readonly requireTls?: boolean
  readonly nativePassword?: boolean
  readonly auth?: readonly AuthMethod[]
  readonly limits?: Partial<Limits>
  readonly policy?: Policy
}

export interface FixtureOptions extends StageParts {
  /** Run in `shop` as root before the adapter opens. */
  readonly schema?: readonly string[]
  readonly siteLimits?: SiteLimits
  readonly site?: Partial<Site>
  readonly server?: MysqlServerOptions
}

export type Flavour = 'mariadb' | 'mysql'

const RULES = `apiVersion: gatehouse/v1
kind: Policy
metadata: {name: wire, owner: tests}
default: forbid
rules:
  - {name: vault, effect: forbid, groups: [guarded, analysts], verbs: [read, insert, update, delete, copy-out, copy-in], resources: ["shop.vault"]}
  - {name: personal, effect: mask, classes: [pii, email, phone], with: partial, probing: allow, unless: '"admins" in identity.groups'}
  - {name: few, effect: limit, groups: [few], rows: 10}
`

const pairs = (count: number, of: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => of(index + 1)).join(', ')

const SCHEMA: readonly string[] = [
  'create database shop character set utf8mb4',
  'use shop',
  'create table items(id int primary key, label varchar(40))',
  `insert into items values ${pairs(20, (id) => `(${id}, 'label ${id}')`)}`,
  'create table notes(id int, body text)',
  'create table vault(id int)',
  'create table customers(id int primary key, email varchar(80), city varchar(40))',
  `insert into customers values ${pairs(5, (id) => `(${id}, 'user${id}@example.com', 'Berlin')`)}`,
]

const ACCOUNT = { user: 'gw', password: 'gw' }

export const USERS = [
  { name: 'adam', password: 'secret of adam', groups: ['admins'] },
  { name: 'gil', password: 'secret of gil', groups: ['admins', 'guarded'] },
  { name: 'ann', password: 'secret of ann', groups: ['analysts'] },
  { name: 'bot', password: 'secret of bot', groups: ['admins', 'few'] },
]

export function wirePolicy(): Policy {
  const { documents, faults } = readDocuments({ file: 'wire.yaml', text: RULES })
  if (faults.length > 0) throw new Error(JSON.stringify(faults))
  return compilePolicy([...documents, readPack('observe')])
}

const start = { mariadb: startMariadb, mysql: startMysql }

/** A suite for each flavour, skipped aloud where its server is missing. */
export function describeFlavours(name: string, suite: (flavour: Flavour) => void): void {
  for (const flavour of ['mariadb', 'mysql'] as const)
    describePart(flavour === 'mariadb' ? 'mariadbd' : 'mysql', `${name}, ${flavour}`, () => suite(flavour))
}

export async function startFixture(flavour: Flavour, options: FixtureOptions = {}): Promise<Fixture> {
  const server = await start[flavour]({
    settings: { 'max-allowed-packet': 64 << 20 },
    ...options.server,
  })
  const root = await signIn({ port: server.port, user: server.user, password: server.password, database: '' })
  const admin = async (...texts: readonly string[]) => {
    for (const text of texts) {
      const reply = await root.query(text)
      if (reply.parts.some(({ kind }) => kind === 'error'))
        throw new Error(`${text}: ${describeReply(reply)}`)
    }
  }
  await admin(
    ...SCHEMA,
    `create user gw@'127.0.0.1' identified by 'gw'`,
    `grant all on shop.* to gw@'127.0.0.1'`,
    ...(options.schema ?? []),
  )
  // The first sign-in of caching_sha2 is the full one; from then on the server knows the password without TLS.
  await (await signIn({ port: server.port, ...ACCOUNT })).close()

  const between = await startBetween(() => server.port)
  const adapter = await mysql.open({
    listener: 'wire',
    upstream: {
      hosts: [{ host: '127.0.0.1', port: between.port }],
      role: 'any',
      accounts: [ACCOUNT],
      catalogAccount: ACCOUNT,
      tls: 'disable',
      databases: ['shop'],
      privileged: 'refuse',
    },
    knowledge: { classes: [], functions: [] },
    limits: options.siteLimits ?? { statement: 4 << 20, message: 32 << 20 },
    catalogRefresh: 1000,
    log: { info() {}, warn() {}, error() {} },
    now: () => Date.now(),
    tick: () => performance.now(),
    random: (size) => randomBytes(size),
    version: '0',
    ...options.site,
  })
  const stages: Stage[] = []
  const another = async ({ policy = wirePolicy(), ...parts }: StageParts) => {
    const made = await createStage({ adapter, policy, users: USERS, ...parts })
    stages.push(made)
    return made
  }
  const { schema: _schema, siteLimits: _limits, site: _site, server: _server, ...parts } = options
  const stage = await another(parts)
  const clients: RawClient[] = []
  const kept = (client: RawClient) => {
    clients.push(client)
    return client
  }
  return {
    server,
    between,
    stage,
    adapter,
    client: async (user = 'adam', more = {}) =>
      kept(await signIn({ port: stage.port, user, password: `secret of ${user}`, ...more })),
    direct: async (more = {}) => kept(await signIn({ port: server.port, ...ACCOUNT, ...more })),
    admin,
    settled: async () => {
      await Promise.all(clients.splice(0).map((client) => client.close()))
      await Promise.all(stages.flatMap(({ sessions }) => [...sessions].map(({ done }) => done)))
    },
    another,
    close: async () => {
      for (const { socket } of clients) socket.destroy()
      for (const made of stages) await made.close()
      await adapter.close()
      await between.close()
      await root.close()
      await server.stop()
    },
  }
}

/** What the sink's records say ran: `COMMAND status`, in the order of their ends. */
export function outcomes(stage: Stage): readonly string[] {
  return stage.evidence.completed.map(
    ({ decided, outcome }) => `${decided.statement.command} ${outcome.status}`,
  )
}

/** Decisions without an outcome: none once every session is over. */
export function openDecisions(stage: Stage): readonly string[] {
  const ended = new Set(stage.evidence.completed.map(({ decided }) => decided.id))
  return stage.evidence.decided
    .filter(({ id }) => !ended.has(id))
    .map(({ statement }) => statement.text || statement.command)
}
