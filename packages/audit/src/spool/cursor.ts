/** How far a sink has come, in a small file that a crash leaves old or new, never torn. */
import { open, rename } from 'node:fs/promises'
import type { SpoolFiles } from './spool-files.js'

export interface Cursor {
  /** The last record that the sink acknowledged. */
  readonly sequence: number
  /** Where the next one begins: the segment's first record and an offset in it. */
  readonly segment: number
  readonly offset: number
}

const NAME = 'cursor.json'

/** Undefined when there is none, or none that can be read: then everything is shipped again, under the same ids. */
export function readCursor(files: SpoolFiles, dir: string): Cursor | undefined {
  try {
    const { sequence, segment, offset } = JSON.parse(files.readFileSync(`${dir}/${NAME}`, 'utf8')) as Cursor
    return [sequence, segment, offset].every((part) => Number.isSafeInteger(part) && part >= 0)
      ? { sequence, segment, offset }
      : undefined
  } catch {
    return undefined
  }
}

/** Resolves once the cursor would survive a power loss. */
export async function saveCursor(dir: string, cursor: Cursor): Promise<void> {
  const path = `${dir}/${NAME}`
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.writeFile(JSON.stringify(cursor))
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
  if (process.platform === 'win32') return
  const folder = await open(dir, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
