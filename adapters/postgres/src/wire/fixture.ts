/** One Postgres, what stands before it, and a stage with the real adapter: started once per test file. */
import { randomBytes } from 'node:crypto'
import { createStage, type Stage } from '@gatehouse/adapter-contract'
import type { AuthMethod, Hall, Limits, OpenAdapter, SiteLimits } from '@gatehouse/adapter-kit'
import { compilePolicy, type Policy, readDocuments, readPack } from '@gatehouse/core'
import { type PostgresMajor, type PostgresServer, startPostgres } from '@gatehouse/workbench'
import pg from 'pg'
import { postgres } from '../index.js'
import { type Between, startBetween } from './between.js'
import { type Connecting, type RawClient, signIn } from './raw-client.js'

export interface Fixture {
  readonly server: PostgresServer
  readonly between: Between
  readonly stage: Stage
  readonly adapter: OpenAdapter
  /** `adam` may do everything, `gil` all but read `vault`; `ann` is masked too, `bot` gets 10 rows. */
  client(user?: string, more?: Partial<Connecting>): Promise<RawClient>
  /** The same client at the database itself, as the gateway's account: what a real server says. */
  direct(more?: Partial<Connecting>): Promise<RawClient>
  /** Runs on the database itself as its superuser. */
  admin(text: string): Promise<readonly Record<string, unknown>[]>
  /** Every client leaves; resolves when nothing of them is left. */
  settled(): Promise<void>
  /** Another stage over the same adapter. */
  another(options: StageParts): Promise<Stage>
  close(): Promise<void>
}

export interface StageParts {
  readonly tls?: NonNullable<Hall['tls']>
  readonly requireTls?: boolean
  readonly auth?: readonly AuthMethod[]
  readonly limits?: Partial<Limits>
}

export interface FixtureOptions extends StageParts {
  /** Run in `shop` as the gateway's account before the adapter opens. */
  readonly schema?: string
  readonly siteLimits?: SiteLimits
  /** Of Postgres; 18 by default. */
  readonly major?: PostgresMajor
}

const RULES = `apiVersion: gatehouse/v1
kind: Policy
metadata: {name: wire, owner: tests}
default: forbid
rules:
  - {name: vault, effect: forbid, groups: [guarded, analysts], verbs: [read, insert, update, delete, copy-out, copy-in], resources: ["shop.public.vault"]}
  - {name: personal, effect: mask, classes: [pii, email, phone], with: partial, probing: allow, unless: '"admins" in identity.groups'}
  - {name: few, effect: limit, groups: [few], rows: 10}
`

const SCHEMA = `
create table items(id int primary key, label text);
insert into items select i, 'label ' || i from generate_series(1, 20) i;
create table notes(id int, body text);
create table vault(id int);
create table customers(id int primary key, email text, city text);
insert into customers select i, 'user' || i || '@example.com', 'Berlin' from generate_series(1, 5) i;
`

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

export async function startFixture(options: FixtureOptions = {}): Promise<Fixture> {
  const server = await startPostgres({
    ...(options.major === undefined ? {} : { major: options.major }),
    settings: { max_connections: 300, log_min_messages: 'fatal' },
  })
  const admin = new pg.Client({ connectionString: server.url })
  await admin.connect()
  await admin.query(`create role gw login password 'gw'`)
  await admin.query('create database shop owner gw')
  const owner = new pg.Client({ ...at(server), user: 'gw', password: 'gw' })
  await owner.connect()
  await owner.query(SCHEMA + (options.schema ?? ''))
  await owner.end()

  const between = await startBetween(() => server.port)
  const adapter = await postgres.open({
    listener: 'wire',
    upstream: {
      hosts: [{ host: '127.0.0.1', port: between.port }],
      role: 'any',
      accounts: [{ user: 'gw', password: 'gw' }],
      catalogAccount: { user: 'gw', password: 'gw' },
      tls: 'disable',
      databases: ['shop'],
      privileged: 'refuse',
    },
    knowledge: { classes: [], functions: [] },
    limits: options.siteLimits ?? { statement: 4 << 20, message: 16 << 20 },
    catalogRefresh: 1000,
    log: { info() {}, warn() {}, error() {} },
    now: () => Date.now(),
    tick: () => performance.now(),
    random: (size) => randomBytes(size),
    version: '0',
  })
  const stages: Stage[] = []
  const another = async (parts: StageParts) => {
    const made = await createStage({ adapter, policy: wirePolicy(), users: USERS, ...parts })
    stages.push(made)
    return made
  }
  const { tls, requireTls, auth, limits } = options
  const stage = await another({
    ...(tls === undefined ? {} : { tls }),
    ...(requireTls === undefined ? {} : { requireTls }),
    ...(auth === undefined ? {} : { auth }),
    ...(limits === undefined ? {} : { limits }),
  })
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
    direct: async (more = {}) =>
      kept(await signIn({ port: server.port, user: 'gw', password: 'gw', ...more })),
    admin: async (text) => (await admin.query(text)).rows,
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
      await admin.end()
      await server.stop()
    },
  }
}

const at = (server: PostgresServer) => ({ host: server.host, port: server.port, database: 'shop' })

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
