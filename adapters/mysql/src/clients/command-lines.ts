/** The servers' own programs, and sysbench: where they are, and how they are told where to go. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, findTool, mariadbPlugins, mysqlCommandLine } from '@gatehouse/workbench'
import type { Address } from './contact.js'
import { type Ran, runProgram } from './town.js'

export interface CommandLine {
  readonly path: string
  /** What stands before the arguments of one's own. */
  readonly first: readonly string[]
}

const CONNECTING = ['--protocol=tcp', '--connect-timeout=20'] as const

export function mariadbProgram(name: 'mariadb' | 'mariadb-dump'): CommandLine {
  const path = findTool(name)
  if (path === undefined) throw new Error(`no \`${name}\``)
  return { path, first: ['--no-defaults', ...(name === 'mariadb' ? CONNECTING : [])] }
}

export function mysqlProgram(name: 'mysql' | 'mysqldump' | 'mysqlimport'): CommandLine {
  const [path, ...first] = mysqlCommandLine(name) ?? []
  if (path === undefined) throw new Error(`no \`${name}\``)
  return { path, first: [...first, ...(name === 'mysql' ? CONNECTING : [])] }
}

export function environment({ password }: Pick<Address, 'password'>): Record<string, string> {
  const plugins = mariadbPlugins()
  const own = {
    PATH: '/usr/bin:/bin',
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    HOME: '/nonexistent',
    MYSQL_PWD: password,
  }
  return plugins === undefined ? own : { ...own, MARIADB_PLUGIN_DIR: plugins }
}

/** `database`: said by its name, or left out where the program takes it otherwise. */
export function argumentsFor(
  { first }: CommandLine,
  { host, port, user }: Address,
  args: readonly string[],
): readonly string[] {
  return [...first, `--host=${host}`, `--port=${port}`, `--user=${user}`, ...args]
}

export function runCommandLine(
  program: CommandLine,
  address: Address,
  args: readonly string[],
  input = '',
): Promise<Ran> {
  return runProgram(program.path, argumentsFor(program, address, args), environment(address), input)
}

export function runSysbench(
  load: 'oltp_point_select' | 'oltp_read_write',
  { host, port, user, password, database }: Address,
  args: readonly string[],
): Promise<Ran> {
  const unpacked = join(cacheFolder(), 'tools', 'root', 'usr', 'share', 'sysbench')
  const scripts = existsSync(unpacked) ? unpacked : '/usr/share/sysbench'
  const where = [`--mysql-host=${host}`, `--mysql-port=${port}`, `--mysql-db=${database}`]
  const who = [`--mysql-user=${user}`, `--mysql-password=${password}`]
  const given = [join(scripts, `${load}.lua`), '--db-driver=mysql', ...where, ...who, ...args]
  const env = { ...environment({ password }), LUA_PATH: `${scripts}/?.lua` }
  return runProgram(findTool('sysbench') ?? 'sysbench', given, env)
}
