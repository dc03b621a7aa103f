/** Takes what can carry values out of the server's errors, warnings and info texts for viewers with masks (mysql-wire.md §5.3; R20). */
import type { ErrReply } from '../messages/index.js'
import { ERROR_FORMS, type ErrorForm, SERVER_WORDS } from './error-texts.js'

export interface ScrubContext {
  /** The text whose reply this is, as it went to the server: what the viewer wrote, the server may say again. */
  readonly statementText?: string
  /** Whether the catalog or the server knows something by this name: schema, table, column, index, constraint, routine, variable. */
  readonly isName?: (name: string) => boolean
}

/** Code and SQLSTATE stay; the text is one of a closed list, without values. Never throws. */
export function scrubError(error: ErrReply, context: ScrubContext): ErrReply {
  const state = /^[\dA-Z]{5}$/.test(error.state) ? error.state : 'HY000'
  return { code: error.code, state, message: scrubText(error.code, error.message, context) }
}

/** Of an error, a warning or a note. */
export function scrubText(code: number, message: string, context: ScrubContext): string {
  const forms = COMPILED.get(code)
  if (forms === undefined) return withheld(code)
  const statement = context.statementText ?? ''
  for (const form of forms) {
    const shown = show(form, message, statement, context)
    if (shown !== undefined) return shown
  }
  return withheld(code)
}

function withheld(code: number): string {
  return `message ${code} of the database (text withheld: it may carry masked values)`
}

/** What an OK says of its statement (INSERT, UPDATE, ALTER, LOAD DATA); any other text is left out. */
export function scrubInfo(info: string): string {
  return /^(?:Records|Rows matched): \d{1,20} {2}(?:Duplicates|Changed|Deleted): \d{1,20} {2}(?:Skipped: \d{1,20} {2})?Warnings: \d{1,20}$/.test(
    info,
  )
    ? info
    : ''
}

const HIDDEN = '***'
const HIDDEN_NAME = `'${HIDDEN}'`
type Token = 'n' | 'v' | 'w' | 's'
type Part = { readonly text: string } | { readonly token: Token }

interface CompiledForm {
  readonly pattern: RegExp
  /** Of the pattern's groups, in order. */
  readonly tokens: readonly Token[]
  readonly shown: readonly Part[]
}

/** `'a'`, `` `a`.`b` ``, `a.b`. */
const NAME = "'[^']{1,200}'|(?:`[^`]{1,64}`\\.){0,3}`[^`]{1,64}`|[\\w$.]{1,200}"
const GROUPS: Readonly<Record<Token, string>> = {
  n: `(${NAME})`,
  v: '([^]*)',
  w: `(${[...SERVER_WORDS].sort((a, b) => b.length - a.length).join('|')})`,
  s: '([^]*)',
}

const COMPILED: ReadonlyMap<number, readonly CompiledForm[]> = new Map(
  [...ERROR_FORMS].map(([code, forms]) => [code, forms.map(compile)]),
)

function compile(form: ErrorForm): CompiledForm {
  const [written, shown] = typeof form === 'string' ? [form, form] : form
  const parts = partsOf(written)
  const source = parts.map((part) =>
    'text' in part ? part.text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : GROUPS[part.token],
  )
  return {
    pattern: new RegExp(`^${source.join('')}$`),
    tokens: parts.flatMap((part) => ('token' in part ? [part.token] : [])),
    shown: partsOf(shown),
  }
}

function partsOf(form: string): Part[] {
  return form
    .split(/(%[nvws])/)
    .map((piece) => (/^%[nvws]$/.test(piece) ? { token: piece.charAt(1) as Token } : { text: piece }))
}

/** Undefined: the message is not of this form. */
function show(
  { pattern, tokens, shown }: CompiledForm,
  message: string,
  statement: string,
  context: ScrubContext,
): string | undefined {
  const found = pattern.exec(message)
  if (found === null) return undefined
  const left: Record<Token, string[]> = { n: [], v: [], w: [], s: [] }
  for (const [at, token] of tokens.entries()) left[token].push(found[at + 1] ?? '')
  return shown
    .map((part) => {
      if ('text' in part) return part.text
      const next = left[part.token].shift()
      if (next === undefined || part.token === 'v') return HIDDEN
      if (part.token === 'n') return isKnown(next, statement, context) ? next : HIDDEN_NAME
      return part.token === 'w' || isRest(next, statement) ? next : HIDDEN
    })
    .join('')
}

/** The key's name in every table that has one. */
const ALWAYS = new Set(['PRIMARY', '*any*', '(temporary)'])

function isKnown(name: string, statement: string, context: ScrubContext): boolean {
  const segments = name.replace(/^['`]|['`]$/g, '').split(/`?[.,]`?/)
  return segments.every(
    (segment) => ALWAYS.has(segment) || context.isName?.(segment) === true || isWritten(segment, statement),
  )
}

/** Stands in the statement as a word of its own. */
function isWritten(word: string, statement: string): boolean {
  const letter = (character: string | undefined) =>
    character !== undefined && /[\p{L}\p{N}_$-]/u.test(character)
  const [within, sought] = [statement.toLowerCase(), word.toLowerCase()]
  if (sought === '') return false
  for (let at = within.indexOf(sought); at >= 0; at = within.indexOf(sought, at + 1)) {
    if (!letter(within[at - 1]) && !letter(within[at + sought.length])) return true
  }
  return false
}

/** Characters of a statement that a syntax error repeats. */
const REPEATED = 80

/** The statement's own text from some place on, to its end or as far as errors repeat it. */
function isRest(text: string, statement: string): boolean {
  return text.length >= REPEATED ? statement.includes(text) : statement.trimEnd().endsWith(text.trimEnd())
}
