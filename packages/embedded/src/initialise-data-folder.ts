/** Makes a new Postgres data folder. */
import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import type { PostgresBinaries } from './postgres-binaries.js'
import { giveToServer, serverAccount } from './server-account.js'
import { temporaryFolder } from './temporary-folder.js'

/** The superuser is `postgres`, signs in with SCRAM-SHA-256 and `password`; UTF-8, the C.UTF-8 locale. */
export async function initialiseDataFolder(
  binaries: PostgresBinaries,
  dataDir: string,
  password: string,
): Promise<void> {
  const scratch = temporaryFolder('initdb')
  const passwordFile = join(scratch.path, 'password')
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
  giveToServer(passwordFile)
  mkdirSync(dirname(dataDir), { recursive: true })
  mkdirSync(dataDir, { mode: 0o700, recursive: true })
  giveToServer(dataDir)
  const locale = process.platform === 'linux' ? 'C.UTF-8' : 'C'
  const args = [
    '-D',
    dataDir,
    '-U',
    'postgres',
    `--pwfile=${passwordFile}`,
    '-A',
    'scram-sha-256',
    '-E',
    'UTF8',
    `--locale=${locale}`,
    '--no-sync',
    '--no-instructions',
  ]
  try {
    await promisify(execFile)(binaries.initdb, args, {
      ...serverAccount(),
      cwd: scratch.path,
      env: serverEnvironment(),
    })
  } finally {
    rmSync(scratch.path, { recursive: true, force: true })
  }
}

/** Nothing of ours reaches the server: PG* variables would change what it does. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot, TEMP } = process.env
  return {
    LC_ALL: 'C',
    TZ: 'UTC',
    ...(PATH ? { PATH } : {}),
    ...(SystemRoot ? { SystemRoot } : {}),
    ...(TEMP ? { TEMP } : {}),
  }
}
