/** Takes what can carry values out of ErrorResponse and NoticeResponse for viewers with masks (postgres-wire.md §5.6; R20). */
import { errorFields } from '../following/error-fields.js'
import { GENERIC_TEXTS, VALUE_FREE_TEXTS } from './error-texts.js'

export interface ScrubContext {
  /** The text whose reply this is, literals redacted or not: what the viewer wrote, the server may say again. */
  readonly statementText?: string
}

const WITHHELD = 'text withheld: it may carry masked values'
const SEVERITIES = new Set(['ERROR', 'FATAL', 'PANIC', 'WARNING', 'NOTICE', 'DEBUG', 'INFO', 'LOG'])
/** Names of schema, table, column, type and constraint. */
const NAME_FIELDS = 'stcdn'
/** What RAISE and its like in other languages leave as the place of the error; the text and names are the routine's. */
const RAISERS =
  /^(exec_stmt_(raise|assert)|PLy_|plperl|pltcl|do_util_elog|throw_tcl|dblink|pgfdw|tsq_|raise_)/
const RAISING_FILES = /^(pl_|plpy_|plperl|pltcl|plr|plv8|dblink|connection\.c$|postgres_fdw)/
const LONGEST_NAME = 63

/**
 * The body (without its five-byte header) that a viewer with masks may see. What stays: severity, SQLSTATE, a message
 * of a known form, names that the server itself gave. DETAIL, HINT, CONTEXT, internal queries and source lines go. Never
 * throws; of a body that is malformed only what could be read counts.
 */
export function scrubError(body: Uint8Array, kind: 'error' | 'notice', context: ScrubContext): Buffer {
  const fields = errorFields(body)
  const fallback = kind === 'error' ? 'ERROR' : 'NOTICE'
  const severity = SEVERITIES.has(fields.get('V') ?? '') ? (fields.get('V') as string) : fallback
  const given = fields.get('C') ?? ''
  const state = /^[\dA-Z]{5}$/.test(given) ? given : kind === 'error' ? 'XX000' : '00000'
  const server = isServersOwn(fields)
  const names = new Map([...fields].filter(([letter, name]) => NAME_FIELDS.includes(letter) && isName(name)))
  const statement = context.statementText ?? ''
  const parsed = server && readsStatement(fields, state, statement)
  const message = fields.get('M') ?? ''
  const shown = parsed || (server && isValueFree(message, state, [...names.values()], statement))

  const kept: (readonly [string, string])[] = [
    ['S', severity],
    ['V', severity],
    ['C', state],
    ['M', shown ? message : genericText(state, kind)],
  ]
  if (parsed) for (const letter of ['H', 'P']) kept.push([letter, fields.get(letter) ?? ''])
  if (shown) kept.push(...names)
  return writeFields(kept.filter(([, value]) => value !== ''))
}

/** The error's place in the server's sources, which no statement can set, is that of the server and not of a routine. */
function isServersOwn(fields: ReadonlyMap<string, string>): boolean {
  const file = fields.get('F') ?? ''
  const routine = fields.get('R') ?? ''
  if (file === '' || routine === '' || fields.has('q') || fields.has('p')) return false
  return !RAISERS.test(routine) && !RAISING_FILES.test(file.replace(/^.*\//, ''))
}

/**
 * Whether the error comes from reading the viewer's own text, before any row was touched: only then does the server give
 * a position in it. Every quoted part must be found in that text.
 */
function readsStatement(fields: ReadonlyMap<string, string>, state: string, statement: string): boolean {
  if (!/^(22|42)/.test(state) || !/^[1-9]\d{0,9}$/.test(fields.get('P') ?? '') || statement === '')
    return false
  const quoted = [...`${fields.get('M')}`.matchAll(/"([^"]*)"/g)].map(([, part = '']) => part)
  return quoted.every((part) => isWritten(part, statement))
}

function isValueFree(message: string, state: string, names: readonly string[], statement: string): boolean {
  for (const form of VALUE_FREE_TEXTS.get(state) ?? []) {
    const found = form.exec(message)
    if (found === null) continue
    return found
      .slice(1)
      .filter((part) => part !== undefined)
      .every((part) => names.includes(part) || isWritten(part, statement))
  }
  return false
}

/** Names are folded to lower case unless quoted, and doubled quotes are single in a message. */
function isWritten(part: string, statement: string): boolean {
  return part !== '' && statement.replaceAll('""', '"').toLowerCase().includes(part.toLowerCase())
}

function isName(name: string): boolean {
  return name !== '' && Buffer.byteLength(name) <= LONGEST_NAME
}

function genericText(state: string, kind: 'error' | 'notice'): string {
  const what =
    GENERIC_TEXTS.get(state.slice(0, 2)) ??
    (kind === 'error' ? 'the database answered with an error' : 'notice')
  return `${what} (${WITHHELD})`
}

function writeFields(fields: readonly (readonly [string, string])[]): Buffer {
  return Buffer.from(`${fields.map(([letter, value]) => `${letter}${value}\0`).join('')}\0`)
}
