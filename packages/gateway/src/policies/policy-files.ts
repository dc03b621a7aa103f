/** Finds the policy files that a source names: a folder with all below it, or one file. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { Fault } from '../configuration/fault.js'
import { reasonOf } from '../configuration/secret.js'

export interface PolicyText {
  /** As faults name it. */
  readonly file: string
  readonly text: string
}

export interface FoundFiles {
  readonly files: readonly PolicyText[]
  readonly faults: readonly Fault[]
}

const POLICY = /\.ya?ml$/
export const TEST = /\.test\.ya?ml$/
const MOST_BYTES = 4 * 1024 * 1024
const MOST_FILES = 2000

/** `wanted` chooses among a folder's files; a file that is named itself is always taken. Hidden ones are not looked at. */
export function findPolicyFiles(
  path: string,
  wanted: (name: string) => boolean = (name) => POLICY.test(name) && !TEST.test(name),
): FoundFiles {
  const files: PolicyText[] = []
  const faults: Fault[] = []
  const read = (file: string) => {
    const named = shortName(file)
    try {
      const bytes = readFileSync(file)
      if (bytes.length > MOST_BYTES) faults.push({ file: named, message: 'too large for a policy file' })
      else files.push({ file: named, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) })
    } catch (cause) {
      faults.push({ file: named, message: `cannot be read: ${reasonOf(cause)}` })
    }
  }
  const walk = (folder: string, depth: number) => {
    for (const name of readdirSync(folder).sort()) {
      if (name.startsWith('.') || name === 'node_modules') continue
      const inner = join(folder, name)
      // Followed, because mounted configuration consists of links; a broken one is a fault, not a gap.
      const found = statSync(inner, { throwIfNoEntry: false })
      if (found === undefined)
        faults.push({ file: shortName(inner), message: 'cannot be read: a link to nowhere' })
      else if (found.isDirectory() && depth < 16) walk(inner, depth + 1)
      else if (found.isFile() && wanted(name) && files.length < MOST_FILES) read(inner)
    }
  }
  try {
    if (statSync(path).isDirectory()) walk(path, 0)
    else read(path)
  } catch (cause) {
    faults.push({ file: shortName(path), message: `cannot be read: ${reasonOf(cause)}` })
  }
  return { files, faults }
}

/** Relative to where we are, when it is below. */
export function shortName(path: string): string {
  const short = relative(process.cwd(), resolve(path))
  return short === '' || short.startsWith('..') ? resolve(path) : short
}
