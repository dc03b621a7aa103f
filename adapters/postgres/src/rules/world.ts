/** A real Postgres, a stage before it and clients of both, as each rule's test needs them. */
import { randomBytes } from 'node:crypto'
import { createStage, overwriting, type Stage, type StageUser } from '@gatehouse/adapter-contract'
import type { OpenAdapter, Site, SiteLimits, Upstream } from '@gatehouse/adapter-kit'
import { compilePolicy, type PackName, type Policy, readDocuments, readPack } from '@gatehouse/core'
import { type PostgresServer, postgresPackage, startPostgres } from '@gatehouse/workbench'
import pg from 'pg'
import { postgres } from '../index.js'

export interface WorldOptions {
  /** Runs in `shop` as its owner `gw`. */
  readonly schema?: string
  /** Runs as superuser before anything connects as `gw`. */
  readonly roles?: string
  /** Rules as YAML flow mappings, one a line. */
  readonly rules?: readonly string[]
  readonly packs?: readonly PackName[]
  readonly users?: readonly StageUser[]
  readonly limits?: Partial<SiteLimits>
  readonly upstream?: Partial<Upstream>
  readonly site?: Partial<Site>
  readonly settings?: Readonly<Record<string, string>>
  readonly major?: 15 | 16 | 17 | 18
}

export interface Answer {
  readonly rows: readonly (readonly unknown[])[]
  readonly tag: string
  /** SQLSTATE; undefined when it went well. */
  readonly code: string | undefined
  readonly message: string
  readonly detail: string
}

export interface Asker {
  ask(text: string, values?: readonly unknown[]): Promise<Answer>
  /** By a named prepared statement of the protocol; the same name is parsed once. */
  prepared(name: string, text: string, values?: readonly unknown[]): Promise<Answer>
  readonly notices: pg.Notification['payload'][]
  readonly texts: string[]
  readonly client: pg.Client
}

export interface World {
  readonly server: PostgresServer
  readonly adapter: OpenAdapter
  readonly stage: Stage
  /** The owner of the data, not through the gateway. */
  readonly owner: pg.Client
  readonly root: pg.Client
  sign(user: string, more?: pg.ClientConfig): Promise<Asker>
  usePolicy(rules: readonly string[], packs?: readonly PackName[]): void
  /** Waits until the gateway has read the catalog as it is now. */
  caughtUp(): Promise<void>
  /** Every client leaves, and every session ends. */
  settled(): Promise<void>
  close(): Promise<void>
}

export const PASSWORD = 'a password'
export const USERS: readonly StageUser[] = [
  { name: 'ann', password: PASSWORD, groups: ['analysts'] },
  { name: 'adam', password: PASSWORD, groups: ['admins'] },
  { name: 'few', password: PASSWORD, groups: ['admins', 'few'] },
  { name: 'bot', password: PASSWORD, groups: ['analysts'], agent: true },
]

/** Analysts see what is personal masked. */
export const MASKED = [
  '{name: personal, effect: mask, groups: [analysts], classes: [pii, email, phone, national-id], with: redact, probing: lookup}',
]

export function policyOf(rules: readonly string[], packs: readonly PackName[]): Policy {
  const list = rules.map((rule) => `  - ${rule}`).join('\n')
  const text = `apiVersion: gatehouse/v1\nkind: Policy\nmetadata: {name: t, owner: t}\ndefault: forbid\nrules:\n${list}\n`
  const read = rules.length === 0 ? undefined : readDocuments({ file: 't.yaml', text })
  if (read !== undefined && read.faults.length > 0) throw new Error(JSON.stringify(read.faults))
  return compilePolicy([...packs.map(readPack), ...(read?.documents ?? [])])
}

const ACCOUNT = { user: 'gw', password: 'gw' }

