/** Tags that a client put into comments (sqlcommenter); claimed, never verified (R10). */
import { pairsOf, TAG_LIMIT } from '../../sqlcommenter.js'
import { advance, COMMENT, END, openCursor } from './tokens.js'

/** At most 2 KiB of pairs from the text's comments; a later pair of one key replaces the earlier. */
export function statementTags(text: string): Readonly<Record<string, string>> {
  const tags = new Map<string, string>()
  if (!text.includes('/*')) return {}
  let left = TAG_LIMIT
  const cursor = openCursor(text)
  for (advance(cursor); cursor.kind !== END && left > 0; advance(cursor)) {
    if (cursor.kind !== COMMENT || cursor.unterminated || !text.startsWith('/*', cursor.start)) continue
    const inside = text.slice(cursor.start + 2, Math.min(cursor.end - 2, cursor.start + 2 + left))
    left -= inside.length
    for (const [key, value] of pairsOf(inside)) tags.set(key, value)
  }
  return Object.fromEntries(tags)
}
