/** A real Postgres that clients reach three ways: directly, through the gateway unmasked, and through it masked. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { createStage, type Stage } from '@gatehouse/adapter-contract'
import type { OpenAdapter } from '@gatehouse/adapter-kit'
import {
  findTool,
  type PostgresMajor,
  type PostgresServer,
  startPostgres,
  type Tool,
} from '@gatehouse/workbench'
import pg from 'pg'
import { openAdapter, policyOf } from '../bypass/scene.js'
import { SHOP } from '../bypass/shop.js'

export const WAYS = ['direct', 'observed', 'masked'] as const
export type Way = (typeof WAYS)[number]

export interface Address {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

export interface Town {
  readonly server: PostgresServer
  readonly stages: readonly Stage[]
  address(way: Way, database?: string): Address
  close(): Promise<void>
}

export async function createTown(major: PostgresMajor = 18): Promise<Town> {
  const server = await startPostgres({ major })
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
  const observed = await openStage(adapter, ['observe'])
  const masked = await openStage(adapter, ['observe', 'masking'])
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
    address: (way, database = 'shop') => ({ ...addresses[way], database }),
    async close() {
      await Promise.all([observed.close(), masked.close()])
      await adapter.close()
      await server.stop()
    },
  }
}

function openStage(adapter: OpenAdapter, packs: Parameters<typeof policyOf>[0]): Promise<Stage> {
  const users = [{ name: 'ann', password: 'p', groups: ['analysts'] }]
  return createStage({ adapter, policy: policyOf(packs), users })
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
  const { host, port, user, password, database } = address
  const env = {
    PATH: '/usr/bin:/bin',
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: password,
  }
  const running = promisify(execFile)(path, args, {
    env: { ...env, PGDATABASE: database, PGSSLMODE: 'disable', LC_ALL: 'C', TZ: 'UTC' },
    maxBuffer: 64 << 20,
    timeout: 25_000,
  })
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
