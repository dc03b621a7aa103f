/** mongosh, as it is installed: what is typed into it, and what it prints. */
import { join } from 'node:path'
import process from 'node:process'
import { findMongosh, temporaryFolder } from '@gatehouse/workbench'
import { type Ran, runProgram } from './run-program.js'

export const mongoshVersion = (): string => /mongosh-([\d.]+)/.exec(findMongosh() ?? '')?.[1] ?? ''

/** Line by line, as from a terminal; its home is a new folder each time. */
export async function typeInto(url: string, lines: string): Promise<Ran> {
  const home = temporaryFolder('mongosh')
  try {
    const path = `${join(process.execPath, '..')}:/usr/bin:/bin`
    const args = [findMongosh() ?? '', url, '--quiet', '--norc']
    return await runProgram(process.execPath, args, { HOME: home.path, PATH: path }, lines)
  } finally {
    home.remove()
  }
}
