/** A text as records show it (R26): no constant survives, comments are gone, lists of constants are one. */
import {
  CLOSE,
  COMMENT,
  type Cursor,
  END,
  HINT,
  NAME,
  NUMBER,
  ODD,
  OPEN,
  openCursor,
  QUOTED,
  STRING,
  WORD,
} from './cursor.js'
import { rulesOf, type TextMode } from './mode.js'
import { advance } from './tokens.js'

/** Never throws; from the first character on that the tokeniser does not know, nothing is shown. */
export function redact(text: string, mode: TextMode): string {
  const rules = rulesOf(mode)
  // Where a string ends isn't known under such a mode.
  if (typeof rules === 'string') return '?'
  const cursor = openCursor(text, rules)
  const out: string[] = []
  let spaced = false
  let named = false
  for (advance(cursor); cursor.kind !== END; advance(cursor)) {
    const { kind } = cursor
    if (cursor.spaced) spaced = true
    if (kind === COMMENT || kind === HINT || kind === OPEN || kind === CLOSE) {
      if (cursor.unterminated) break
      spaced = true
      continue
    }
    const token: string = named && kind === QUOTED ? shownAlias(cursor) : shown(cursor)
    named = kind === WORD && /^as$/i.test(token)
    if (token === '?' && out.at(-1) === ',' && out.at(-2) === '?' && out.at(-3) === '(') {
      out.length -= 1
      spaced = false
      continue
    }
    if (spaced && out.length > 0) out.push(' ')
    spaced = false
    out.push(token)
    if (kind === ODD || cursor.unterminated) break
  }
  while (out.at(-1) === ';' || out.at(-1) === ' ') out.pop()
  return out.join('')
}

/** A name may repeat the expression that it is of, with all its constants. */
function shownAlias({ text, start, end }: Cursor): string {
  const token = text.slice(start, end)
  return /^`(?:[\p{L}_$][\p{L}\p{N}_$]*|[\p{L}_$ .]*)`$/u.test(token) ? token : '`?`'
}

function shown({ kind, text, start, end, unterminated, dotted }: Cursor): string {
  if (kind === STRING || kind === NUMBER || kind === ODD || unterminated) return '?'
  const token = text.slice(start, end)
  return kind === NAME && !dotted && /^\d/.test(token) ? '?' : token
}
