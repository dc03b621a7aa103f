/** A command as people and records read it: names and operators stay, every literal is a question mark. */
import { elements, isNested, TYPE, type Value } from '../bson/index.js'
import { GENERIC } from './commands-table.js'
import type { Command } from './read-command.js'
import { MEMBERED } from './shape.js'

/** Characters; what is longer ends in an ellipsis. */
const LONGEST = 4096

/**
 * `literal`: every value is a literal. `flags`: numbers and booleans say how, as in a sort or a projection. `expression`:
 * texts that begin with `$` are fields. `members`: so they are, and some names say what stands under them. `name`: texts are names. `update`: an expression where it is a pipeline, else what
 * is stored.
 */
type Mode = 'literal' | 'flags' | 'expression' | 'members' | 'name' | 'update'

/** Top-level arguments; others are literals. */
const ARGUMENTS: Readonly<Record<string, Mode>> = {
  sort: 'flags',
  hint: 'flags',
  projection: 'flags',
  fields: 'flags',
  collation: 'name',
  pipeline: 'expression',
  let: 'expression',
  updates: 'members',
  update: 'update',
  multi: 'flags',
  upsert: 'flags',
  ordered: 'flags',
  new: 'flags',
  remove: 'flags',
  bypassDocumentValidation: 'flags',
  nameOnly: 'flags',
  authorizedCollections: 'flags',
  verbosity: 'name',
  key: 'name',
  collection: 'name',
  to: 'name',
  out: 'name',
  viewOn: 'name',
  toCollection: 'name',
  ns: 'name',
  nsInfo: 'name',
  ops: 'members',
  deletes: 'members',
  indexes: 'flags',
}

/** Within expressions and pipelines. */
const WITHIN: Readonly<Record<string, Mode>> = {
  $match: 'literal',
  $elemMatch: 'literal',
  partialFilterExpression: 'literal',
  u: 'update',
  updateMods: 'update',
  $literal: 'literal',
  $const: 'literal',
  $documents: 'literal',
  q: 'literal',
  filter: 'literal',
  query: 'literal',
  document: 'literal',
  restrictSearchWithMatch: 'literal',
  arrayFilters: 'literal',
  $sort: 'flags',
  $project: 'flags',
  $unset: 'name',
  $rename: 'name',
  $count: 'name',
  $out: 'name',
  into: 'name',
  coll: 'name',
  db: 'name',
  from: 'name',
  as: 'name',
  localField: 'name',
  foreignField: 'name',
  connectFromField: 'name',
  connectToField: 'name',
  distanceField: 'name',
  depthField: 'name',
  includeArrayIndex: 'name',
  $unionWith: 'name',
  pipeline: 'expression',
  whenMatched: 'expression',
  multi: 'flags',
  upsert: 'flags',
  limit: 'flags',
  collation: 'name',
  sort: 'flags',
  sortBy: 'flags',
}

