/**
 * Comments as the server with this flavour and version reads them (sql_lex.cc, MY_LEX_LONG_COMMENT): skipped, or
 * executed as far as their end.
 */
import { CLOSE, COMMENT, type Cursor, finish, HINT, OPEN, odd } from './cursor.js'
import { codeAt, isDigit, isSpace } from './letters.js'
import type { Rules } from './mode.js'

/** Reads the comment, or the end of one, that begins here; undefined when none does. */
export function readComment(cursor: Cursor): number | undefined {
  const { text, start } = cursor
  const code = codeAt(text, start)
  const next = codeAt(text, start + 1)
  if (code === 35) return readLine(cursor, start + 1)
  if (code === 45) {
    // Only white space, a control character or the end makes `--` a comment.
    if (next !== 45) return undefined
    const third = codeAt(text, start + 2)
    // The server cuts `;` off the end of a text before it reads it, and what stands before the end is a comment.
    if (third === 59 && onlyEndFollows(text, start + 2)) return odd(cursor, start + 2, '`--` at its end')
    return third > 32 && third !== 127 ? undefined : readLine(cursor, start + 2)
  }
  if (code === 42) {
    if (next !== 47) return undefined
    // `select */**/ from t`: a comment begins behind the star.
    if (!cursor.inside && codeAt(text, start + 2) === 42) return undefined
    if (!cursor.inside) return odd(cursor, start + 2, '`*/` outside a comment')
    cursor.inside = false
    return finish(cursor, CLOSE, start + 2)
  }
  if (next !== 42) return undefined
  const third = codeAt(text, start + 2)
  const own = third === 77 && cursor.rules.mariadb && codeAt(text, start + 3) === 33
  if (third === 33 || own) return readExecutable(cursor, own ? start + 4 : start + 3, own)
  return readBlock(cursor, start + 2, third === 43 && hasHints(cursor.rules) ? HINT : COMMENT)
}

function onlyEndFollows(text: string, from: number): boolean {
  for (let at = from; at < text.length; at++) {
    const code = codeAt(text, at)
    if (code !== 59 && !isSpace(code)) return false
  }
  return true
}

function hasHints(rules: Rules): boolean {
  return rules.mariadb ? rules.version >= 120_000 : true
}

function readLine(cursor: Cursor, from: number): number {
  const { text } = cursor
  const newline = text.indexOf('\n', from)
  const end = newline < 0 ? text.length : newline
  return comment(cursor, COMMENT, end)
}

function readBlock(cursor: Cursor, from: number, kind: number): number {
  const { text } = cursor
  const close = text.indexOf('*/', from)
  cursor.unterminated = close < 0
  const end = close < 0 ? text.length : close + 2
  return comment(cursor, kind, end)
}

function readExecutable(cursor: Cursor, from: number, own: boolean): number {
  const { text, rules } = cursor
  if (cursor.inside) return odd(cursor, from, 'an executable comment inside another')
  let digits = 0
  while (digits < 7 && isDigit(codeAt(text, from + digits))) digits++
  if (digits < 5) return open(cursor, from)
  let length = digits === 5 ? 5 : 6
  if (!rules.mariadb && digits > 5) {
    // Six digits count from MySQL 9 on, and only before white space.
    if (rules.version < 90_000) return odd(cursor, from, 'a version comment with six digits')
    if (digits > 6 || !isSpace(codeAt(text, from + 6))) length = 5
  }
  const version = Number(text.slice(from, from + length))
  // A cluster node executes this one (Galera's consistency check).
  if (version === 99_997) return odd(cursor, from, 'version comment 99997')
  const others = rules.mariadb && !own && version >= 50_700 && version <= 99_999
  return version <= rules.version && !others ? open(cursor, from + length) : skip(cursor, from + length)
}

function open(cursor: Cursor, end: number): number {
  cursor.inside = true
  return finish(cursor, OPEN, end)
}

/** NUL ends a comment in one place and not in another. */
function comment(cursor: Cursor, kind: number, end: number): number {
  if (cursor.nul && cursor.text.slice(cursor.start, end).includes('\0'))
    return odd(cursor, end, 'a NUL character in a comment')
  return finish(cursor, kind, end)
}

/** A skipped version comment may hold comments, one level deep. */
function skip(cursor: Cursor, from: number): number {
  const { text } = cursor
  let inner = false
  for (let at = from; at < text.length; at++) {
    const code = codeAt(text, at)
    const next = codeAt(text, at + 1)
    if (code === 42 && next === 47) {
      if (!inner) return comment(cursor, COMMENT, at + 2)
      inner = false
      at++
    } else if (code === 47 && next === 42 && !inner) {
      inner = true
      at++
    }
  }
  cursor.unterminated = true
  return comment(cursor, COMMENT, text.length)
}
