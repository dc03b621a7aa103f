/** A MongoDB server of our own (demo, tests): FerretDB over DocumentDB, out of the cache. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { cacheFolder } from './cache-folder.js'
import { type DocumentDb, documentDbUnpacked, FERRET, startDocumentDb } from './documentdb.js'
import { accepts, freePort } from './free-port.js'
import { startProgram } from './program.js'
import { giveToServer } from './server-account.js'
import { temporaryFolder } from './temporary-folder.js'

export interface FerretdbOptions {
  /** PEM files; with them it speaks TLS alone. */
  readonly tls?: { readonly cert: string; readonly key: string }
}

export interface FerretdbServer {
  readonly host: string
  readonly port: number
  /** May do everything. */
  readonly user: string
  readonly password: string
  /** With user and password, for drivers. */
  readonly url: string
  readonly logFile: string
  /** Stops both servers and removes the data. May be called again. */
  stop(): Promise<void>
  /** FerretDB alone: its Postgres goes on. */
  kill9(): Promise<void>
  /** On the same port and data. */
  restart(): Promise<void>
}

const program = () => join(cacheFolder(), 'ferretdb', 'ferretdb')

/** Why nothing could provide it on this machine; undefined: `provide.sh` can, where Go is. */
export function whyNeverFerretdb(): string | undefined {
  if (process.getuid?.() !== 0)
    return 'FerretDB is started by root alone: its Postgres gets a root folder of its own'
  if (spawnSync('unshare', ['-m', 'true']).status !== 0)
    return 'FerretDB needs a mount namespace of its own, and this machine gives none'
  return undefined
}

/** Why `startFerretdb` would fail here; undefined: it would not. */
export function whyNoFerretdb(): string | undefined {
  const never = whyNeverFerretdb()
  if (never !== undefined) return never
  return existsSync(program()) && documentDbUnpacked() ? undefined : 'there is no FerretDB in the cache'
}

/** Ready when it resolves, about a second; empty. */
export async function startFerretdb(options: FerretdbOptions = {}): Promise<FerretdbServer> {
  const folder = temporaryFolder('ferretdb')
  let below: DocumentDb | undefined
  try {
    const data = join(folder.path, 'postgres')
    mkdirSync(data)
    below = await startDocumentDb(data)
    return await present(folder, below, options)
  } catch (error) {
    await below?.stop()
    folder.remove()
    throw error
  }
}

async function present(
  folder: { readonly path: string; remove(): void },
  below: DocumentDb,
  { tls }: FerretdbOptions,
): Promise<FerretdbServer> {
  const port = await freePort()
  const { user, password } = FERRET
  const own = join(folder.path, 'ferretdb')
  mkdirSync(own)
  const listens = tls === undefined ? [`--listen-addr=127.0.0.1:${port}`] : overTls(own, port, tls)
  giveToServer(own)
  const launch = () =>
    startProgram({
      command: program(),
      args: [
        `--postgresql-url=postgres://${user}:${password}@127.0.0.1:${below.port}/postgres`,
        ...listens,
        ...['--debug-addr=-', `--state-dir=${own}`, '--telemetry=disable', '--log-level=warn'],
      ],
      env: { PATH: process.env.PATH ?? '', DO_NOT_TRACK: '1' },
      ready: () => accepts(port),
      unprivileged: true,
      folder: own,
      removed: folder.path,
    })
  let running = await launch()
  return {
    host: '127.0.0.1',
    port,
    user,
    password,
    url: `mongodb://${user}:${password}@127.0.0.1:${port}/`,
    logFile: running.logFile,
    async stop() {
      await running.stop()
      await below.stop()
      folder.remove()
    },
    kill9: () => running.kill9(),
    async restart() {
      await running.stop()
      running = await launch()
    },
  }
}

function overTls(own: string, port: number, tls: { readonly cert: string; readonly key: string }): string[] {
  const files = Object.entries({ cert: tls.cert, key: tls.key }).map(([kind, source]) => {
    const copy = join(own, `${kind}.pem`)
    copyFileSync(source, copy)
    return `--listen-tls-${kind}-file=${copy}`
  })
  return ['--listen-addr=', `--listen-tls=127.0.0.1:${port}`, ...files]
}