export function redact(command: Command, name: string): string {
  const parts: string[] = []
  const left = { room: LONGEST }
  let own: Value | undefined
  for (const { name: argument, value } of elements(command.body)) {
    if (own === undefined) own = value
    else if (!GENERIC.has(argument)) {
      const documents = argument === 'documents' && value.type === TYPE.ARRAY
      const shown = documents
        ? first(itemsOf(value), left)
        : show(value, ARGUMENTS[argument] ?? 'literal', left)
      parts.push(`${shownName(argument)}: ${shown}`)
    }
  }
  for (const [argument, documents] of command.sequences) {
    const shown =
      argument === 'documents'
        ? first(documents, left)
        : list(documents, ARGUMENTS[argument] ?? 'literal', left)
    parts.push(`${shownName(argument)}: ${shown}`)
  }
  const on = own?.type === TYPE.STRING ? `.${textIn(own)}` : ''
  // The command that is explained.
  const nested =
    own?.type === TYPE.DOCUMENT ? `${explained(command, own)}${parts.length > 0 ? ', ' : ''}` : ''
  const inner = parts.length > 0 ? `{ ${parts.join(', ')} }` : ''
  const text = `${command.database}${on}.${name}(${nested}${inner})`
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

function explained(command: Command, body: Value): string {
  for (const { name } of elements(body)) {
    const inner = { name, database: command.database, body, sequences: new Map() }
    return NESTING.has(name) ? '…' : redact(inner, shownName(name))
  }
  return '{}'
}

const NESTING: ReadonlySet<string> = new Set(['explain'])

interface Left {
  room: number
}

function show(value: Value, mode: Mode, left: Left): string {
  if (left.room <= 0) return '…'
  left.room -= 2
  if (mode === 'update') return show(value, value.type === TYPE.ARRAY ? 'expression' : 'literal', left)
  if (value.type === TYPE.ARRAY) return list(itemsOf(value), mode, left)
  if (value.type === TYPE.DOCUMENT) return document(value, mode, left)
  if (value.type === TYPE.STRING) return string(value, mode)
  if (mode === 'flags' || mode === 'name') return flag(value)
  return value.type === TYPE.NULL ? 'null' : '?'
}

function document(value: Value, mode: Mode, left: Left): string {
  const parts: string[] = []
  for (const { name, value: inner } of elements(value)) {
    if (left.room <= 0) {
      parts.push('…')
      break
    }
    left.room -= name.length + 4
    parts.push(`${shownName(name)}: ${show(inner, modeOf(name, mode), left)}`)
  }
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`
}

function modeOf(name: string, mode: Mode): Mode {
  if (name === '$expr') return 'expression'
  if (mode === 'literal') return Object.hasOwn(VISIBLE, name) ? 'flags' : 'literal'
  if (name === 'partialFilterExpression') return 'literal'
  if (mode === 'expression' || mode === 'members' || (mode === 'flags' && name.startsWith('$'))) {
    if (MEMBERED.has(name)) return 'members'
    const known = Object.hasOwn(WITHIN, name) ? WITHIN[name] : undefined
    // What an expression calls so is a field of its own, and what stands there a constant.
    const told = name.startsWith('$') || mode === 'members' || known === 'literal'
    return told ? (known ?? 'expression') : 'expression'
  }
  return mode
}

/** Their operand says what is asked, not for which value. */
const VISIBLE = { $exists: true, $type: true } as const

function* itemsOf(array: Value): Generator<Value, void, undefined> {
  for (const { value } of elements(array)) yield value
}

/** One document says what the others are like. */
function first(documents: Iterable<Value>, left: Left): string {
  let shown: string | undefined
  for (const document of documents) {
    if (shown !== undefined) return `[${shown}, …]`
    shown = show(document, 'literal', left)
  }
  return `[${shown ?? ''}]`
}

/** Equal neighbours are shown once. */
function list(values: Iterable<Value>, mode: Mode, left: Left): string {
  const parts: string[] = []
  for (const value of values) {
    if (left.room <= 0) {
      parts.push('…')
      break
    }
    const text = show(value, mode, left)
    if (text !== parts.at(-1)) parts.push(text)
  }
  return `[${parts.join(', ')}]`
}

function string(value: Value, mode: Mode): string {
  if (mode === 'name') return JSON.stringify(textIn(value))
  const field = mode !== 'literal' && value.source[value.start + 4] === 0x24
  return field ? JSON.stringify(textIn(value)) : '"?"'
}

function flag(value: Value): string {
  const { source, start } = value
  if (value.type === TYPE.BOOLEAN) return source[start] === 1 ? 'true' : 'false'
  if (value.type === TYPE.INT32)
    return String(new DataView(source.buffer, source.byteOffset + start, 4).getInt32(0, true))
  if (value.type === TYPE.DOUBLE)
    return String(new DataView(source.buffer, source.byteOffset + start, 8).getFloat64(0, true))
  if (value.type === TYPE.INT64)
    return String(new DataView(source.buffer, source.byteOffset + start, 8).getBigInt64(0, true))
  return isNested(value) ? '…' : '?'
}

const LONGEST_NAME = 200

function textIn({ source, start, end }: Value): string {
  const most = Math.min(end - 1, start + 4 + LONGEST_NAME)
  return Buffer.from(source.buffer, source.byteOffset + start + 4, most - start - 4).toString('utf8')
}

function shownName(name: string): string {
  return /^[\w$.]{1,200}$/.test(name) ? name : JSON.stringify(name.slice(0, LONGEST_NAME))
}
