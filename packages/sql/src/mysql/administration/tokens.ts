/** A canonical statement's tokens as the readers of statements walk them: words folded, quotes taken off. */
import {
  COMMENT,
  END,
  HINT,
  NAME,
  NULL,
  NUMBER,
  ODD,
  openCursor,
  QUOTED,
  STRING,
  VARIABLE,
  WORD,
} from '../text/cursor.js'
import type { Rules } from '../text/mode.js'
import { advance } from '../text/tokens.js'
import type { Token } from './cursor.js'

/** Undefined when something in the text is no token: then it was not canonical. */
export function tokensOf(text: string, rules: Rules): readonly Token[] | undefined {
  const cursor = openCursor(text, rules)
  const tokens: Token[] = []
  for (advance(cursor); cursor.kind !== END; advance(cursor)) {
    const { kind, start, end } = cursor
    if (kind === COMMENT || kind === HINT) continue
    if (kind === ODD || cursor.unterminated) return undefined
    const written = text.slice(start, end)
    const before = tokens.at(-1)
    const at = before?.kind === 'symbol' && before.value === '@' && before.end === start
    if (at && (kind === STRING || kind === QUOTED)) {
      const value = unquote(written)
      tokens[tokens.length - 1] = {
        kind: 'variable',
        value: value.toLowerCase(),
        written: value,
        start: before.start,
        end,
      }
    } else tokens.push(tokenOf(kind, written, start, end, cursor.dotted, cursor.prefix))
  }
  return tokens
}

function tokenOf(
  kind: number,
  written: string,
  start: number,
  end: number,
  dotted: boolean,
  prefix: string,
): Token {
  const place = { start, end }
  if (kind === WORD || kind === NULL) {
    const value = kind === NULL ? 'null' : written.toLowerCase()
    // A name behind a dot is never a keyword.
    return { kind: dotted ? 'name' : 'word', value: dotted ? written : value, written, ...place }
  }
  if (kind === NAME) return { kind: 'name', value: written, written, ...place }
  if (kind === QUOTED) {
    const value = unquote(written)
    return { kind: 'name', value, written: value, ...place }
  }
  if (kind === STRING && (prefix === '' || prefix === 'n')) {
    const value = decode(prefix === 'n' ? written.slice(1) : written)
    return { kind: 'string', value, written, ...place }
  }
  if (kind === STRING || kind === NUMBER) return { kind: 'number', value: written, written, ...place }
  if (kind === VARIABLE) {
    const system = written.startsWith('@@')
    const bare = written.slice(system ? 2 : 1)
    const name = bare.startsWith('`') ? unquote(bare) : bare
    return { kind: system ? 'system' : 'variable', value: name.toLowerCase(), written: name, ...place }
  }
  return { kind: 'symbol', value: written, written, ...place }
}

function unquote(written: string): string {
  const quote = written[0] as string
  return quote === '`' ? written.slice(1, -1).replaceAll('``', '`') : decode(written)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  Z: '\x1a',
  // Kept for LIKE (manual 11.1.1, Table 11.1).
  '%': '\\%',
  _: '\\_',
}

/** What a string literal holds. */
export function decode(written: string): string {
  const quote = written[0] as string
  const pattern = quote === '"' ? /""|\\([\s\S])/g : /''|\\([\s\S])/g
  return written
    .slice(1, -1)
    .replaceAll(pattern, (whole: string, escaped: string | undefined) =>
      escaped === undefined ? (whole[0] as string) : (ESCAPES[escaped] ?? escaped),
    )
}
