/** Tags in one comment as sqlcommenter writes them: key='value' pairs, percent-encoded; claimed, never verified (R10). */

/** Characters of comments that are searched for tags, of one text. */
export const TAG_LIMIT = 2048

const PAIR = /([\w.%~-]{1,128})='((?:[^'\\]|\\.){0,512})'/y

/** The whole comment must be pairs: prose is no tag. */
export function pairsOf(inside: string): [string, string][] {
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
