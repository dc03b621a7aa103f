/** What the tokeniser of MySQL text remembers, and the kinds of its tokens. */
import type { Rules } from './mode.js'

export const END = 0
export const WORD = 1
/** A name in backquotes, or in double quotes under ANSI_QUOTES. */
export const QUOTED = 2
export const STRING = 3
export const NUMBER = 4
/** A name without quotes that other lexers would cut differently: `1a`, `t.5`, `straße`. */
export const NAME = 5
/** `@v` and `@@v`; of `@@global.v` the part before the dot. */
export const VARIABLE = 6
export const OPERATOR = 7
export const PUNCTUATION = 8
/** A comment that this server skips. */
export const COMMENT = 9
/** The two ends of a comment that this server executes. */
export const OPEN = 10
export const CLOSE = 11
/** What this server takes for an optimizer hint where a hint may stand, and for a comment elsewhere. */
export const HINT = 12
/** `\N` */
export const NULL = 13
export const ODD = 14

/** The tokeniser's state and its latest token; one mutable record, so that a hot loop allocates nothing. */
export interface Cursor {
  readonly text: string
  readonly rules: Rules
  kind: number
  start: number
  end: number
  /** The string's prefix: '' for a plain one, else n x b in lower case. */
  prefix: string
  /** White space stands before the token. */
  spaced: boolean
  /** Some of it is a vertical tab or a form feed. */
  oddSpace: boolean
  /** A string, quoted name or comment that never ends. */
  unterminated: boolean
  /** A name behind a dot: never a keyword. */
  dotted: boolean
  /** The string holds something that lexers in another mode would read otherwise. */
  plain: boolean
  /** Between OPEN and CLOSE. */
  inside: boolean
  /** Why it is odd. */
  why: string
  /** The next token is the dot behind a name, or the name behind that dot. */
  next: 'any' | 'dot' | 'name'
  /** The text holds a NUL character somewhere. */
  readonly nul: boolean
}

export function openCursor(text: string, rules: Rules): Cursor {
  return {
    text,
    rules,
    kind: END,
    start: 0,
    end: 0,
    prefix: '',
    spaced: false,
    oddSpace: false,
    unterminated: false,
    dotted: false,
    plain: true,
    inside: false,
    why: '',
    next: 'any',
    nul: text.indexOf('\0') >= 0,
  }
}

/** Each reader of a token ends in one of these two, and returns the token's kind. */
export function odd(cursor: Cursor, end: number, why: string): number {
  cursor.why = why
  return finish(cursor, ODD, end)
}

export function finish(cursor: Cursor, kind: number, end: number): number {
  cursor.kind = kind
  cursor.end = end
  return kind
}
