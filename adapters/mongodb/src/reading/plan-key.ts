/** A command's bytes without what reading never looks at: commands of one key mean the same (R5). */
import {
  FIXED_SIZES,
  hasEnd,
  isFreeStored,
  type ListedDocument,
  nulAt,
  TYPE,
  textAt,
  valueEnd,
} from '../bson/index.js'
import { GENERIC } from './commands-table.js'
import type { Command } from './read-command.js'
import { amountOf } from './values.js'

/**
 * `exact`: every byte counts. `skip`: the name alone. `scalar`: a number's type. `limit`: and whether it is none, one or
 * more. `filter`: constants count by their type. `stored`: so do they, but texts that could be masks. `operators`, `updates`,
 * `deletes`, `stages`: what holds those.
 */
type Mode =
  | 'exact'
  | 'skip'
  | 'scalar'
  | 'limit'
  | 'filter'
  | 'stored'
  | 'operators'
  | 'updates'
  | 'deletes'
  | 'stages'
  | 'documents'

/** A command's body; `more`: a getMore's. */
type Top = 'top' | 'more'

const KEYED: ReadonlySet<string> = new Set([
  'find',
  'aggregate',
  'count',
  'distinct',
  'insert',
  'update',
  'delete',
  'findAndModify',
  'getMore',
])

const ARGUMENTS: ReadonlyMap<string, Mode> = new Map([
  ['filter', 'filter'],
  ['query', 'filter'],
  ['limit', 'limit'],
  ['skip', 'scalar'],
  ['batchSize', 'scalar'],
  ['documents', 'documents'],
  ['updates', 'updates'],
  ['deletes', 'deletes'],
  ['pipeline', 'stages'],
  ['update', 'operators'],
])

/** Operators of filters whose operand is read for what it says. */
const READ: ReadonlySet<string> = new Set([
  '$expr',
  '$where',
  '$text',
  '$jsonSchema',
  '$sampleRate',
  '$exists',
  '$type',
])
/** Operators of updates whose operand is stored and nothing else. */
const STORING: ReadonlySet<string> = new Set(['$set', '$setOnInsert', '$inc', '$mul', '$min', '$max'])

const LONGEST = 4096
const scratch = Buffer.allocUnsafe(LONGEST)
let length = 0

/** What follows, so that no two commands are written alike. */
const EXACT = 1
const FREE = 2
const ANOTHER = 3
const AGAIN = 4

const FREE_TYPES: ReadonlySet<number> = new Set([
  ...[TYPE.INT32, TYPE.INT64, TYPE.DATE, TYPE.OBJECT_ID, TYPE.TIMESTAMP],
])

class TooLong extends Error {}
const TOO_LONG = new TooLong()

/** Undefined: not worth keeping. The database is in it. */
export function planKey(command: Command): string | undefined {
  if (!KEYED.has(command.name)) return undefined
  length = 0
  try {
    text(command.database)
    const { source, start, end } = command.body
    // Which cursor goes on is no part of how that is read.
    walk(source, start, end, command.name === 'getMore' ? 'more' : 'top')
    for (const [name, documents] of command.sequences) {
      text(name)
      const mode = itemMode(ARGUMENTS.get(name) ?? 'exact')
      if (mode === 'stored') alike(documents)
      else
        for (const document of documents) {
          byte(ANOTHER)
          walk(document.source, document.start, document.end, mode)
        }
      byte(0)
    }
    return scratch.toString('latin1', 0, length)
  } catch (error) {
    if (error === TOO_LONG) return undefined
    throw error
  }
}

/** Documents to be stored that are like the one before count once, and that there are more of them: how many nobody asks. */
function alike(documents: readonly ListedDocument[]): void {
  let start = 0
  let size = -1
  let isAgain = false
  for (const { source, start: from, end, again } of documents) {
    const at = length
    if (again !== true) {
      byte(ANOTHER)
      walk(source, from, end, 'stored')
    }
    if (again === true || isWrittenAlike(start, size, at)) {
      length = at
      if (!isAgain) byte(AGAIN)
      isAgain = true
      continue
    }
    start = at
    size = length - at
    isAgain = false
  }
}

function isWrittenAlike(start: number, size: number, at: number): boolean {
  return length - at === size && scratch.compare(scratch, start, start + size, at, length) === 0
}

/** Of types whose values never count where they are stored; −1 for all others, and for those that can lie about themselves. */
const FREE_SIZES = FIXED_SIZES.map((size, type) => (FREE_TYPES.has(type) ? size : -1))

