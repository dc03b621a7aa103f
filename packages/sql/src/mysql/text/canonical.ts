/**
 * The text that is both read and sent (architecture §4.3): what the server executes of it, and nothing that another
 * lexer, or the same server in another mode, would cut into other tokens.
 */
import { pairsOf, TAG_LIMIT } from '../../sqlcommenter.js'
import { columnNames } from './column-names.js'
import {
  CLOSE,
  COMMENT,
  type Cursor,
  END,
  HINT,
  NAME,
  NULL,
  NUMBER,
  ODD,
  OPEN,
  OPERATOR,
  openCursor,
  QUOTED,
  STRING,
  VARIABLE,
  WORD,
} from './cursor.js'
import type { Draft } from './draft.js'
import { hintIn } from './hints.js'
import { codeAt, isSpace } from './letters.js'
import { type Rules, rulesOf, type TextMode } from './mode.js'
import { isPlainly } from './quick.js'
import { respell } from './spelling.js'
import { splitStatements } from './statements.js'
import { advance } from './tokens.js'
import { introducer, isSpaceSensitive, isTypeName } from './words.js'

export type { TextMode } from './mode.js'

export type Canonical =
  | {
      readonly kind: 'canonical'
      /** The very same string when nothing had to change. */
      readonly text: string
      /** The text's statements without `;`. A text of comments alone is one: `/**\/`, to which the server answers OK. */
      readonly statements: readonly string[]
      /** The last statement holds `;` of its own (a routine's body) or more statements: what it runs isn't known. */
      readonly compound: boolean
      /** Pairs of sqlcommenter; claimed, never verified (R10). */
      readonly tags: Readonly<Record<string, string>>
    }
  | { readonly kind: 'refused'; readonly why: string; readonly tooLarge?: true }

/** Bytes of one text, when nothing else is said. */
export const TEXT_CEILING = 1024 * 1024

export function canonicalise(text: string, mode: TextMode, ceiling: number = TEXT_CEILING): Canonical {
  const rules = rulesOf(mode)
  if (typeof rules === 'string') return refused(rules)
  if (text.length > ceiling || (text.length * 3 > ceiling && Buffer.byteLength(text) > ceiling)) {
    return { kind: 'refused', why: `the statement is longer than ${ceiling} bytes`, tooLarge: true }
  }
  if (isPlainly(text, rules)) {
    return { kind: 'canonical', text, statements: [text], compound: false, tags: NO_TAGS }
  }
  return canonicaliseSlowly(text, rules)
}

const NO_TAGS: Readonly<Record<string, string>> = {}

/** Token by token. */
export function canonicaliseSlowly(text: string, rules: Rules): Canonical {
  if (!text.isWellFormed()) return refused('the statement is not valid UTF-8')
  const cursor = openCursor(text, rules)
  const draft: Draft = {
    cursor,
    out: '',
    last: 32,
    written: 0,
    before: END,
    beforeStart: 0,
    beforeEnd: 0,
    beforeDotted: false,
    qualifierStart: 0,
    qualifierEnd: -1,
    gap: false,
    commented: false,
    commentsBehind: false,
    tags: new Map(),
    tagsLeft: TAG_LIMIT,
    split: splitStatements(),
    names: columnNames(),
  }
  for (advance(cursor); cursor.kind !== END; advance(cursor)) {
    const why = write(draft)
    if (why !== undefined) return refused(`the statement has ${why}`)
  }
  if (cursor.inside) return refused('the statement has a comment that never ends')
  return finished(draft)
}

function refused(why: string): Canonical {
  return { kind: 'refused', why }
}

function finished(draft: Draft): Canonical {
  const { cursor, split, commented } = draft
  if (cursor.oddSpace) replace(draft, cursor.text.trimEnd().length, cursor.end, '')
  name(draft)
  const tail = cursor.text.slice(draft.written)
  const text = draft.written === 0 && draft.out === '' ? cursor.text : draft.out + tail
  const tags = Object.fromEntries(draft.tags)
  const statements = split.pieces(text)
  if (statements === undefined) return refused('the statement has nothing between two `;`')
  if (statements.length === 0) {
    if (!commented) return { kind: 'canonical', text: '', statements: [], compound: false, tags }
    return { kind: 'canonical', text: NOTHING, statements: [NOTHING], compound: false, tags }
  }
  // Where several may stand, a comment behind the last `;` is a statement without any: the server answers it with an OK.
  const whole = draft.commentsBehind && split.tokens === 0 ? `${text.trimEnd()} ${NOTHING}` : text
  return { kind: 'canonical', text: whole, statements, compound: split.compound, tags }
}

