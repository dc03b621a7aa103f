/** Paths of one stage, none of which is another or stands beneath it: a server that took them all the same would choose. */
import { Unread } from '../unread.js'

interface Step {
  readonly below: Map<string, Step>
  ends: boolean
}

/** Throws for two paths that collide (MongoDB's 31250). */
export function distinctPaths(paths: Iterable<readonly string[]>): void {
  const root: Step = { below: new Map(), ends: false }
  for (const path of paths) {
    let at = root
    for (const name of path) {
      if (at.ends) throw collision(path)
      const next = at.below.get(name) ?? { below: new Map(), ends: false }
      at.below.set(name, next)
      at = next
    }
    if (at.ends || at.below.size > 0) throw collision(path)
    at.ends = true
  }
}

function collision(path: readonly string[]): Unread {
  return new Unread(`Path collision at ${path.join('.')}`, { code: 31250, codeName: 'Location31250' })
}
