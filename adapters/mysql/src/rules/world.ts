/** A real MariaDB or MySQL, a stage before it and clients of both, as each rule's test needs them. */
import { randomBytes } from 'node:crypto'
import { createStage, overwriting, type Stage, type StageUser } from '@gatehouse/adapter-contract'
import type { Limits, OpenAdapter, Site, SiteLimits, Upstream } from '@gatehouse/adapter-kit'
import { compilePolicy, type PackName, type Policy, readDocuments, readPack } from '@gatehouse/core'
import { type MysqlServer, startMariadb, startMysql } from '@gatehouse/workbench'
import { type Connection, type ConnectionOptions, createConnection } from 'mysql2/promise'
import { mysql } from '../index.js'

export interface WorldOptions {
  /** Statements that run in `shop` as the owner of the data. */
  readonly schema?: readonly string[]
  /** Run as root before anything connects as `gw`. */
  readonly roles?: readonly string[]
  /** Rules as YAML flow mappings, one a line. */
  readonly rules?: readonly string[]
  readonly packs?: readonly PackName[]
  readonly users?: readonly StageUser[]
  readonly limits?: Partial<SiteLimits>
  readonly relay?: Partial<Limits>
  readonly upstream?: Partial<Upstream>
  readonly site?: Partial<Site>
  readonly settings?: Readonly<Record<string, string | number | true>>
  readonly flavour?: 'mariadb' | 'mysql'
}

export interface Answer {
  readonly rows: readonly (readonly unknown[])[]
  /** Rows changed, of what gives none back. */
  readonly affected: number
  /** The server's code; undefined when it went well. */
  readonly code: number | undefined
  readonly state: string
  readonly message: string
}

export interface Asker {
  /** By COM_QUERY. */
  ask(text: string): Promise<Answer>
  /** By COM_STMT_PREPARE and COM_STMT_EXECUTE; the same text is prepared once. */
  prepared(text: string, values?: readonly unknown[]): Promise<Answer>
  readonly client: Connection
}

export interface World {
  readonly server: MysqlServer
  readonly adapter: OpenAdapter
  readonly stage: Stage
  /** The owner of the data, not through the gateway. */
  readonly owner: Connection
  readonly root: Connection
  sign(user: string, more?: ConnectionOptions): Promise<Asker>
  /** The same client at the database itself, as the gateway's account. */
  direct(more?: ConnectionOptions): Promise<Asker>
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
      privileged: 'refuse',
      ...options.upstream,
    },
    knowledge: { classes: [], functions: [] },
    limits: { statement: 1 << 20, message: 64 << 20, ...options.limits },
    catalogRefresh: 100,
    log: { info() {}, warn() {}, error() {} },
    now: () => Date.now(),
    tick: () => performance.now(),
    random: (size) => randomBytes(size),
    version: '0',
    ...options.site,
  }
}

/** The gateway's account owns the data, and nothing else. */
const ROLES = [
  `create user gw@'%' identified by 'gw'`,
  'create database shop',
  `grant all on shop.* to gw@'%'`,
]

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const start = options.flavour === 'mysql' ? startMysql : startMariadb
  const server = await start(options.settings === undefined ? {} : { settings: options.settings })
  const at = { host: server.host, port: server.port }
  const root = await createConnection({ ...at, user: server.user, password: server.password })
  for (const text of [...ROLES, ...(options.roles ?? [])]) await root.query(text)
  const owner = await createConnection({ ...at, ...ACCOUNT, database: 'shop' })
  for (const text of options.schema ?? []) await owner.query(text)
  const adapter = await mysql.open(siteAt(server.port, options))
  const packs = options.packs ?? ['observe']
  const stage = await createStage({
    adapter: overwriting(adapter),
    policy: policyOf(options.rules ?? MASKED, packs),
    users: options.users ?? USERS,
    nativePassword: true,
    ...(options.relay === undefined ? {} : { limits: options.relay }),
  })
  const clients = new Set<Connection>()
  const connected = async (more: ConnectionOptions): Promise<Asker> => {
    const client = await createConnection({ host: server.host, database: 'shop', ...more })
    clients.add(client)
    client.on('error', () => clients.delete(client))
    return askerOf(client)
  }
  return {
    server,
    adapter,
    stage,
    owner,
    root,
    sign: (user, more = {}) => connected({ port: stage.port, user, password: PASSWORD, ...more }),
    direct: (more = {}) => connected({ port: server.port, ...ACCOUNT, ...more }),
    usePolicy: (rules, others = packs) => stage.usePolicy(policyOf(rules, others)),
    async caughtUp() {
      const epoch = async () => ((await adapter.catalog(undefined)) as { epoch: number }).epoch
      const before = await epoch()
      await owner.query(`create or replace view caught_up_${randomBytes(4).toString('hex')} as select 1 as a`)
      while ((await epoch()) === before) await pause()
    },
    async settled() {
      for (const client of clients) await client.end()
      clients.clear()
      await Promise.all([...stage.sessions].map(({ done }) => done))
    },
    async close() {
      for (const client of clients) client.destroy()
      await stage.close()
      await adapter.close()
      await owner.end()
      await root.end()
      await server.stop()
    },
  }
}

export const pause = (milliseconds = 10) => new Promise((resolve) => setTimeout(resolve, milliseconds))

interface Header {
  readonly affectedRows?: number
}

function askerOf(client: Connection): Asker {
  const run = async (asked: Promise<[unknown, unknown]>): Promise<Answer> => {
    try {
      const [given] = await asked
      const rows = Array.isArray(given) ? (given as unknown[][]) : []
      const affected = Array.isArray(given) ? 0 : ((given as Header).affectedRows ?? 0)
      return { rows, affected, code: undefined, state: '', message: '' }
    } catch (fault) {
      const { errno, sqlState, message } = fault as { errno?: number; sqlState?: string; message: string }
      return { rows: [], affected: 0, code: errno ?? -1, state: sqlState ?? '', message }
    }
  }
  return {
    ask: (text) => run(client.query({ sql: text, rowsAsArray: true }) as Promise<[unknown, unknown]>),
    prepared: (text, values = []) =>
      run(
        client.execute({ sql: text, rowsAsArray: true }, [...values] as never) as Promise<[unknown, unknown]>,
      ),
    client,
  }
}

/** Its rows when it went well, its code otherwise. */
export async function told(asker: Asker, text: string): Promise<unknown> {
  const { rows, code } = await asker.ask(text)
  return code ?? rows
}
