/** Finds the bundle that `npm run setup` makes of the modules: a few files start in half the time of many hundreds. */
import { readFileSync, statSync } from 'node:fs'

/** What the bundle was made of. Written by workbench/bundle.mjs. */
type Inputs = readonly (readonly [path: string, size: number, mtime: number])[]

const BUNDLE = new URL('./bundle/', import.meta.url)

/** Undefined where there is none, or where one module has changed since, so that nobody ever runs what was. */
export function currentBundle(bundle = BUNDLE): string | undefined {
  try {
    const inputs = JSON.parse(readFileSync(new URL('inputs.json', bundle), 'utf8')) as Inputs
    for (const [path, size, mtime] of inputs) {
      const now = statSync(new URL(path, bundle))
      if (now.size !== size || now.mtimeMs !== mtime) return undefined
    }
    return new URL('run.js', bundle).href
  } catch {
    return undefined
  }
}
