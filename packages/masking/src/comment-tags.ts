/** Reads classes out of a catalog comment: a comment may add classes, never take one away (R6). */
import { UMBRELLA_CLASSES } from './data-class.js'

const CLASS_NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
const LINE = /(?:^|[\s(;])gatehouse:([^\n;]*)/gi
const BRACKET = new RegExp(`\\[((?:${UMBRELLA_CLASSES.join('|')})(?::[a-z][a-z0-9-]*)*)\\]`, 'gi')

/**
 * Two forms, anywhere in a comment: `gatehouse: pii, email` (class names with commas between, up to a semicolon or the
 * end of the line) and `[pii]`, `[pii:email]` (an umbrella class, then finer ones). A word that is no class name ends the
 * list of the first form.
 */
export function readCommentTags(comment: string): readonly string[] {
  const found = new Set<string>()
  for (const [, list = ''] of comment.matchAll(LINE)) {
    for (const part of list.split(',')) {
      const [name = ''] = part.trim().toLowerCase().split(/\s/, 1)
      if (!CLASS_NAME.test(name)) break
      found.add(name)
    }
  }
  for (const [, tag = ''] of comment.matchAll(BRACKET)) {
    for (const name of tag.toLowerCase().split(':')) if (CLASS_NAME.test(name)) found.add(name)
  }
  return [...found]
}
