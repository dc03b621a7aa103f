/** What a configuration is read from, read once by the primary: every worker decides by the same bytes. */
import { readFileSync, statSync } from 'node:fs'
import { type FoundFiles, findPolicyFiles } from '../policies/policy-files.js'

/** Where configuration and policies are read from. */
export interface Files {
  /** Throws when it cannot be read. */
  readFile(path: string): Uint8Array
  /** The permission bits of a file or folder, undefined where there is none. */
  mode(path: string): number | undefined
  findPolicies(path: string): FoundFiles
}

export const onDisk: Files = {
  readFile: (path) => readFileSync(path),
  mode: (path) => statSync(path, { throwIfNoEntry: false })?.mode,
  findPolicies: (path) => findPolicyFiles(path),
}

/** Everything that one reading touched. Secrets are among it: it goes to our own processes alone. */
export interface Inputs {
  /** The configuration, as it was named. */
  readonly file: string
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly modes: ReadonlyMap<string, number | undefined>
  readonly policies: ReadonlyMap<string, FoundFiles>
}

export interface Noted extends Files {
  inputs(file: string): Inputs
}

/** Reads from disk and keeps what it read. */
export function noteInputs(from: Files = onDisk): Noted {
  const files = new Map<string, Uint8Array>()
  const modes = new Map<string, number | undefined>()
  const policies = new Map<string, FoundFiles>()
  const kept =
    <Value>(map: Map<string, Value>, read: (path: string) => Value) =>
    (path: string): Value => {
      const known = map.get(path)
      if (known !== undefined) return known
      const value = read(path)
      map.set(path, value)
      return value
    }
  return {
    readFile: kept(files, from.readFile),
    mode: kept(modes, from.mode),
    findPolicies: kept(policies, from.findPolicies),
    inputs: (file) => ({ file, files, modes, policies }),
  }
}

/** Invariant: nothing is read that the primary did not read. */
export function fromInputs({ files, modes, policies }: Inputs): Files {
  const found = <Value>(map: ReadonlyMap<string, Value>, path: string): Value => {
    const value = map.get(path)
    if (value === undefined) throw new Error(`\`${path}\` was not among what the primary has read`)
    return value
  }
  return {
    readFile: (path) => found(files, path),
    mode: (path) => modes.get(path),
    findPolicies: (path) => found(policies, path),
  }
}
