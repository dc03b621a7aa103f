/** What reading a configuration may touch beside its text: the environment and the files it names. */
import { resolve } from 'node:path'

export interface Surroundings {
  /** The configuration file's folder; relative paths start here. */
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Throws when it cannot be read. */
  readFile(path: string): Uint8Array
  /** The permission bits of a file or folder, undefined where there is none. */
  mode(path: string): number | undefined
  /** False for `explain` and the like on files alone: absent secrets are let pass then. */
  readonly secrets: boolean
}

export function absolute(surroundings: Surroundings, path: string): string {
  return resolve(surroundings.folder, path)
}
