/** sysbench against one port: transactions per second, and what the process in between spent on each. */
import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder, findTool, mariadbPlugins } from '@gatehouse/workbench'
import { cpuOf } from './cpu.js'
import type { Target } from './pgbench.js'
import { markSeconds, middleSecond } from './seconds.js'

const run = promisify(execFile)

export type Load = 'oltp_point_select' | 'oltp_read_write'
/** `simple`: texts with their values; `prepared`: the binary protocol. */
export type Protocol = 'simple' | 'prepared'

export interface SysbenchCase {
  readonly load: Load
  readonly protocol: Protocol
  readonly clients: number
}

export interface SysbenchFigures {
  readonly target: string
  /** Transactions per second. */
  readonly tps: number
  /** Microseconds of the proxy's CPU per transaction; one of oltp_point_select is one query. */
  readonly cpu: number | undefined
  readonly queriesPerTransaction: number
}

export const ROWS = 200_000

/** The folder of sysbench's scripts, which find each other in the folder they are run from. */
function scripts(): string {
  const unpacked = join(cacheFolder(), 'tools', 'root', 'usr', 'share', 'sysbench')
  return existsSync(unpacked) ? unpacked : '/usr/share/sysbench'
}

function commandLine(target: Target, load: Load, more: readonly string[]) {
  const command = findTool('sysbench')
  if (command === undefined) throw new Error('no `sysbench` here: `npm run provide` brings it')
  const plugins = mariadbPlugins()
  const args = [
    load,
    '--db-driver=mysql',
    '--mysql-host=127.0.0.1',
    `--mysql-port=${target.port}`,
    `--mysql-user=${target.user}`,
    `--mysql-password=${target.password}`,
    `--mysql-db=${target.database}`,
    `--table-size=${ROWS}`,
    '--rand-type=uniform',
    ...more,
  ]
  const env = { ...process.env, ...(plugins === undefined ? {} : { MARIADB_PLUGIN_DIR: plugins }) }
  return { command, args, options: { cwd: scripts(), env } }
}

export async function sysbench(target: Target, load: Load, ...more: readonly string[]): Promise<string> {
  const { command, args, options } = commandLine(target, load, more)
  const { stdout } = await run(command, args, { ...options, maxBuffer: 1 << 24 })
  return stdout
}

/**
 * Signing in and the first second are not counted, for any target. The median of the seconds that were whole; where in none of them
 * anything was done, the whole run.
 */
export async function measureSysbench(
  target: Target,
  { load, protocol, clients }: SysbenchCase,
  seconds: number,
): Promise<SysbenchFigures> {
  const before = target.pid === undefined ? 0 : cpuOf(target.pid)
  const { command, args, options } = commandLine(target, load, [
    ...[`--threads=${clients}`, `--time=${seconds + 1}`, '--report-interval=1'],
    ...[`--db-ps-mode=${protocol === 'simple' ? 'disable' : 'auto'}`, 'run'],
  ])
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'inherit'] })
  const { marks, said } = await markSeconds(
    child,
    child.stdout,
    /^\[ (\d+)s \] thds: \d+ tps: ([\d.]+)/,
    target,
  )
  const transactions = Number(/transactions:\s+(\d+)/.exec(said)?.[1])
  const queries = Number(/queries:\s+(\d+)\s+\(/.exec(said)?.[1])
  const after = target.pid === undefined ? 0 : cpuOf(target.pid)
  const whole = {
    tps: Number(/transactions:.*\(([\d.]+) per sec/.exec(said)?.[1]),
    cpu: (after - before) / transactions,
  }
  const middle = middleSecond(marks) ?? whole
  if (!(transactions > 0)) throw new Error(`sysbench said nothing that can be read:\n${said}`)
  return {
    target: target.name,
    tps: middle.tps,
    cpu: target.pid === undefined ? undefined : middle.cpu,
    queriesPerTransaction: queries / transactions,
  }
}
