/** Which real parts this machine has; a part that it lacks says why and what would provide it. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, isProgram, onPath, unpacked } from '@gatehouse/embedded'

export type Availability =
  | { readonly ok: true }
  | {
      readonly ok: false
      readonly why: string
      readonly remedy: string
      /** False for what `provide.sh` does not provide on this machine, and so CI does not miss; true by default. */
      readonly promised?: boolean
    }

/** The command that provides what is missing. */
export const PROVIDE = 'npm run provide'

const POSTGRES_TOOLS = ['psql', 'pg_dump', 'pgbench'] as const
const MYSQL_TOOLS = ['mariadbd', 'mariadb', 'mariadb-dump', 'sysbench'] as const
const TOOLS = [...POSTGRES_TOOLS, ...MYSQL_TOOLS, 'kcat', 'pgbouncer', 'haproxy', 'openssl'] as const
export type Tool = (typeof TOOLS)[number]

/** The full path of a program, or undefined. What `provide.sh` unpacked into the cache counts too. */
export function findTool(tool: Tool): string | undefined {
  const isPostgres = (POSTGRES_TOOLS as readonly string[]).includes(tool)
  return (isPostgres ? inPostgresFolder(tool) : onPath(tool)) ?? unpacked(tool)
}

/**
 * Where MariaDB's programs find their sign-in plugins when they were unpacked into the cache: for MARIADB_PLUGIN_DIR.
 * Undefined where they are installed and know it themselves.
 */
export function mariadbPlugins(): string | undefined {
  const libraries = join(cacheFolder(), 'tools', 'root', 'usr', 'lib')
  if (onPath('mariadb') !== undefined || !existsSync(libraries)) return undefined
  const folders = readdirSync(libraries).map((name) => join(libraries, name, 'libmariadb3', 'plugin'))
  return folders.find((folder) => existsSync(folder))
}

/** The programs themselves: what stands on the path under their names is a wrapper in Perl (42 ms a call). */
function inPostgresFolder(tool: string): string | undefined {
  const root = '/usr/lib/postgresql'
  const majors = existsSync(root) ? readdirSync(root).map(Number).filter(Number.isInteger) : []
  const found = majors.sort((a, b) => b - a).map((major) => join(root, String(major), 'bin', tool))
  return found.find(isProgram) ?? (existsSync('/usr/bin/pg_wrapper') ? undefined : onPath(tool))
}

export interface Psql {
  readonly path: string
  readonly major: number
}

/** Each psql of its own version that is here, oldest first: the machine's, and what `provide.sh` unpacked. */
export function findPsql(): Psql[] {
  const root = '/usr/lib/postgresql'
  const majors = existsSync(root) ? readdirSync(root).map(Number).filter(Number.isInteger) : []
  const paths = majors.map((major) => join(root, String(major), 'bin', 'psql'))
  const found = new Map<number, string>()
  for (const path of [...paths, findTool('psql') ?? '', unpacked('psql-newest') ?? ''].filter(isProgram)) {
    const said = spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? ''
    const major = Number(/(\d+)/.exec(said)?.[1])
    if (major >= 15 && !found.has(major)) found.set(major, path)
  }
  return [...found].map(([major, path]) => ({ major, path })).sort((a, b) => a.major - b.major)
}

/** MongoDB's own shell out of the cache: a program for this Node. */
export function findMongosh(): string | undefined {
  const program = join(cacheFolder(), 'mongosh-2.12.0', 'node_modules/mongosh/bin/mongosh.js')
  return existsSync(program) ? program : undefined
}

export function toolAvailable(tool: Tool): Availability {
  if (findTool(tool)) return { ok: true }
  return { ok: false, why: `no \`${tool}\``, remedy: PROVIDE }
}
