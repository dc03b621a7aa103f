/** Where that which was fetched or initialised once is kept between runs. */
import { accessSync, constants, mkdirSync, statSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

/**
 * The first of these that can be written: `GATEHOUSE_CACHE`, the user's cache directory (for root one that other accounts can
 * reach, because servers that refuse to run as root read it under another account), a folder of the user's in the temporary one.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.GATEHOUSE_CACHE) {
    mkdirSync(env.GATEHOUSE_CACHE, { recursive: true })
    return env.GATEHOUSE_CACHE
  }
  const uid = process.getuid?.()
  const wanted = [
    ...(uid === 0 ? ['/var/cache/gatehouse'] : []),
    ...(uid !== 0 && env.XDG_CACHE_HOME ? [join(env.XDG_CACHE_HOME, 'gatehouse')] : []),
    join(homedir(), '.cache', 'gatehouse'),
  ]
  for (const folder of wanted) {
    if (canWrite(folder)) return folder
  }
  const last = join(tmpdir(), `gatehouse-cache-${uid ?? 'user'}`)
  mkdirSync(last, { recursive: true, mode: 0o755 })
  if (uid !== undefined && statSync(last).uid !== uid)
    throw new Error(`somebody else owns \`${last}\`: set GATEHOUSE_CACHE to a folder of yours`)
  return last
}

function canWrite(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 })
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}
