/** Words of a routine's text, and where the expression before one of them ends. */
import type { Token } from '../administration/cursor.js'
import { RESERVED_WORDS } from '../reserved-words.js'

/** Of an unquoted word, in lower case. */
export function wordAt(tokens: readonly Token[], at: number): string | undefined {
  const token = tokens[at]
  return token?.kind === 'word' ? token.value : undefined
}

/** Of a word or a symbol: what is quoted is neither. */
export function valueAt(tokens: readonly Token[], at: number): string {
  const token = tokens[at]
  return token?.kind === 'word' || token?.kind === 'symbol' ? token.value : ''
}

/** Reserved words that are values, or end one. */
const VALUES = /^(?:null|true|false|current_\w+|utc_\w+|localtime\w*|(?:day|hour|minute|second|year)_\w+)$/
/** Between the parts of CASE. */
const PARTS: ReadonlySet<string> = new Set(['when', 'then', 'else'])

/**
 * The place behind the word that ends the expression that begins at `start`; undefined where it is not certain that it is that
 * word. END, DO and the like are no reserved words: they are keywords only where a value has just ended, and none can begin.
 */
export function behindExpression(tokens: readonly Token[], start: number, last: string): number | undefined {
  const open: string[] = []
  let value = false
  for (let at = start; at < tokens.length; at += 1) {
    const token = tokens[at] as Token
    if (token.kind === 'word') {
      const word = token.value
      if (open.length === 0 && word === last) return value ? at + 1 : undefined
      if (word === 'end') {
        if (!value || open.pop() !== 'case') return undefined
      } else if (word === 'case') open.push(word)
      else if (PARTS.has(word) && open.at(-1) !== 'case') return undefined
      value = word === 'end' || !RESERVED_WORDS.has(word) || VALUES.test(word)
    } else if (token.kind === 'symbol') {
      if (token.value === ';') return undefined
      if (token.value === '(') open.push(token.value)
      if (token.value === ')' && open.pop() !== '(') return undefined
      value = token.value === ')' || token.value === '}'
    } else value = true
  }
  return undefined
}
