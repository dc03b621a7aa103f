/** Which of a gateway's processes this is: what it is called, where its spool stands. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

export interface Station {
  /** From 1. */
  readonly number: number
  /** How many there are. */
  readonly of: number
}

/** The number stands in six bits of a cancel key's process id. */
export const MOST_WORKERS = 64

export const ALONE: Station = { number: 1, of: 1 }

/** `gw-1` alone, `gw-1/2` for the second of several: no instance's own name holds a `/`. */
export function instanceOf(instance: string, { number, of }: Station): string {
  return of === 1 ? instance : `${instance}/${number}`
}

/** Within `dataDir`. */
export function spoolName({ number, of }: Station): string {
  return of === 1 ? 'spool' : `spool-${number}`
}

const SPOOL = /^spool(?:-(\d{1,3}))?$/

/** The spool folders that stand in `dataDir`, `spool` first, then by number; of however many workers there once were. */
export function spoolFolders(dataDir: string): string[] {
  const numberOf = (name: string) => Number(SPOOL.exec(name)?.[1] ?? 0)
  return readdirSync(dataDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && SPOOL.test(entry.name))
    .map(({ name }) => name)
    .sort((a, b) => numberOf(a) - numberOf(b))
    .map((name) => join(dataDir, name))
}

/** Those that no worker of today's number writes: the first worker takes care of them. */
export function leftFolders(dataDir: string, { of }: Station): string[] {
  const ours = Array.from({ length: of }, (_, index) => join(dataDir, spoolName({ number: index + 1, of })))
  return spoolFolders(dataDir).filter((folder) => !ours.includes(folder))
}
