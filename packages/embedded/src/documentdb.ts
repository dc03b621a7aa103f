/** The Postgres under FerretDB: Debian's, from the unstable suite, with the DocumentDB extension; its prefix is its root. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder } from './cache-folder.js'
import { freePort } from './free-port.js'
import { keptFolder } from './kept-folder.js'
import { startProgram } from './program.js'

export interface DocumentDb {
  readonly port: number
  stop(): Promise<void>
}

const prefix = () => join(cacheFolder(), 'documentdb', 'root')
const BIN = '/usr/lib/postgresql/18/bin'
/** The role that FerretDB is: not `postgres`, which owns the extension's own objects. */
export const FERRET = { user: 'ferret', password: 'ferret' }

const SETTINGS = {
  shared_preload_libraries: 'pg_cron,pg_documentdb_core,pg_documentdb',
  'cron.database_name': 'postgres',
  'documentdb.enableUserCrud': 'true',
  shared_buffers: '32MB',
  fsync: 'off',
  full_page_writes: 'off',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
}

/**
 * The extension's folder is compiled into the server, so it sees the prefix as its root, in a mount namespace of its own
 * that ends with it; `/db` there is its data folder.
 */
const CHROOT = `
mount --rbind /dev "$0/dev" && mount -t tmpfs none "$0/dev/shm" && mount --rbind /proc "$0/proc" &&
mount --bind "$1" "$0/db" && cd / && shift && exec chroot --userspec=65534:65534 "$0" "$@"
`

export function documentDbUnpacked(): boolean {
  return existsSync(join(prefix(), BIN, 'postgres'))
}

/** Ready when it resolves, about 0.5 s. */
export async function startDocumentDb(folder: string): Promise<DocumentDb> {
  const template = await dataTemplate()
  const data = join(folder, 'db')
  await promisify(execFile)('cp', ['-a', template, data])
  return startOver(data, folder)
}

async function startOver(data: string, folder: string): Promise<DocumentDb> {
  const port = await freePort()
  const program = await startProgram({
    ...inPrefix(data, [`${BIN}/postgres`, '-D', '/db', '-p', String(port), ...settingArguments()]),
    ready: /ready to accept connections/,
    readyWithin: 60_000,
    stopSignal: 'SIGINT',
    folder,
    removed: folder,
  })
  return { port, stop: async () => void (await program.stop()) }
}

function inPrefix(data: string, command: readonly string[]) {
  return {
    command: 'unshare',
    args: ['-m', '/bin/sh', '-c', CHROOT, prefix(), data, ...command],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' },
  }
}

/** With the extension created and the role there; some seconds when it is made. */
function dataTemplate(): Promise<string> {
  return keptFolder('documentdb-data-1', async (data) => {
    const initdb = ['-D', '/db', '-U', 'postgres', '-A', 'trust', '--locale=C', '-E', 'UTF8', '--no-sync']
    const { command, args, env } = inPrefix(data, [`${BIN}/initdb`, ...initdb])
    await promisify(execFile)(command, args, { env })
    await prepare(data)
  })
}

/** Postgres' single-user mode takes statements from its input, one a line (manual, postgres, -j left out). */
async function prepare(data: string): Promise<void> {
  const statements = [
    'create extension documentdb cascade',
    `create role ${FERRET.user} superuser login password '${FERRET.password}'`,
  ]
  const { command, args, env } = inPrefix(data, [
    ...[`${BIN}/postgres`, '--single', '-D', '/db', ...settingArguments()],
    'postgres',
  ])
  const running = promisify(execFile)(command, args, { env })
  running.child.stdin?.end(`${statements.join('\n')}\n`)
  const { stderr } = await running
  const fault = /^.*(?:ERROR|FATAL|PANIC):.*$/m.exec(stderr)
  if (fault !== null) throw new Error(`DocumentDB could not be created: ${fault[0]}`)
}

function settingArguments(): string[] {
  return Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}
