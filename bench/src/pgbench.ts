/** pgbench -S against one port: transactions per second, and what the process in between spent on each. */
import { execFile, spawn } from 'node:child_process'
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

/** What has been done and spent when pgbench says how far it is, once a second. */
interface Mark {
  readonly at: number
  readonly tps: number
  readonly cpu: number
}

/** Signing in is not counted: it is measured by itself. The median of the seconds that were whole. */
export async function measure(
  target: Target,
  protocol: 'simple' | 'prepared',
  clients: number,
  seconds: number,
): Promise<Figures> {
  const marks = await progress(target, [
    ...['-S', '-n', '-M', protocol, '-c', String(clients), '-j', '1'],
    ...['-T', String(seconds + 1), '-P', '1'],
  ])
  const parts = marks.slice(1).map((mark, index) => {
    const before = marks[index] as Mark
    return { tps: mark.tps, cpu: (mark.cpu - before.cpu) / (mark.tps * (mark.at - before.at)) }
  })
  const middle = [...parts].sort((a, b) => a.cpu - b.cpu || a.tps - b.tps)[Math.floor(parts.length / 2)]
  if (middle === undefined) throw new Error('pgbench did not run long enough')
  return {
    target: target.name,
    protocol,
    clients,
    tps: middle.tps,
    cpu: target.pid === undefined ? undefined : middle.cpu,
  }
}

async function progress(target: Target, more: readonly string[]): Promise<readonly Mark[]> {
  const child = spawn(
    pgbenchPath(),
    ['-h', '127.0.0.1', '-p', String(target.port), '-U', target.user, ...more, target.database],
    {
      env: { ...process.env, PGPASSWORD: target.password, PGSSLMODE: 'disable' },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  const marks: Mark[] = []
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    const lines = (said + chunk).split('\n')
    said = lines.pop() ?? ''
    for (const line of lines) {
      const found = /^progress: ([\d.]+) s, ([\d.]+) tps/.exec(line)
      if (found === null) continue
      const cpu = target.pid === undefined ? 0 : cpuOf(target.pid)
      marks.push({ at: Number(found[1]), tps: Number(found[2]), cpu })
    }
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`pgbench against ${target.name} ended with ${code}: ${said}`)
  return marks
}
