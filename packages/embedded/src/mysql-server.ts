/** Starts and stops a MariaDB or MySQL server of our own; which programs and what a new data folder holds is their own files' matter. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { freePort } from './free-port.js'
import { keptFolder } from './kept-folder.js'
import { type Program, startProgram } from './program.js'
import { giveToServer, writeForServer } from './server-account.js'
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.js'

export interface MysqlServerOptions {
  /** PEM files. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string }
  /** Left out: a free one. */
  readonly port?: number
  /** Server options, by name as on the command line without the dashes; `true`: given without a value. */
  readonly settings?: Readonly<Record<string, string | number | true>>
}

export interface MysqlServer {
  readonly flavour: 'mysql' | 'mariadb'
  readonly host: string
  readonly port: number
  readonly socket: string
  /** May do everything, over TCP and the socket. */
  readonly user: 'root'
  readonly password: string
  /** As the server says it in its greeting, e.g. `10.11.19-MariaDB-0+deb12u1`. */
  readonly version: string
  readonly pid: number
  readonly logFile: string
  /** Shuts down and removes the data. May be called again. */
  stop(): Promise<void>
  kill9(): Promise<void>
  /** On the same port and data. */
  restart(): Promise<void>
}

/** One flavour's programs. */
export interface MysqlFlavourParts {
  readonly flavour: 'mysql' | 'mariadb'
  /** The server, with the arguments that every start needs. */
  readonly command: readonly [string, ...string[]]
  readonly version: string
  /** Fills an empty data folder that belongs to the server's account. */
  initialise(dataFolder: string, temporary: string): Promise<void>
}

/** Ready when it resolves (0.1 to 0.5 s), empty but for the system's own schemas. */
export async function startMysqlServer(
  parts: MysqlFlavourParts,
  options: MysqlServerOptions,
): Promise<MysqlServer> {
  const template = await dataTemplate(parts)
  const folder = temporaryFolder(parts.flavour)
  try {
    await promisify(execFile)('cp', ['-a', template, join(folder.path, 'data')])
    const port = options.port ?? (await freePort())
    const password = randomBytes(12).toString('base64url')
    const args = [...commandLine(folder, port, options), `--init-file=${giveRights(folder, password)}`]
    return await present(parts, folder, port, password, args)
  } catch (error) {
    folder.remove()
    throw error
  }
}

async function present(
  parts: MysqlFlavourParts,
  folder: TemporaryFolder,
  port: number,
  password: string,
  args: readonly string[],
): Promise<MysqlServer> {
  const launch = () => {
    const [command, ...first] = parts.command
    return startProgram({
      command,
      args: [...first, ...args],
      env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' },
      unprivileged: true,
      ready: /ready for connections[\s\S]*port: \d/,
      folder: folder.path,
      removed: folder.path,
    })
  }
  let program: Program = await launch()
  return {
    flavour: parts.flavour,
    host: '127.0.0.1',
    port,
    socket: join(folder.path, 's.sock'),
    user: 'root',
    password,
    version: /Version: '([^']+)'/.exec(program.output())?.[1] ?? parts.version,
    get pid() {
      return program.pid
    },
    logFile: program.logFile,
    async stop() {
      await program.stop()
      folder.remove()
    },
    kill9: () => program.kill9(),
    async restart() {
      await program.stop()
      program = await launch()
    },
  }
}

function commandLine(folder: TemporaryFolder, port: number, options: MysqlServerOptions): string[] {
  const settings = Object.entries(options.settings ?? {})
  return [
    ...[`--datadir=${folder.path}/data`, `--tmpdir=${folder.path}`, `--socket=${folder.path}/s.sock`],
    ...[`--pid-file=${folder.path}/pid`, '--bind-address=127.0.0.1', `--port=${port}`, '--skip-name-resolve'],
    ...['--skip-log-bin', '--innodb-flush-log-at-trx-commit=0', '--performance-schema=OFF'],
    ...certificateArguments(folder, options.tls),
    ...settings.map(([name, value]) => (value === true ? `--${name}` : `--${name}=${value}`)),
  ]
}

/** Copies that the server's account can read. */
function certificateArguments(folder: TemporaryFolder, tls: MysqlServerOptions['tls']): string[] {
  const files = Object.entries({ cert: tls?.cert, key: tls?.key, ca: tls?.ca })
  return files.flatMap(([kind, source]) => {
    if (source === undefined) return []
    const copy = join(folder.path, `server-${kind}.pem`)
    copyFileSync(source, copy)
    chmodSync(copy, 0o600)
    giveToServer(copy)
    return [`--ssl-${kind}=${copy}`]
  })
}

/** Read by the server before it says that it is ready. */
function giveRights(folder: TemporaryFolder, password: string): string {
  const file = join(folder.path, 'rights.sql')
  const accounts = ["'root'@'localhost'", "'root'@'127.0.0.1'"]
  const lines = accounts.flatMap((account) => [
    `CREATE USER IF NOT EXISTS ${account};`,
    `ALTER USER ${account} IDENTIFIED BY '${password}';`,
    `GRANT ALL ON *.* TO ${account} WITH GRANT OPTION;`,
  ])
  writeForServer(file, `${lines.join('\n')}\n`)
  return file
}

/** Initialised once per exact version. */
function dataTemplate(parts: MysqlFlavourParts): Promise<string> {
  const name = `${parts.flavour}-data-1-${parts.version}-${process.getuid?.() ?? 0}`
  return keptFolder(name, async (folder, temporary) => {
    await parts.initialise(folder, temporary)
    // Each server makes one of its own.
    rmSync(join(folder, 'auto.cnf'), { force: true })
  })
}
