/** Where one statement ends and the next begins: at each `;`, but for the bodies of routines and compound statements. */

import { type Cursor, PUNCTUATION, WORD } from './cursor.js'
import { codeAt } from './letters.js'

/** What of the writer's state this needs: positions in the text that is being written. */
export interface Place {
  readonly cursor: Cursor
  readonly out: string
  readonly written: number
}

export interface Split {
  /** Tokens of the statement so far. */
  tokens: number
  /** Positions of each `;` that ends a statement. */
  readonly ends: number[]
  compound: boolean
  /** The reason to refuse, or undefined. */
  see(place: Place): string | undefined
  /** The statements; undefined when one of several is empty. */
  pieces(text: string): string[] | undefined
}

/** With these first, MariaDB reads a compound statement outside any routine. */
const COMPOUND = new Set(['if', 'case', 'loop', 'while', 'repeat', 'for'])
const ROUTINES = new Set(['procedure', 'function', 'trigger', 'event', 'package'])
/** What else CREATE and ALTER make: no routine follows. */
const SETTLED = new Set(['table', 'database', 'schema', 'view', 'index', 'user', 'server', 'sequence'])

export function splitStatements(): Split {
  let first = ''
  /** 'maybe': after CREATE and ALTER, until the word that says what. */
  let body = false
  let routine: 'no' | 'maybe' | 'yes' = 'no'
  const split: Split = { tokens: 0, ends: [], compound: false, see, pieces }
  return split

  function see({ cursor, out, written }: Place): string | undefined {
    const { text, kind, start } = cursor
    if (body && (kind !== PUNCTUATION || codeAt(text, start) !== 59)) split.compound = true
    if (kind === PUNCTUATION) {
      const code = codeAt(text, start)
      if (code === 59) return end(cursor, out.length + start - written)
      if (code === 58 && split.tokens === 1) routine = 'yes'
    } else if (kind === WORD && !cursor.dotted) {
      if (split.tokens === 0) {
        first = cursor.end - start < 10 ? text.slice(start, cursor.end).toLowerCase() : ''
        if (first === 'delimiter') return 'a DELIMITER, which is for the command line alone'
        if (first === 'create' || first === 'alter') routine = 'maybe'
        else if (COMPOUND.has(first)) routine = 'yes'
      } else if (routine === 'maybe') {
        const word = text.slice(start, cursor.end).toLowerCase()
        if (ROUTINES.has(word)) routine = 'yes'
        else if (SETTLED.has(word)) routine = 'no'
      } else if (split.tokens === 1 && first === 'begin' && /^not$/i.test(text.slice(start, cursor.end)))
        routine = 'yes'
    }
    split.tokens++
    return undefined
  }

  function end(cursor: Cursor, at: number): string | undefined {
    if (routine === 'yes') {
      body = true
      return undefined
    }
    if (cursor.inside) return 'a `;` inside an executable comment'
    split.ends.push(at)
    split.tokens = 0
    first = ''
    routine = 'no'
    return undefined
  }

  function pieces(text: string): string[] | undefined {
    const found: string[] = []
    let from = 0
    for (const at of [...split.ends, text.length]) {
      found.push(text.slice(from, at).trim())
      from = at + 1
    }
    if (text !== '' && !body && found.length === 1 && found[0] === text) return [text]
    while (found.at(-1) === '') found.pop()
    if (body) found.push((found.pop() ?? '').replace(ENDING, ''))
    return found.includes('') ? undefined : found
  }
}

const ENDING = /[;\s]{1,64}$/
