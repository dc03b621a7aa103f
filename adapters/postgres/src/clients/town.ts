/** A real Postgres that clients reach three ways: directly, through the gateway unmasked, and through it masked. */
import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { promisify } from 'node:util'
import { createStage, type Stage } from '@gatehouse/adapter-contract'
import type { OpenAdapter } from '@gatehouse/adapter-kit'
import {
  type Certificates,
  certificates,
  findTool,
  type PostgresMajor,
  type PostgresServer,
  startPostgres,
  type Tool,
  toolAvailable,
} from '@gatehouse/workbench'
import pg from 'pg'
import { openAdapter, policyOf } from '../bypass/scene.js'
import { SHOP } from '../bypass/shop.js'
import type { Address, Contact } from './contact.js'

export type { Address } from './contact.js'

export const WAYS = ['direct', 'observed', 'masked'] as const
export type Way = (typeof WAYS)[number]

export interface Town {
  readonly server: PostgresServer
  readonly stages: readonly Stage[]
  /** PEM of the authority behind all three, where TLS was wanted and openssl is here. */
  readonly ca: string | undefined
  readonly caFile: string | undefined
  address(way: Way, database?: string): Address
  /** The address with what TLS needs. */
  contact(way: Way): Contact
  close(): Promise<void>
}

export interface TownOptions {
  /** Whoever asks may have TLS on every way. */
  readonly tls?: boolean
}

export async function createTown(major: PostgresMajor = 18, options: TownOptions = {}): Promise<Town> {
  const authority = options.tls === true && toolAvailable('openssl').ok ? await certificates() : undefined
  const tls = authority === undefined ? undefined : stageTls(authority)
  const server = await startPostgres({ major, ...(authority === undefined ? {} : { tls: authority }) })
  const { host, port } = server
  const root = new pg.Client({
    host,
    port,
    user: 'postgres',
    password: server.password,
    database: 'postgres',
  })
  await root.connect()
  await root.query(`create role gw login password 'gw'`)
  for (const name of ['shop', 'restored', 'bench']) await root.query(`create database ${name} owner gw`)
  await root.end()
  const direct: Address = { host, port, user: 'gw', password: 'gw', database: 'shop' }
  const owner = new pg.Client(direct)
  await owner.connect()
  await owner.query(SHOP)
  await owner.end()
  const adapter = await openAdapter(server, ['shop', 'restored', 'bench'])
  const observed = await openStage(adapter, ['observe'], tls)
  const masked = await openStage(adapter, ['observe', 'masking'], tls)
  const at = (stage: Stage): Address => ({
    host: '127.0.0.1',
    port: stage.port,
    user: 'ann',
    password: 'p',
    database: 'shop',
  })
  const addresses = { direct, observed: at(observed), masked: at(masked) }
  return {
    server,
    stages: [observed, masked],
    ca: authority && readFileSync(authority.ca, 'utf8'),
    caFile: authority?.ca,
    address: (way, database = 'shop') => ({ ...addresses[way], database }),
    contact: (way) => ({
      ...addresses[way],
      ca: authority && readFileSync(authority.ca, 'utf8'),
      caFile: authority?.ca,
    }),
    async close() {
      await Promise.all([observed.close(), masked.close()])
      await adapter.close()
      await server.stop()
      authority?.remove()
    },
  }
}

type StageTls = NonNullable<Parameters<typeof createStage>[0]['tls']>

function stageTls({ cert, key }: Certificates): StageTls {
  const pem = readFileSync(cert)
  const certificate = new X509Certificate(pem).raw
  return { context: createSecureContext({ cert: pem, key: readFileSync(key) }), certificate }
}

function openStage(
  adapter: OpenAdapter,
  packs: Parameters<typeof policyOf>[0],
  tls: StageTls | undefined,
): Promise<Stage> {
  const users = [{ name: 'ann', password: 'p', groups: ['analysts'] }]
  return createStage({ adapter, policy: policyOf(packs), users, ...(tls === undefined ? {} : { tls }) })
}

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs one of Postgres' own programs to its end; it finds its way by libpq's environment. */
export async function runTool(
  tool: Tool,
  address: Address,
  args: readonly string[],
  input = '',
): Promise<Ran> {
  const path = findTool(tool)
  if (path === undefined) throw new Error(`no \`${tool}\``)
  return runProgram(path, args, libpqEnvironment(address), input)
}

export function libpqEnvironment({ host, port, user, password, database }: Address): Record<string, string> {
  const own = { PATH: '/usr/bin:/bin', PGSSLMODE: 'disable', LC_ALL: 'C', TZ: 'UTC' }
  const where = { PGHOST: host, PGPORT: String(port), PGDATABASE: database }
  return { ...own, ...where, PGUSER: user, PGPASSWORD: password }
}

export async function runProgram(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input = '',
): Promise<Ran> {
  const running = promisify(execFile)(path, args, { env, maxBuffer: 64 << 20, timeout: 100_000 })
  running.child.stdin?.end(input)
  return running.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (fault: { code?: number; stdout: string; stderr: string }) => ({ ...fault, code: fault.code ?? -1 }),
  )
}

/** The server's major that a program of Postgres' fits: pg_dump refuses newer servers than itself. */
export async function majorOf(tool: Tool): Promise<PostgresMajor> {
  const path = findTool(tool) ?? ''
  const { stdout } = await promisify(execFile)(path, ['--version'])
  const major = Number(/(\d+)/.exec(stdout)?.[1])
  return major >= 18 ? 18 : (Math.max(major, 15) as PostgresMajor)
}
