/** What a command is told by: `shape` for those that differ in literals alone, `exact` for those that ask the same (mongodb.md §9). */
import { bytesOf, elements, isNumber, readBoolean, TYPE, type Value } from '../bson/index.js'
import { findCommand, GENERIC } from './commands-table.js'
import type { Command } from './read-command.js'
import { amountOf, firstName, isArray, isDocument, isString, items, numberOf, onlyElement } from './values.js'

/** SHA-256 of a text's UTF-8, in hexadecimal. Handed in, as adapters own no cryptography. */
export type HashText = (text: string) => string

export interface Digests {
  readonly shape: string
  /** Literals are in it: who may not see them may not have it either (R26). */
  readonly exact: string
}

export function digestsOf(command: Command, hash: HashText): Digests {
  return { shape: digest(command, 'shape', hash), exact: digest(command, 'exact', hash) }
}

type Kind = keyof Digests

/** Bytes; a longer command is known by its redacted text. */
const LONGEST = 64 * 1024

/**
 * What records take their digest of. No literal is in it, and neither is code, which holds literals: anybody can try guesses
 * against a digest (R26). Undefined: the command is too long.
 */
export function identityOf(command: Command): string | undefined {
  return sizeOf(command) > LONGEST ? undefined : textOf(command, 'shape')
}

/** Bytes of the body and of the documents that stand beside it. */
export function sizeOf({ body, sequences }: Command): number {
  let size = body.end - body.start
  for (const documents of sequences.values()) for (const { start, end } of documents) size += end - start
  return size
}

/** What a document is, which says whether the order of its names counts and which of its values are literals. */
type Mode =
  | 'filter'
  | 'flags'
  | 'ordered-flags'
  | 'update'
  | 'stages'
  | 'members'
  | 'expression'
  | 'literal'
  | 'name'

/** Arguments that say how an answer is sent, not what is asked. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  ...GENERIC,
  'batchSize',
  'cursor',
  'singleBatch',
  'allowDiskUse',
])

const MODES: Readonly<Record<string, Mode>> = {
  filter: 'filter',
  query: 'filter',
  q: 'filter',
  $match: 'filter',
  restrictSearchWithMatch: 'filter',
  projection: 'flags',
  fields: 'flags',
  $project: 'flags',
  sort: 'ordered-flags',
  $sort: 'ordered-flags',
  sortBy: 'ordered-flags',
  hint: 'ordered-flags',
  key: 'name',
  collation: 'name',
  u: 'update',
  update: 'update',
  updateMods: 'update',
  pipeline: 'stages',
  let: 'expression',
  c: 'expression',
  constants: 'expression',
  nsInfo: 'name',
  ns: 'name',
  to: 'name',
  out: 'name',
  viewOn: 'name',
  collection: 'name',
  multi: 'name',
  upsert: 'name',
  ordered: 'name',
  new: 'name',
  remove: 'name',
  from: 'name',
  as: 'name',
  into: 'name',
  coll: 'name',
  db: 'name',
  localField: 'name',
  foreignField: 'name',
  connectFromField: 'name',
  connectToField: 'name',
  $literal: 'literal',
  $const: 'literal',
}

/** Their texts are names or code. */
const TEXTS: ReadonlySet<string> = new Set(['$unionWith', '$out', '$merge', '$count', '$unset', '$rename'])

/** Stages and operators whose members are names of collections and fields, or say how. */
export const MEMBERED: ReadonlySet<string> = new Set([
  ...['$lookup', '$graphLookup', '$unionWith', '$merge', '$out', '$unwind', '$geoNear', '$setWindowFields'],
  ...['$fill', '$sortArray', '$top', '$topN', '$bottom', '$bottomN'],
])

const SEVERAL: ReadonlySet<string> = new Set(['updates', 'deletes', 'ops'])
const UNORDERED_LISTS: ReadonlySet<string> = new Set([
  '$and',
  '$or',
  '$nor',
  '$in',
  '$nin',
  '$all',
  '$setUnion',
  '$setIntersection',
])

function digest(command: Command, kind: Kind, hash: HashText): string {
  return hash(textOf(command, kind))
}

function textOf(command: Command, kind: Kind): string {
  const members: [string, string][] = []
  let own: Value | undefined
  for (const { name, value } of elements(command.body)) {
    if (own === undefined) own = value
    else if (!LEFT_OUT.has(name)) members.push([name, argument(name, value, kind)])
  }
  for (const [name, documents] of command.sequences) members.push([name, several(documents, name, kind)])
  members.sort(([one], [other]) => (one < other ? -1 : 1))
  const name = findCommand(command.name)?.name ?? command.name
  // A cursor's id is drawn anew for each, and says nothing of what is asked.
  const mode = name === 'getMore' ? 'literal' : own !== undefined && isDocument(own) ? 'expression' : 'name'
  const target = own === undefined ? '' : encode(own, mode, kind)
  const text = list([name, command.database, target, ...members.flat()])
  return `gatehouse/mongo/${kind}/1${text}`
}

function argument(name: string, value: Value, kind: Kind): string {
  if (name === 'limit' && kind === 'shape') return amountOf(value)
  if (SEVERAL.has(name) && isArray(value)) return several([...items(value)], name, kind)
  if (name === 'documents' && isArray(value)) return several([...items(value)], name, kind)
  return encode(value, MODES[name] ?? 'literal', kind)
}

/** Documents alike count once in a shape. */
function several(documents: readonly Value[], name: string, kind: Kind): string {
  const mode = name === 'documents' ? 'literal' : 'members'
  const all = documents.map((each) => encode(each, mode, kind))
  return list(kind === 'shape' ? [...new Set(all)] : all)
}

