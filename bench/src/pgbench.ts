/** pgbench -S against one port: transactions per second, and what the process in between spent on each. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { findTool } from '@gatehouse/workbench'
import { cpuOf } from './cpu.js'

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

export async function measure(
  target: Target,
  protocol: 'simple' | 'prepared',
  clients: number,
  seconds: number,
): Promise<Figures> {
  const before = target.pid === undefined ? 0 : cpuOf(target.pid)
  const out = await pgbench(
    target,
    '-S',
    '-n',
    '-M',
    protocol,
    '-c',
    String(clients),
    '-j',
    '1',
    '-T',
    String(seconds),
  )
  const after = target.pid === undefined ? 0 : cpuOf(target.pid)
  const transactions = Number(/actually processed: (\d+)/.exec(out)?.[1])
  const tps = Number(/tps = ([\d.]+)/.exec(out)?.[1])
  if (!(transactions > 0)) throw new Error(`pgbench said nothing that can be read:\n${out}`)
  return {
    target: target.name,
    protocol,
    clients,
    tps,
    cpu: target.pid === undefined ? undefined : (after - before) / transactions,
  }
}
