/** Two libraries without types of their own, with those of the parts that the tests use. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Readable, Writable } from 'node:stream'
import type { Submittable } from 'pg'

const load = createRequire(import.meta.url)

interface Cursor extends Submittable {
  read(rows: number): Promise<Record<string, unknown>[]>
  close(): Promise<void>
}

interface CopyStreams {
  from(text: string): Writable & Submittable
  to(text: string): Readable & Submittable
}

export const Cursor = load('pg-cursor') as new (text: string, values?: readonly unknown[]) => Cursor
export const { from: copyFrom, to: copyTo } = load('pg-copy-streams') as CopyStreams

/** The exact version of a package that a test uses, as it is installed; not every package lets its manifest be imported. */
export function versionOf(name: string): string {
  const manifest = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}