function encode(value: Value, mode: Mode, kind: Kind): string {
  if (isArray(value)) return array(value, mode, kind)
  if (isDocument(value)) return document(value, mode, kind)
  if (value.type === TYPE.STRING && isPath(value, mode)) return `s${raw(value)}`
  if (mode === 'name') return scalar(value)
  if ((mode === 'flags' || mode === 'ordered-flags') && value.type !== TYPE.STRING) return flag(value, kind)
  return kind === 'exact' ? scalar(value) : token(value)
}

/** A text that begins with `$` names a field where expressions stand. */
function isPath({ source, start }: Value, mode: Mode): boolean {
  return mode !== 'filter' && mode !== 'literal' && mode !== 'update' && source[start + 4] === 0x24
}

/** 1, 1.0 and true say the same; -1 another thing. */
function flag(value: Value, kind: Kind): string {
  if (value.type === TYPE.BOOLEAN) return readBoolean(value) ? 'n1' : 'n0'
  const number = numberOf(value)
  if (number !== undefined) return `n${number}`
  return kind === 'exact' ? scalar(value) : token(value)
}

function document(value: Value, mode: Mode, kind: Kind): string {
  if (mode === 'filter') return list(['f', ...conjuncts(value, kind).sort()])
  const parts: string[] = []
  for (const { name, value: inner } of elements(value)) {
    if (mode === 'members' && name === 'limit' && kind === 'shape') parts.push(list([name, amountOf(inner)]))
    else
      parts.push(
        list([name, encode(inner, TEXTS.has(name) && isString(inner) ? 'name' : within(name, mode), kind)]),
      )
  }
  const free = mode === 'flags' || mode === 'update'
  return list(['d', ...(free ? parts.sort() : parts)])
}

function within(name: string, mode: Mode): Mode {
  if (mode === 'literal' || mode === 'name') return mode
  if (mode === 'update') return name.startsWith('$') ? 'update' : 'literal'
  if (mode !== 'members' && mode !== 'expression' && MEMBERED.has(name)) return 'members'
  const known = Object.hasOwn(MODES, name) ? MODES[name] : undefined
  // What an expression calls so is a field of its own, and a text there a constant.
  if (known !== undefined && (known !== 'name' || mode === 'members')) return known
  if (mode === 'ordered-flags') return mode
  return mode === 'flags' && !name.startsWith('$') ? 'flags' : 'expression'
}

/** `{a: 1}`, `{a: {$eq: 1}}` and `{$and: [{a: 1}]}` are one and the same; a conjunction has no order. */
function conjuncts(filter: Value, kind: Kind): string[] {
  const parts: string[] = []
  for (const { name, value } of elements(filter)) {
    if (name === '$and' && isArray(value)) {
      for (const each of items(value)) if (isDocument(each)) parts.push(...conjuncts(each, kind))
    } else if (name.startsWith('$')) parts.push(list([name, operand(name, value, kind)]))
    else if (isDocument(value) && firstName(value)?.startsWith('$') === true) {
      for (const { name: operator, value: inner } of elements(value)) {
        parts.push(list([name, operator, operand(operator, inner, kind)]))
      }
    } else parts.push(list([name, '$eq', encode(value, 'literal', kind)]))
  }
  return parts
}

const SAID: ReadonlySet<string> = new Set(['$exists', '$type'])

function operand(name: string, value: Value, kind: Kind): string {
  if (SAID.has(name)) return encode(value, 'name', kind)
  if (name === '$where') return kind === 'exact' ? scalar(value) : '?code'
  if (name === '$expr') return encode(value, 'expression', kind)
  if (name === '$comment') return ''
  if ((name === '$in' || name === '$nin' || name === '$all') && isArray(value)) {
    const all = [...items(value)].map((item) => encode(item, 'literal', kind))
    return list(['a', ...new Set(all)].sort())
  }
  if (UNORDERED_LISTS.has(name) && isArray(value)) {
    return list([...items(value)].map((item) => encode(item, 'filter', kind)).sort())
  }
  if (isDocument(value) && (name === '$not' || name === '$elemMatch')) return conditions(value, kind)
  return encode(value, 'literal', kind)
}

function conditions(value: Value, kind: Kind): string {
  const only = onlyElement(value)
  if (only?.name.startsWith('$') && !UNORDERED_LISTS.has(only.name)) {
    return list([only.name, operand(only.name, only.value, kind)])
  }
  return encode(value, 'filter', kind)
}

function array(value: Value, mode: Mode, kind: Kind): string {
  const all = [...items(value)].map((item) => encode(item, mode === 'filter' ? 'literal' : mode, kind))
  const literals =
    kind === 'shape' && mode !== 'stages' && mode !== 'name' && all.every((each) => each.startsWith('?'))
  return list(['a', ...(literals ? [...new Set(all)].sort() : all)])
}

function token(value: Value): string {
  if (isNumber(value)) return '?number'
  if (value.type === TYPE.BINARY) return `?5.${value.source[value.start + 4]}`
  if (value.type === TYPE.CODE || value.type === TYPE.CODE_WITH_SCOPE) return '?code'
  return `?${value.type}`
}

/** Type and bytes: numbers keep their type, doubles their bits. */
function scalar(value: Value): string {
  return `${value.type}:${raw(value)}`
}

function raw(value: Value): string {
  return Buffer.from(bytesOf(value)).toString('latin1')
}

/** Each part with its length, so that no two lists are written alike. */
function list(parts: readonly string[]): string {
  return parts.map((part) => `${Buffer.byteLength(part, 'utf8')}:${part}`).join('')
}
