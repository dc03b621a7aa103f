/** Which mask a key inside a document takes, of those that a decision lists for its column (R6). */
import { type KeyMask, MASK_KINDS } from './decision.js'
import { coversClasses } from './policy/data-class.js'

/** The strictest mask of a key of these classes; undefined: it stays. */
export function keyMaskFor(masks: readonly KeyMask[], classes: readonly string[]): KeyMask | undefined {
  let found: KeyMask | undefined
  for (const mask of masks) {
    if (!classes.some((name) => mask.classes.includes(name))) continue
    if (mask.cleared?.some((list) => coversClasses(new Set(list), classes))) continue
    if (found === undefined || MASK_KINDS.indexOf(mask.with) < MASK_KINDS.indexOf(found.with)) found = mask
  }
  return found
}
