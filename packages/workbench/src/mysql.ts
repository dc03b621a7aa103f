/** A real MySQL for tests, bench and examples: from Debian's unstable suite, in a prefix with a loader and a libc of its own. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  cacheFolder,
  type MysqlFlavourParts,
  type MysqlServer,
  type MysqlServerOptions,
  startMysqlServer,
  startProgram,
} from '@gatehouse/embedded'
import { type Availability, PROVIDE } from './available.js'

const QUICK = [
  '--innodb-flush-method=nosync',
  '--innodb-doublewrite=OFF',
  '--innodb-use-native-aio=0',
  '--mysqlx=OFF',
]
const LEAN = [
  '--innodb-redo-log-capacity=8M',
  '--innodb-buffer-pool-size=5M',
  '--innodb-log-buffer-size=1M',
  '--max-connections=100',
  '--table-open-cache=200',
  '--table-definition-cache=400',
]

export function mysqlAvailable(): Availability {
  if (loader() !== undefined) return { ok: true }
  return { ok: false, why: 'no MySQL in the cache', remedy: PROVIDE }
}

export async function startMysql(options: MysqlServerOptions = {}): Promise<MysqlServer> {
  return startMysqlServer(mysqlParts(), options)
}

/** MySQL's own command line, or another of its programs: the program and the arguments that come first, or undefined. */
export function mysqlCommandLine(
  name: 'mysql' | 'mysqldump' | 'mysqlimport' = 'mysql',
): readonly [string, ...string[]] | undefined {
  const found = loader()
  const program = join(root(), 'usr/bin', name)
  if (found === undefined || !existsSync(program)) return undefined
  const sets = join(root(), 'usr/share/mysql/charsets')
  return [
    found.program,
    '--library-path',
    found.libraries,
    program,
    '--no-defaults',
    `--character-sets-dir=${sets}`,
  ]
}

function root(): string {
  return join(cacheFolder(), 'mysql', 'root')
}

/** The prefix's own loader and the folder of its libraries: the machine's libc is too old for this server. */
function loader(): { readonly program: string; readonly libraries: string } | undefined {
  const libraries = join(root(), 'usr/lib')
  if (!existsSync(join(root(), 'usr/sbin/mysqld'))) return undefined
  for (const name of readdirSync(libraries)) {
    const folder = join(libraries, name)
    const found = name.endsWith('-linux-gnu')
      ? readdirSync(folder).find((file) => /^ld-linux.*\.so/.test(file))
      : undefined
    if (found !== undefined) return { program: join(folder, found), libraries: folder }
  }
  return undefined
}

function mysqlParts(): MysqlFlavourParts {
  const found = loader()
  if (found === undefined) throw new Error('no MySQL here')
  const usr = join(root(), 'usr')
  const start = ['--library-path', found.libraries, join(usr, 'sbin/mysqld')]
  const version = /Ver (\S+)/.exec(
    execFileSync(found.program, [...start, '--no-defaults', '--version']).toString(),
  )?.[1]
  const base = [
    ...start,
    ...['--no-defaults', `--basedir=${usr}`, `--plugin-dir=${usr}/lib/mysql/plugin`],
    ...[`--lc-messages-dir=${usr}/share/mysql`, `--character-sets-dir=${usr}/share/mysql/charsets`],
    ...['--secure-file-priv=NULL', ...QUICK],
  ]
  return {
    flavour: 'mysql',
    command: [found.program, ...base, ...LEAN],
    version: version ?? 'unknown',
    async initialise(dataFolder, temporary) {
      const args = [...base, `--datadir=${dataFolder}`, `--tmpdir=${temporary}`, '--initialize-insecure']
      const run = await startProgram({
        command: found.program,
        args: [
          ...args,
          '--innodb-redo-log-capacity=100M',
          '--skip-log-bin',
          '--innodb-flush-log-at-trx-commit=0',
        ],
        unprivileged: true,
        folder: temporary,
      })
      const code = await run.ended
      if (code !== 0)
        throw new Error(`\`mysqld --initialize\` ended with ${code}: ${run.output().slice(-2000)}`)
    },
  }
}
