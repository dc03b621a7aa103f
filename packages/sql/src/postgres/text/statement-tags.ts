/** Tags that a client put into comments (sqlcommenter: key='value' pairs, percent-encoded); claimed, never verified (R10). */
import { advance, COMMENT, END, openCursor } from './tokens.js'

const LIMIT = 2048
const PAIR = /([\w.%~-]{1,128})='((?:[^'\\]|\\.){0,512})'/y

/** At most 2 KiB of pairs from the text's comments; a later pair of one key replaces the earlier. */
export function statementTags(text: string): Readonly<Record<string, string>> {
  const tags = new Map<string, string>()
  if (!text.includes('/*')) return {}
  let left = LIMIT
  const cursor = openCursor(text)
  for (advance(cursor); cursor.kind !== END && left > 0; advance(cursor)) {
    if (cursor.kind !== COMMENT || cursor.unterminated || !text.startsWith('/*', cursor.start)) continue
    const inside = text.slice(cursor.start + 2, Math.min(cursor.end - 2, cursor.start + 2 + left))
    left -= inside.length
    for (const [key, value] of pairsOf(inside)) tags.set(key, value)
  }
  return Object.fromEntries(tags)
}

/** The whole comment must be pairs, as sqlcommenter writes it: prose is no tag. */
function pairsOf(inside: string): [string, string][] {
  const found: [string, string][] = []
  let at = inside.length - inside.trimStart().length
  const end = inside.trimEnd().length
  while (at < end) {
    PAIR.lastIndex = at
    const match = PAIR.exec(inside)
    if (!match) return []
    const key = decoded(match[1] as string)
    const value = decoded((match[2] as string).replaceAll(/\\(.)/g, '$1'))
    if (key === undefined || value === undefined) return []
    found.push([key, value])
    at = PAIR.lastIndex
    while (at < end && /[\s,]/.test(inside[at] as string)) at++
  }
  return found
}

function decoded(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}