/** Places instead of values: a batch of documents would make one object for each of its fields. */
function walk(source: Uint8Array, start: number, end: number, mode: Mode | Top): void {
  const last = end - 1
  const own = mode === 'top' ? 'exact' : mode === 'more' ? 'scalar' : undefined
  const same =
    mode === 'exact' || mode === 'skip' || mode === 'scalar' || mode === 'limit' || mode === 'stored'
  let at = start + 4
  let isFirst = true
  while (at < last) {
    const type = source[at] as number
    const from = head(source, at, last)
    const size = mode === 'stored' ? (FREE_SIZES[type] as number) : -1
    if (size >= 0 && size <= last - from) {
      byte(FREE)
      at = from + size
      continue
    }
    const next = valueEnd(type, source, from, last)
    const inner =
      isFirst && own !== undefined ? own : same ? mode : modeOf(mode, textAt(source, at + 1, from - 1))
    isFirst = false
    value(type, source, from, next, inner)
    at = next
  }
  byte(0)
}

/** Copies a type and a name with its NUL; answers where the value begins. */
function head(source: Uint8Array, start: number, last: number): number {
  let at = start
  let to = length
  scratch[to++] = source[at++] as number
  for (;;) {
    if (at >= last || to >= LONGEST) throw TOO_LONG
    const letter = source[at++] as number
    scratch[to++] = letter
    if (letter === 0) break
  }
  length = to
  return at
}

function modeOf(mode: Mode | Top, name: string): Mode {
  switch (mode) {
    case 'top':
    case 'more':
      return name === '$db' ? 'exact' : GENERIC.has(name) ? 'skip' : (ARGUMENTS.get(name) ?? 'exact')
    case 'filter':
      return READ.has(name) ? 'exact' : 'filter'
    case 'operators':
      return STORING.has(name) ? 'stored' : name.startsWith('$') ? 'exact' : 'stored'
    case 'updates':
      return name === 'q' ? 'filter' : name === 'u' ? 'operators' : 'exact'
    case 'deletes':
      return name === 'q' ? 'filter' : 'exact'
    case 'stages':
      return name === '$match' ? 'filter' : name === '$limit' || name === '$skip' ? 'scalar' : 'exact'
    default:
      return 'exact'
  }
}

function value(type: number, source: Uint8Array, start: number, end: number, mode: Mode): void {
  if (mode === 'skip') return
  if (mode === 'limit') text(amountOf({ type, source, start, end }))
  if (type === TYPE.ARRAY) list(source, start, end, mode)
  else if (type === TYPE.DOCUMENT)
    walk(source, start, end, mode === 'scalar' || mode === 'limit' ? 'exact' : mode)
  else if (isFree(type, source, start, end, mode)) byte(FREE)
  else {
    byte(EXACT)
    integer(end - start)
    copy(source, start, end)
  }
}

/** Runs of free constants of one type count once; how many there are nobody asks. */
function list(source: Uint8Array, start: number, end: number, mode: Mode): void {
  const last = end - 1
  const item = itemMode(mode)
  let at = start + 4
  let run = -1
  while (at < last) {
    const type = source[at] as number
    const from = nulAt(source, at + 1, last) + 1
    const next = valueEnd(type, source, from, last)
    const free = type !== TYPE.DOCUMENT && type !== TYPE.ARRAY && isFree(type, source, from, next, item)
    if (!free || run !== type) {
      byte(type)
      value(type, source, from, next, item)
    }
    run = free ? type : -1
    at = next
  }
  byte(0)
}

function itemMode(mode: Mode): Mode {
  if (mode === 'documents') return 'stored'
  return mode === 'operators' || mode === 'scalar' || mode === 'limit' ? 'exact' : mode
}

/** Its value is never looked at. */
function isFree(type: number, source: Uint8Array, start: number, end: number, mode: Mode): boolean {
  switch (mode) {
    case 'stored':
      return isFreeStored(type, source, start, end)
    case 'filter':
      return type === TYPE.STRING || isFreeStored(type, source, start, end)
    case 'scalar':
    case 'limit':
      return type === TYPE.INT32 || type === TYPE.INT64 || (type === TYPE.DOUBLE && hasEnd(source, start))
    default:
      return false
  }
}

function copy(source: Uint8Array, start: number, end: number): void {
  if (length + end - start > LONGEST) throw TOO_LONG
  for (let at = start; at < end; at++) scratch[length++] = source[at] as number
}

function byte(value: number): void {
  if (length >= LONGEST) throw TOO_LONG
  scratch[length++] = value
}

function integer(value: number): void {
  for (let shift = 0; shift < 32; shift += 8) byte((value >>> shift) & 0xff)
}

function text(name: string): void {
  const bytes = Buffer.from(name)
  integer(bytes.length)
  copy(bytes, 0, bytes.length)
}
