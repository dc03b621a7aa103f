/** A real pgbouncer in front of a Postgres: for the bench, and as a client of the gateway. */
import { join } from 'node:path'
import { freePort, temporaryFolder, writeForServer } from '@gatehouse/embedded'
import { findTool } from './available.js'
import { type LoopbackServer, startOnLoopback } from './loopback-server.js'

export interface PgbouncerOptions {
  readonly upstream: {
    readonly host: string
    readonly port: number
    readonly user: string
    readonly password: string
    readonly database: string
  }
  /** `session` by default. */
  readonly poolMode?: 'session' | 'transaction' | 'statement'
  readonly port?: number
  /** Lines of its `[pgbouncer]` section that are added, or that win over ours. */
  readonly settings?: Readonly<Record<string, string | number>>
}

/** Clients sign in as the upstream's user with its password (SCRAM-SHA-256). */
export async function startPgbouncer(options: PgbouncerOptions): Promise<LoopbackServer> {
  const command = findTool('pgbouncer')
  if (command === undefined) throw new Error('no `pgbouncer` here')
  const folder = temporaryFolder('pgbouncer')
  const { upstream } = options
  const port = options.port ?? (await freePort())
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: join(folder.path, 'users'),
    pool_mode: options.poolMode ?? 'session',
    max_client_conn: 1000,
    default_pool_size: 100,
    ignore_startup_parameters: 'extra_float_digits',
    ...options.settings,
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`)
  const target = `host=${upstream.host} port=${upstream.port} dbname=${upstream.database}`
  writeForServer(join(folder.path, 'users'), `"${upstream.user}" "${upstream.password}"\n`)
  writeForServer(
    join(folder.path, 'pgbouncer.ini'),
    `[databases]\n* = ${target}\n\n[pgbouncer]\n${lines.join('\n')}\n`,
  )
  return startOnLoopback(port, folder, { command, args: [join(folder.path, 'pgbouncer.ini')] })
}
