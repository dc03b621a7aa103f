/** A statement as words: what the readers of administrative statements walk, and how they take names from it. */
import { RESERVED_WORDS } from '../reserved-words.js'

export interface Token {
  /** `word`: unquoted; `name`: quoted; `variable`: `@a`; `system`: `@@a`. */
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'variable' | 'system' | 'symbol'
  /** A word in lower case; what a quoted token holds; a variable without its marks; anything else as written. */
  readonly value: string
  /** As written, for a word whose case counts. */
  readonly written: string
  readonly start: number
  readonly end: number
}

export interface Name {
  /** Outermost first, as written. */
  readonly parts: readonly string[]
}

export interface Cursor {
  readonly tokens: readonly Token[]
  /** The token so far ahead; undefined beyond the end. */
  peek(ahead?: number): Token | undefined
  take(): Token | undefined
  /** Whether these unquoted words come next, one after the other (`a b`). */
  sees(words: string): boolean
  /** Takes the first of these sequences that comes next, and says which. */
  accept(...sequences: readonly string[]): string | undefined
  /** Takes a symbol if it comes next. */
  symbol(symbol: string): boolean
  /** `a`, `a.b`, `a.b.c`; undefined when no name comes next. */
  name(): readonly string[] | undefined
  /** Where the cursor stands, counted in tokens. */
  place(): number
  move(place: number): void
  skipRest(): void
  done(): boolean
  /** The text between two places. */
  text(from: number, to?: number): string
  /** Past the bracket that closes the one that comes next; false when none comes next or it is not closed. */
  skipBrackets(): boolean
}

export function openCursor(text: string, tokens: readonly Token[]): Cursor {
  let at = 0

  function wordAt(index: number, word: string): boolean {
    const token = tokens[index]
    return token !== undefined && (token.kind === 'word' || token.kind === 'symbol') && token.value === word
  }

  function sees(words: string): boolean {
    return words.split(' ').every((word, index) => wordAt(at + index, word))
  }

  function isName(token: Token | undefined): token is Token {
    return token !== undefined && (token.kind === 'word' || token.kind === 'name')
  }

  return {
    tokens,
    peek: (ahead = 0) => tokens[at + ahead],
    take: () => tokens[at++],
    sees,
    accept(...sequences) {
      const found = sequences.find(sees)
      if (found !== undefined) at += found.split(' ').length
      return found
    },
    symbol(symbol) {
      const token = tokens[at]
      if (token?.kind !== 'symbol' || token.value !== symbol) return false
      at++
      return true
    },
    name() {
      const parts: string[] = []
      for (;;) {
        const token = tokens[at]
        // The server takes a reserved word for a name only in quotes or behind a dot.
        if (!isName(token) || (token.kind === 'word' && RESERVED_WORDS.has(token.value))) return undefined
        parts.push(token.written)
        at++
        const dot = tokens[at]
        if (dot?.kind !== 'symbol' || dot.value !== '.') return parts
        at++
      }
    },
    place: () => at,
    move(place) {
      at = place
    },
    skipRest() {
      at = tokens.length
    },
    done: () => at >= tokens.length,
    text(from, to = tokens.length) {
      const first = tokens[from]
      const last = tokens[to - 1]
      return first === undefined || last === undefined || to <= from ? '' : text.slice(first.start, last.end)
    },
    skipBrackets() {
      if (tokens[at]?.kind !== 'symbol' || tokens[at]?.value !== '(') return false
      let depth = 0
      for (let index = at; index < tokens.length; index++) {
        const token = tokens[index]
        if (token?.kind !== 'symbol') continue
        if (token.value === '(') depth++
        if (token.value === ')' && --depth === 0) {
          at = index + 1
          return true
        }
      }
      return false
    },
  }
}
