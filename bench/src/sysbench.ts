/** sysbench against one port: transactions per second, and what the process in between spent on each. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder, findTool, mariadbPlugins } from '@gatehouse/workbench'
import { cpuOf } from './cpu.js'
import type { Target } from './pgbench.js'

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

export async function sysbench(target: Target, load: Load, ...more: readonly string[]): Promise<string> {
  const command = findTool('sysbench')
  if (command === undefined) throw new Error('no `sysbench` here: `npm run provide` brings it')
  const plugins = mariadbPlugins()
  const { stdout } = await run(
    command,
    [
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
    ],
    {
      cwd: scripts(),
      env: { ...process.env, ...(plugins === undefined ? {} : { MARIADB_PLUGIN_DIR: plugins }) },
      maxBuffer: 1 << 24,
    },
  )
  return stdout
}

export async function measureSysbench(
  target: Target,
  { load, protocol, clients }: SysbenchCase,
  seconds: number,
): Promise<SysbenchFigures> {
  const before = target.pid === undefined ? 0 : cpuOf(target.pid)
  const out = await sysbench(
    target,
    load,
    `--threads=${clients}`,
    `--time=${seconds}`,
    `--db-ps-mode=${protocol === 'simple' ? 'disable' : 'auto'}`,
    'run',
  )
  const after = target.pid === undefined ? 0 : cpuOf(target.pid)
  const [, transactions, tps] = /transactions:\s+(\d+)\s+\(([\d.]+) per sec/.exec(out) ?? []
  const queries = /queries:\s+(\d+)\s+\(/.exec(out)?.[1]
  if (!(Number(transactions) > 0)) throw new Error(`sysbench said nothing that can be read:\n${out}`)
  return {
    target: target.name,
    tps: Number(tps),
    cpu: target.pid === undefined ? undefined : (after - before) / Number(transactions),
    queriesPerTransaction: Number(queries) / Number(transactions),
  }
}
