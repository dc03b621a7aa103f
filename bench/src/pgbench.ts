/** pgbench -S against one port: transactions per second, and what the process in between spent on each. */
import { execFile, spawn } from 'node:child_process'
import { promisify } from 'node:util'
import { findTool } from '@gatehouse/workbench'
import { markSeconds, middleSecond } from './seconds.js'

const run = promisify(execFile)

export interface Target {
  readonly name: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** The proxy's process; left out for a direct connection. */
  readonly pid?: number
}

export interface Figures {
  readonly target: string
  readonly protocol: 'simple' | 'prepared'
  readonly clients: number
  readonly tps: number
  /** Microseconds of the proxy's CPU per transaction. */
  readonly cpu: number | undefined
}

export function pgbenchPath(): string {
  const path = findTool('pgbench')
  if (path === undefined) throw new Error('no `pgbench` here: `npm run provide` brings it')
  return path
}

export async function pgbench(target: Target, ...more: readonly string[]): Promise<string> {
  const { stdout } = await run(
    pgbenchPath(),
    ['-h', '127.0.0.1', '-p', String(target.port), '-U', target.user, ...more, target.database],
    { env: { ...process.env, PGPASSWORD: target.password, PGSSLMODE: 'disable' }, maxBuffer: 1 << 24 },
  )
  return stdout
}

/** Signing in is not counted: it is measured by itself. The median of the seconds that were whole. */
export async function measure(
  target: Target,
  protocol: 'simple' | 'prepared',
  clients: number,
  seconds: number,
): Promise<Figures> {
  const child = spawn(
    pgbenchPath(),
    [
      ...['-h', '127.0.0.1', '-p', String(target.port), '-U', target.user],
      ...['-S', '-n', '-M', protocol, '-c', String(clients), '-j', '1'],
      ...['-T', String(seconds + 1), '-P', '1', target.database],
    ],
    {
      env: { ...process.env, PGPASSWORD: target.password, PGSSLMODE: 'disable' },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  const { marks } = await markSeconds(child, child.stderr, /^progress: ([\d.]+) s, ([\d.]+) tps/, target)
  const middle = middleSecond(marks)
  if (middle === undefined) throw new Error('pgbench did not run long enough')
  return {
    target: target.name,
    protocol,
    clients,
    tps: middle.tps,
    cpu: target.pid === undefined ? undefined : middle.cpu,
  }
}
