/** `dataDir`: the spool and keys, for this account alone (R26). */
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GatehouseError } from '@gatehouse/core'

/** Makes the folder, or refuses one that others can enter. Throws GH_CONFIGURATION. */
export function openDataFolder(path: string): void {
  try {
    if (!existsSync(path)) {
      mkdirSync(path, { recursive: true, mode: 0o700 })
      chmodSync(path, 0o700)
    }
  } catch (cause) {
    throw fault(`\`${path}\` cannot be made`, cause)
  }
  const found = statSync(path)
  if (!found.isDirectory()) throw fault(`\`${path}\` is not a folder`)
  refuseOthers(path, found.mode, '0700')
}

/** Random bytes that are made once and kept: what must be the same after a restart. Throws GH_CONFIGURATION. */
export function keptSecret(
  folder: string,
  name: string,
  random: (size: number) => Uint8Array,
  size = 32,
): Uint8Array {
  const path = join(folder, name)
  try {
    if (!existsSync(path)) writeFileSync(path, random(size), { mode: 0o600, flag: 'wx' })
    refuseOthers(path, statSync(path).mode, '0600')
    const kept = readFileSync(path)
    if (kept.length === size) return kept
  } catch (cause) {
    if (cause instanceof GatehouseError) throw cause
    throw fault(`\`${path}\` cannot be read`, cause)
  }
  throw fault(`\`${path}\` is damaged: expected ${size} bytes`)
}

function refuseOthers(path: string, mode: number, wanted: string): void {
  if (process.platform === 'win32' || (mode & 0o077) === 0) return
  throw fault(`\`${path}\` is open to other accounts: its mode must be ${wanted}`)
}

function fault(message: string, cause?: unknown): GatehouseError {
  return new GatehouseError('GH_CONFIGURATION', `dataDir: ${message}`, { cause })
}
