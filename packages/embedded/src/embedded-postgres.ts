/** Starts and stops a Postgres server of our own. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { copyFileSync, existsSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './free-port.js'
import { initialiseDataFolder } from './initialise-data-folder.js'
import { findPostgresBinaries } from './postgres-binaries.js'
import { type Postmaster, startPostmaster } from './postmaster.js'
import { giveToServer } from './server-account.js'
import { temporaryFolder } from './temporary-folder.js'

export interface EmbeddedPostgresOptions {
  /** Kept between runs; left out: a temporary folder that `stop` removes. */
  readonly dataDir?: string
  /** An initialised data folder to copy instead of making one (45 ms, not 0.7 s), with its superuser's password. */
  readonly template?: { readonly dataDir: string; readonly password: string }
  /** Left out: a free one. */
  readonly port?: number
  readonly host?: string
  /** The superuser's; needed for a data folder that exists, otherwise made up. */
  readonly password?: string
  /** Server settings, by name. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>
  /** Survive a loss of power; by default so where the data folder is kept. */
  readonly fsync?: boolean
  /** PEM files. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string }
  /** The lines of pg_hba.conf, instead of SCRAM-SHA-256 for loopback. */
  readonly hba?: readonly string[]
  /** The folder of another version's npm package; left out: the version that this package depends on. */
  readonly packageFolder?: string
}

export interface EmbeddedPostgres {
  readonly host: string
  readonly port: number
  readonly user: 'postgres'
  readonly password: string
  readonly database: 'postgres'
  /** `postgres://…` with user, password and database. */
  readonly url: string
  readonly version: string
  readonly dataDir: string
  readonly logFile: string
  /** The postmaster's process id; changes with `restart`. */
  readonly pid: number
  /** Ends sessions, shuts down cleanly, removes what is temporary. May be called again. */
  stop(): Promise<void>
  /** As a crash would: no shutdown, nothing flushed. `restart` recovers. */
  kill9(): Promise<void>
  /** Shuts down if it runs, then starts on the same port and data. */
  restart(): Promise<void>
}

/** Resolves when the server accepts connections (30–75 ms; 0.7 s more for a new data folder). */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions = {},
): Promise<EmbeddedPostgres> {
  const binaries = findPostgresBinaries(options.packageFolder)
  const host = options.host ?? '127.0.0.1'
  const password = options.password ?? options.template?.password ?? randomBytes(18).toString('base64url')
  const folder = temporaryFolder('pg')
  const dataDir = resolve(options.dataDir ?? join(folder.path, 'data'))
  try {
    if (!existsSync(join(dataDir, 'PG_VERSION'))) {
      if (options.template) await promisify(execFile)('cp', ['-a', options.template.dataDir, dataDir])
      else await initialiseDataFolder(binaries, dataDir, password)
    } else if (options.password === undefined) {
      throw new Error(`the data folder \`${dataDir}\` exists: its superuser's password must be given`)
    }
    if (options.hba) writeFileSync(join(dataDir, 'pg_hba.conf'), `${options.hba.join('\n')}\n`)
    const settings = {
      ...allSettings(options, host, folder.path),
      ...installCertificates(options.tls, dataDir),
    }
    const launch = (port: number) =>
      startPostmaster({
        program: binaries.postgres,
        dataDir,
        port,
        settings,
        workDir: folder.path,
        removed: folder.path,
      })
    const first = await onFreePort(options.port, host, launch)
    return present(first, launch, {
      host,
      password,
      version: binaries.version,
      dataDir,
      remove: folder.remove,
    })
  } catch (error) {
    folder.remove()
    throw error
  }
}

interface Facts {
  readonly host: string
  readonly password: string
  readonly version: string
  readonly dataDir: string
  readonly remove: () => void
}

function present(
  first: Postmaster,
  launch: (port: number) => Promise<Postmaster>,
  facts: Facts,
): EmbeddedPostgres {
  let current = first
  const { port } = first
  const { host, password, version, dataDir } = facts
  return {
    host,
    port,
    user: 'postgres',
    password,
    database: 'postgres',
    url: `postgres://postgres:${encodeURIComponent(password)}@${host}:${port}/postgres`,
    version,
    dataDir,
    logFile: first.logFile,
    get pid() {
      return current.pid
    },
    async stop() {
      await current.stop()
      facts.remove()
    },
    kill9: () => current.kill9(),
    async restart() {
      await current.stop()
      current = await launch(port)
    },
  }
}

function allSettings(
  options: EmbeddedPostgresOptions,
  host: string,
  sockets: string,
): Record<string, string> {
  const durable = options.fsync ?? options.dataDir !== undefined
  return {
    listen_addresses: host,
    unix_socket_directories: process.platform === 'win32' ? '' : `"${sockets.replaceAll('"', '""')}"`,
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...Object.fromEntries(
      Object.entries(options.settings ?? {}).map(([name, value]) => [name, spell(value)]),
    ),
  }
}

function spell(value: string | number | boolean): string {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value)
}

/** The server wants the key to be its own and nobody else's (manual §18.9.2): copies beside the data. */
function installCertificates(tls: EmbeddedPostgresOptions['tls'], dataDir: string): Record<string, string> {
  if (!tls) return {}
  const settings: Record<string, string> = { ssl: 'on' }
  for (const [kind, source] of Object.entries({ cert: tls.cert, key: tls.key, ca: tls.ca })) {
    if (source === undefined) continue
    const copy = join(dirname(dataDir), `server-${kind}.pem`)
    copyFileSync(source, copy)
    writeFileSync(copy, '', { flag: 'a', mode: 0o600 })
    giveToServer(copy)
    settings[`ssl_${kind}_file`] = copy
  }
  return settings
}

async function onFreePort(
  wanted: number | undefined,
  host: string,
  launch: (port: number) => Promise<Postmaster>,
): Promise<Postmaster> {
  if (wanted !== undefined && wanted !== 0) return launch(wanted)
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await launch(await freePort(host))
    } catch (error) {
      if (attempt === 5 || !/could not (create|bind)|Address already in use/.test(String(error))) throw error
    }
  }
}
