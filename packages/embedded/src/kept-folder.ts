/** What takes a server long to make, and is the same every time: made once and kept in the cache. Servers start on copies of it. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder } from './cache-folder.js'
import { giveToServer } from './server-account.js'
import { temporaryFolder } from './temporary-folder.js'

/**
 * Its path. `name`: all that it depends on, versions and account included. `fill` gets an empty folder that belongs to the
 * server's account, and one for what is not kept. Whoever comes second takes the first one's.
 */
export async function keptFolder(
  name: string,
  fill: (folder: string, temporary: string) => Promise<void>,
): Promise<string> {
  const kept = join(cacheFolder(), name)
  if (existsSync(kept)) return kept
  const scratch = temporaryFolder('template')
  const draft = mkdtempSync(`${kept}.`)
  try {
    const made = join(scratch.path, 'made')
    mkdirSync(made, { mode: 0o700 })
    giveToServer(made)
    await fill(made, scratch.path)
    await promisify(execFile)('cp', ['-a', made, join(draft, 'made')])
    renameSync(join(draft, 'made'), kept)
  } catch (error) {
    if (!existsSync(kept)) throw error
  } finally {
    scratch.remove()
    rmSync(draft, { recursive: true, force: true })
  }
  return kept
}