const NOTHING = '/**/'

/** Puts `instead` where the text has what lies between the two offsets. */
function replace(draft: Draft, start: number, end: number, instead: string): void {
  if (instead !== '') draft.last = instead.charCodeAt(instead.length - 1)
  else if (start > draft.written) draft.last = codeAt(draft.cursor.text, start - 1)
  draft.out += draft.cursor.text.slice(draft.written, start) + instead
  draft.written = end
}

/** The reason to refuse, or undefined. */
function write(draft: Draft): string | undefined {
  const { cursor } = draft
  const { kind, start } = cursor
  if (cursor.unterminated) return 'a string, name or comment that never ends'
  if (kind === ODD) return cursor.why
  if (cursor.spaced) {
    draft.gap = true
    if (cursor.oddSpace) replace(draft, startOfSpace(cursor), start, ' ')
  }
  if (kind === COMMENT || kind === HINT || kind === OPEN || kind === CLOSE) return writeComment(draft)
  name(draft)
  const why = draft.split.see(draft)
  if (why !== undefined) return why
  const { length } = draft.out
  const failed = writeToken(draft)
  if (draft.out.length !== length) draft.names.changed()
  draft.before = cursor.kind
  draft.beforeStart = start
  draft.beforeEnd = cursor.end
  draft.beforeDotted = cursor.dotted
  draft.gap = false
  draft.commentsBehind = false
  return failed
}

/** Puts the name of the column that ends here before what stands behind it. */
function name(draft: Draft): void {
  const { start, text } = draft.cursor
  const found = draft.names.see(draft.cursor)
  if (found === undefined) return
  const last = draft.written === start ? draft.last : codeAt(text, start - 1)
  replace(draft, start, start, isSpace(last) ? found : ` ${found}`)
}

function startOfSpace({ text, start }: Cursor): number {
  let at = start
  while (at > 0 && isSpace(codeAt(text, at - 1))) at--
  return at
}

function writeComment(draft: Draft): string | undefined {
  const { cursor } = draft
  const { text, start, end, kind } = cursor
  draft.gap = true
  draft.commented = true
  draft.commentsBehind = true
  draft.names.comment(cursor)
  if (kind === HINT && draft.before === WORD && !draft.beforeDotted) {
    const hint = hintIn(text.slice(draft.beforeStart, draft.beforeEnd), text.slice(start + 3, end - 2))
    if (hint === 'kept') return undefined
    if (hint === 'refused') return 'an optimizer hint that sets a variable or names a resource group'
  }
  if (kind === COMMENT && text.startsWith('/*', start)) {
    const inside = text.slice(start + 2, Math.min(end - 2, start + 2 + draft.tagsLeft))
    draft.tagsLeft -= inside.length
    for (const [key, value] of pairsOf(inside)) draft.tags.set(key, value)
  }
  const last = draft.written === start ? draft.last : codeAt(text, start - 1)
  const alone = isSpace(last) || isSpace(codeAt(text, end))
  replace(draft, start, end, alone ? '' : ' ')
  return undefined
}

