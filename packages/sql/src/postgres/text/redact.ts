/** A text as records show it (R26): no constant survives, comments are gone, lists of constants are one. */
import { advance, COMMENT, END, NUMBER, ODD, openCursor, STRING } from './tokens.js'

/** Never throws; what the tokeniser does not know is dropped rather than shown. */
export function redact(text: string): string {
  const cursor = openCursor(text)
  const out: string[] = []
  let spaced = false
  for (advance(cursor); cursor.kind !== END; advance(cursor)) {
    if (cursor.spaced) spaced = true
    if (cursor.kind === COMMENT) {
      spaced = true
      continue
    }
    const token = shown(cursor.kind, text, cursor.start, cursor.end, cursor.unterminated)
    if (isList(out, token)) {
      out.length -= 1
      spaced = false
      continue
    }
    if (spaced && out.length > 0) out.push(' ')
    spaced = false
    out.push(token)
  }
  while (out.at(-1) === ';' || out.at(-1) === ' ') out.pop()
  return out.join('')
}

function shown(kind: number, text: string, start: number, end: number, unterminated: boolean): string {
  if (kind === STRING || kind === NUMBER || unterminated) return '?'
  const token = text.slice(start, end)
  if (kind !== ODD) return token
  return /[0-9$\\]/.test(token) ? '?' : ''
}

/** `(?, ?` becomes `(?`: the second constant of a list in parentheses is dropped with its comma. */
function isList(out: readonly string[], token: string): boolean {
  return token === '?' && out.at(-1) === ',' && out.at(-2) === '?' && out.at(-3) === '('
}
