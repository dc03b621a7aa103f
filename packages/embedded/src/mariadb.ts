/** A real MariaDB of our own (demo, tests): the machine's, or the one in the cache. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from './cache-folder.js'
import { findProgram } from './find-program.js'
import {
  type MysqlFlavourParts,
  type MysqlServer,
  type MysqlServerOptions,
  startMysqlServer,
} from './mysql-server.js'
import { startProgram } from './program.js'
import { writeForServer } from './server-account.js'

/** Small files and no waiting for the disk. */
const SMALL = [
  '--innodb-flush-method=nosync',
  '--innodb-log-file-size=4M',
  '--innodb-doublewrite=0',
  '--innodb-data-file-path=ibdata1:4M:autoextend',
  '--innodb-temp-data-file-path=ibtmp1:4M:autoextend',
]
const LEAN = ['--innodb-buffer-pool-size=16M', '--key-buffer-size=1M', '--aria-pagecache-buffer-size=1M']

/** What makes the system's schemas (mariadb-install-db); help texts are left out. */
const SCRIPTS = [
  'mysql_system_tables.sql',
  'mysql_performance_tables.sql',
  'mysql_system_tables_data.sql',
  'maria_add_gis_sp_bootstrap.sql',
  'mysql_sys_schema.sql',
]

/** Throws where there is none: `findProgram('mariadbd')` tells beforehand. */
export async function startMariadb(options: MysqlServerOptions = {}): Promise<MysqlServer> {
  return startMysqlServer(mariadbParts(), options)
}

function mariadbParts(): MysqlFlavourParts {
  const program = findProgram('mariadbd')
  if (program === undefined) throw new Error('no `mariadbd` here')
  const unpacked = join(cacheFolder(), 'tools')
  const prefix = program.startsWith(`${unpacked}/`) ? join(unpacked, 'root/usr') : '/usr'
  const share = [join(prefix, 'share/mysql'), join(prefix, 'share/mariadb')].find((folder) =>
    existsSync(join(folder, 'mysql_system_tables.sql')),
  )
  if (share === undefined) throw new Error(`\`${program}\` has no \`mysql_system_tables.sql\` beside it`)
  const version = /Ver (\S+)/.exec(execFileSync(program, ['--no-defaults', '--version']).toString())?.[1]
  const base = ['--no-defaults', `--basedir=${prefix}`, `--lc-messages-dir=${share}`, ...SMALL]
  return {
    flavour: 'mariadb',
    command: [program, ...base, ...LEAN],
    version: version ?? 'unknown',
    async initialise(dataFolder, temporary) {
      const texts = SCRIPTS.map((script) => readFileSync(join(share, script), 'utf8'))
      const script = join(temporary, 'bootstrap.sql')
      const first = 'create database if not exists mysql;\nuse mysql;\nset @auth_root_socket=NULL;\n'
      writeForServer(script, first + texts.join('\n'))
      const bootstrap = [...base, '--bootstrap', `--datadir=${dataFolder}`, `--tmpdir=${temporary}`]
      const run = await startProgram({
        command: '/bin/sh',
        args: ['-c', 'script=$1; shift; exec "$@" < "$script"', 'sh', script, program, ...bootstrap],
        unprivileged: true,
        folder: temporary,
      })
      const code = await run.ended
      if (code !== 0)
        throw new Error(`\`mariadbd --bootstrap\` ended with ${code}: ${run.output().slice(-2000)}`)
    },
  }
}
