/** Takes what can carry values out of the server's error texts for viewers with masks (mongodb.md §6, "Errors with values"; R20). */
import { ERROR_FORMS, type ErrorForm, PREFIXES, TYPE_WORDS } from './error-texts.js'

export interface ScrubContext {
  /** Whether the catalog or the command itself knows something by this name: database, collection, index, path, operator. */
  isName(name: string): boolean
}

/** Longer texts hold a value for sure. */
const LONGEST = 8192
const HIDDEN = '***'
const PREFIX_HINT = ' :: caused by :: '

/** The text is one of a closed list, without values. Never throws. */
export function scrubText(code: number, message: string, context: ScrubContext): string {
  if (message.length > LONGEST) return withheld(code)
  const [prefix, rest] = splitPrefix(message, context)
  for (const form of COMPILED.get(code) ?? []) {
    const shown = show(form, rest, context)
    if (shown !== undefined) return prefix + shown
  }
  return withheld(code)
}

/** Programs look for this beginning where they do not look at the code. */
function withheld(code: number): string {
  const mark = code === 11000 ? 'E11000 duplicate key error: ' : ''
  return `${mark}message ${code} of the database (text withheld: it may carry masked values)`
}

type Token = 'n' | 'v' | 'w' | 'd'
type Part = { readonly text: string } | { readonly token: Token }

interface CompiledForm {
  readonly pattern: RegExp
  /** Of the pattern's groups, in order. */
  readonly tokens: readonly Token[]
  readonly shown: readonly Part[]
}

const GROUPS: Readonly<Record<Token, string>> = {
  n: '([^\\n]{1,300}?)',
  v: '([^]*)',
  w: `(${[...TYPE_WORDS].sort((a, b) => b.length - a.length).join('|')})`,
  d: '(\\d{1,20})',
}

const COMPILED: ReadonlyMap<number, readonly CompiledForm[]> = new Map(
  [...ERROR_FORMS].map(([code, forms]) => [code, forms.map((form) => compile(form, '$'))]),
)
const BEGINNINGS: readonly CompiledForm[] = PREFIXES.map((form) => compile(form, ''))

function compile(form: ErrorForm, end: string): CompiledForm {
  const [written, shown] = typeof form === 'string' ? [form, form] : form
  const parts = partsOf(written)
  const source = parts.map((part) =>
    'text' in part ? part.text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : GROUPS[part.token],
  )
  return {
    pattern: new RegExp(`^${source.join('')}${end}`),
    tokens: parts.flatMap((part) => ('token' in part ? [part.token] : [])),
    shown: partsOf(shown),
  }
}

function partsOf(form: string): Part[] {
  return form
    .split(/(%[nvwd])/)
    .map((piece) => (/^%[nvwd]$/.test(piece) ? { token: piece.charAt(1) as Token } : { text: piece }))
}

function splitPrefix(message: string, context: ScrubContext): readonly [string, string] {
  if (!message.includes(PREFIX_HINT)) return ['', message]
  for (const form of BEGINNINGS) {
    const length = form.pattern.exec(message)?.[0].length
    const shown = length === undefined ? undefined : show(form, message.slice(0, length), context)
    if (length !== undefined && shown !== undefined) return [shown, message.slice(length)]
  }
  return ['', message]
}

/** Undefined: the message is not of this form. */
function show(
  { pattern, tokens, shown }: CompiledForm,
  message: string,
  context: ScrubContext,
): string | undefined {
  const found = pattern.exec(message)
  if (found === null) return undefined
  const left: Record<Token, string[]> = { n: [], v: [], w: [], d: [] }
  for (const [at, token] of tokens.entries()) left[token].push(found[at + 1] ?? '')
  return shown
    .map((part) => {
      if ('text' in part) return part.text
      const next = left[part.token].shift()
      if (next === undefined || part.token === 'v') return HIDDEN
      return part.token !== 'n' || isKnown(next, context) ? next : HIDDEN
    })
    .join('')
}

/** As a whole, or each step of a namespace or path; a place in an array is part of one, and no name by itself. */
function isKnown(name: string, context: ScrubContext): boolean {
  const bare = name.replace(/^'(.*)'$/, '$1')
  if (context.isName(bare)) return true
  const [first = '', ...steps] = bare.split('.')
  return context.isName(first) && steps.every((step) => /^\d{1,5}$/.test(step) || context.isName(step))
}
