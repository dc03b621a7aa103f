/** A fresh folder of one's own that the server's account can reach. */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { giveToServer, serverAccount } from './server-account.js'

export interface TemporaryFolder {
  readonly path: string
  remove(): void
}

/** Mode 0700 and owned by the server's account where there is one (root sees into it anyway). */
export function temporaryFolder(purpose = 'work'): TemporaryFolder {
  const path = mkdtempSync(join(temporaryRoot(), `gatehouse-${purpose}-`))
  giveToServer(path)
  return {
    path,
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }),
  }
}

function temporaryRoot(): string {
  const usual = tmpdir()
  return serverAccount() === undefined || reachableByAll(usual) ? usual : '/tmp'
}

/** Whether every folder on the way grants others the right to pass. */
export function reachableByAll(path: string): boolean {
  if (process.platform === 'win32') return true
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false
    if (folder === dirname(folder)) return true
  }
}