function writeToken(draft: Draft): string | undefined {
  const { cursor, gap } = draft
  const { text, start, end, kind, rules } = cursor
  const touches = !gap && isNameLike(draft.before)
  switch (kind) {
    case WORD:
      // Quotes around it must not run into those before it.
      if ((touches || (!gap && draft.before === QUOTED)) && !cursor.dotted) replace(draft, start, start, ' ')
      return codeAt(text, start) === 95 && !cursor.dotted ? writeIntroducer(draft) : undefined
    case NUMBER:
      if (touches) replace(draft, start, start, ' ')
      return undefined
    case NAME:
      if (cursor.dotted && draft.qualifierEnd === start - 1) quote(draft, draft.qualifierStart, start - 1)
      else if (!gap && draft.before === QUOTED) replace(draft, start, start, ' ')
      replace(draft, start, end, `${touches && !cursor.dotted ? ' ' : ''}\`${text.slice(start, end)}\``)
      return undefined
    case QUOTED:
      if (touches || (!gap && draft.before === QUOTED)) replace(draft, start, start, ' ')
      if (codeAt(text, start) === 34) replace(draft, start, end, requoted(text.slice(start + 1, end - 1)))
      return undefined
    case STRING:
      return writeString(draft, touches)
    case VARIABLE:
      if (touches) replace(draft, start, start, ' ')
      if (codeAt(text, start + 1) !== 64 && !/^@[a-z_]\w*$/i.test(text.slice(start, end)))
        replace(draft, start, end, `@\`${text.slice(start + 1, end)}\``)
      return undefined
    case NULL:
      replace(draft, start, end, `${gap ? '' : ' '}NULL${isSpace(codeAt(text, end)) ? '' : ' '}`)
      return undefined
    case OPERATOR:
      return writeOperator(draft)
    default:
      if (codeAt(text, start) === 46 && draft.before === WORD && !draft.beforeDotted) {
        draft.qualifierStart = draft.beforeStart
        draft.qualifierEnd = draft.beforeEnd
      }
      if (codeAt(text, start) === 64 && touches) replace(draft, start, start, ' ')
      // Without IGNORE_SPACE `count (` is a name that has nothing to do with the function.
      if (codeAt(text, start) === 40 && gap && !rules.ignoreSpace) quoteBefore(draft, isSpaceSensitive)
      return undefined
  }
}

function isNameLike(kind: number): boolean {
  return kind === WORD || kind === NUMBER || kind === NAME || kind === VARIABLE
}

/** Puts the word before into backquotes when it is one of those that another lexer takes for something else here. */
function quoteBefore(draft: Draft, needs: (word: string) => boolean): void {
  if (draft.before !== WORD || draft.beforeDotted) return
  if (needs(draft.cursor.text.slice(draft.beforeStart, draft.beforeEnd)))
    quote(draft, draft.beforeStart, draft.beforeEnd)
}

function quote(draft: Draft, start: number, end: number): void {
  // What was written already is in quotes.
  if (draft.written <= start) replace(draft, start, end, `\`${draft.cursor.text.slice(start, end)}\``)
}

/** `_utf8mb4'…'` names a character set; every other `_word` is a name, whatever follows it. */
function writeIntroducer(draft: Draft): string | undefined {
  const { text, start, end, next } = draft.cursor
  const word = text.slice(start, end)
  const found = introducer(word)
  if (next === 'dot') return found === 'none' ? undefined : `the introducer \`${word}\` before a dot`
  if (found === 'refused') return `the introducer \`${word}\`, whose character set is not accepted here`
  if (found === 'none') replace(draft, start, end, `\`${word}\``)
  return undefined
}

function writeString(draft: Draft, touches: boolean): string | undefined {
  const { cursor } = draft
  const { text, start, end } = cursor
  const word = draft.before === WORD ? text.slice(draft.beforeStart, draft.beforeEnd) : ''
  const introduced = word.startsWith('_') && introducer(word) === 'known' && !draft.beforeDotted
  if (!introduced) quoteBefore(draft, isTypeName)
  // Two quotes without space between them are one.
  if (!introduced && (touches || (!draft.gap && draft.before === STRING))) replace(draft, start, start, ' ')
  if (!cursor.plain) replace(draft, start, end, respell(text.slice(start, end)))
  return undefined
}

function writeOperator(draft: Draft): undefined {
  const { cursor, gap } = draft
  const { text, start, end, rules } = cursor
  const code = codeAt(text, start)
  if (code === 45 && !gap && draft.before === OPERATOR && codeAt(text, draft.beforeStart) === 45) {
    // `--1` is twice a minus to the server and a comment elsewhere.
    replace(draft, start, start, ' ')
  } else if (end - start === 2 && (code === 38 || (code === 124 && !rules.pipesAsConcat))) {
    const word = code === 38 ? 'AND' : 'OR'
    const after = isSpace(codeAt(text, end)) ? '' : ' '
    replace(draft, start, end, `${gap ? '' : ' '}${word}${after}`)
  }
  return undefined
}

/** A name from double quotes (ANSI_QUOTES) in backquotes. */
function requoted(inside: string): string {
  return `\`${inside.replaceAll('""', '"').replaceAll('`', '``')}\``
}