export function siteAt(port: number, options: Pick<WorldOptions, 'limits' | 'upstream' | 'site'> = {}): Site {
  return {
    listener: 'rules',
    upstream: {
      hosts: [{ host: '127.0.0.1', port }],
      role: 'any',
      accounts: [ACCOUNT],
      catalogAccount: ACCOUNT,
      tls: 'disable',
      databases: ['shop'],
      privileged: 'refuse',
      ...options.upstream,
    },
    knowledge: { classes: [], functions: [] },
    limits: { statement: 1 << 20, message: 4 << 20, ...options.limits },
    catalogRefresh: 100,
    log: { info() {}, warn() {}, error() {} },
    now: () => Date.now(),
    tick: () => performance.now(),
    random: (size) => randomBytes(size),
    version: '0',
    ...options.site,
  }
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const server = await startPostgres({
    ...(options.major === undefined ? {} : { major: options.major }),
    settings: { max_prepared_transactions: '5', ...options.settings },
  })
  const root = new pg.Client({ connectionString: server.url })
  await root.connect()
  await root.query(`create role gw login password 'gw'`)
  await root.query('create database shop owner gw')
  await root.query(options.roles ?? 'select 1')
  const direct = { host: server.host, port: server.port, database: 'shop' }
  const owner = new pg.Client({ ...direct, ...ACCOUNT })
  await owner.connect()
  await owner.query(options.schema ?? 'select 1')
  const adapter = await postgres.open(siteAt(server.port, options))
  const packs = options.packs ?? ['observe']
  const stage = await createStage({
    adapter: overwriting(adapter),
    policy: policyOf(options.rules ?? MASKED, packs),
    users: options.users ?? USERS,
  })
  const clients = new Set<pg.Client>()
  return {
    server,
    adapter,
    stage,
    owner,
    root,
    async sign(user, more = {}) {
      const client = new pg.Client({ ...direct, port: stage.port, user, password: PASSWORD, ...more })
      clients.add(client)
      client.on('error', () => clients.delete(client))
      await client.connect()
      return askerOf(client)
    },
    usePolicy: (rules, others = packs) => stage.usePolicy(policyOf(rules, others)),
    async caughtUp() {
      const text = async () => JSON.stringify(await adapter.catalog('shop'))
      await owner.query('create or replace view caught_up as select 1 as a')
      await owner.query(`comment on view caught_up is '${randomBytes(8).toString('hex')}'`)
      await owner.query('drop view caught_up')
      const epoch = async () => ((await adapter.catalog('shop')) as { epoch: number }).epoch
      const before = await epoch()
      const patience = Date.now() + CATCH_UP
      while ((await epoch()) === before || (await text()).includes('caught_up')) {
        if (Date.now() > patience) throw new Error('the catalog is not read again')
        await pause()
      }
    },
    async settled() {
      for (const client of clients) await client.end()
      clients.clear()
      await Promise.all([...stage.sessions].map(({ done }) => done))
    },
    async close() {
      for (const client of clients) await client.end().catch(() => {})
      await stage.close()
      await adapter.close()
      await owner.end()
      await root.end()
      await server.stop()
    },
  }
}

/** Milliseconds; it takes a second or two where little goes on. */
const CATCH_UP = 60_000

/** Whether there are binaries of this version here. */
export function hasMajor(major: 15 | 16 | 17 | 18): boolean {
  try {
    postgresPackage(major)
    return true
  } catch {
    return false
  }
}

export const pause = (milliseconds = 10) => new Promise((resolve) => setTimeout(resolve, milliseconds))

function askerOf(client: pg.Client): Asker {
  const notices: pg.Notification['payload'][] = []
  const texts: string[] = []
  client.on('notification', ({ payload }) => notices.push(payload))
  client.on('notice', ({ message }) => texts.push(message ?? ''))
  const run = async (query: object): Promise<Answer> => {
    try {
      const given = (await client.query({ rowMode: 'array', ...query } as pg.QueryArrayConfig)) as unknown
      const result = (Array.isArray(given) ? given.at(-1) : given) as pg.QueryArrayResult
      return { rows: result.rows, tag: result.command ?? '', code: undefined, message: '', detail: '' }
    } catch (fault) {
      const { code, message, detail } = fault as pg.DatabaseError
      return { rows: [], tag: '', code: code ?? 'none', message, detail: detail ?? '' }
    }
  }
  return {
    ask: (text, values) => run(values === undefined ? { text } : { text, values, queryMode: 'extended' }),
    prepared: (name, text, values = []) => run({ name, text, values }),
    notices,
    texts,
    client,
  }
}

/** Its rows when it went well, its SQLSTATE otherwise. */
export async function told(asker: Asker, text: string, values?: readonly unknown[]): Promise<unknown> {
  const { rows, code } = await asker.ask(text, values)
  return code ?? rows
}
