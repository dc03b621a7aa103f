/** The rows of the clients that ran are as docs/clients.md has them (`vitest -u` writes them); those of others stay. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { pageWith, type Row } from './page.js'

export async function keepRows(rows: readonly Row[]): Promise<void> {
  // Absolute: a relative one would be the test file's.
  const path = fileURLToPath(new URL('../../../../docs/clients.md', import.meta.url))
  await expect(pageWith(readFileSync(path, 'utf8'), rows)).toMatchFileSnapshot(path)
}

/** Of an installed package, which may stand under another name. */
export function versionOf(name: string): string {
  const { version } = createRequire(import.meta.url)(`${name}/package.json`) as { readonly version: string }
  return version
}

export const nodeRow = (version: string, alike: Row['alike']): Row => ({
  client: `Node.js driver ${version}`,
  version: versionOf(version === '7.x' ? 'mongodb' : 'mongodb-6'),
  alike,
})
