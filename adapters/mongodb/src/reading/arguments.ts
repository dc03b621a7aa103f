/** A command's arguments, each held against what the command may have. */
import { elements, type Value } from '../bson/index.js'
import { type CommandEntry, GENERIC, INTERNAL } from './commands-table.js'
import type { Command } from './read-command.js'
import { badValue, FAILED_TO_PARSE, MISSING_FIELD, UNKNOWN_FIELD, Unread } from './unread.js'
import { isArray, isDocument, items, wantString } from './values.js'

export interface Arguments {
  readonly command: Command
  readonly entry: CommandEntry
  /** Of the command's own key. */
  readonly value: Value
  readonly members: ReadonlyMap<string, Value>
}

/** Documents that may stand in a section of their own. */
const SEQUENCED: Readonly<Record<string, readonly string[]>> = {
  insert: ['documents'],
  update: ['updates'],
  delete: ['deletes'],
  bulkWrite: ['ops', 'nsInfo'],
}

/** Throws for an argument that the command does not have, and for one that stands twice. */
export function readArguments(command: Command, entry: CommandEntry): Arguments {
  const members = new Map<string, Value>()
  let own: Value | undefined
  for (const { name, value } of elements(command.body)) {
    if (own === undefined) {
      own = value
      continue
    }
    if (members.has(name) || name === command.name) {
      throw new Unread(`BSON field '${entry.name}.${name}' is a duplicate field`, FAILED_TO_PARSE)
    }
    checkName(name, entry)
    members.set(name, value)
  }
  if (own === undefined) throw badValue('a command without a name')
  for (const name of command.sequences.keys()) {
    if (SEQUENCED[entry.name]?.includes(name) !== true || members.has(name)) throw unknownField(name, entry)
  }
  return { command, entry, value: own, members }
}

function checkName(name: string, entry: CommandEntry): void {
  if (INTERNAL.has(name)) {
    throw new Unread(`'${name}' is for servers of a cluster among themselves`, UNKNOWN_FIELD, 'GH_FORBIDDEN')
  }
  if (entry.fields !== undefined && !GENERIC.has(name) && !entry.fields.has(name))
    throw unknownField(name, entry)
}

function unknownField(name: string, { name: command }: CommandEntry): Unread {
  return new Unread(`BSON field '${command}.${name}' is an unknown field.`, UNKNOWN_FIELD)
}

/** Of a part of the command: only these members, and each once. */
export function checkMembers(
  members: ReadonlyMap<string, Value>,
  where: string,
  allowed: ReadonlySet<string>,
): void {
  for (const name of members.keys()) {
    if (allowed.has(name)) continue
    if (INTERNAL.has(name)) {
      throw new Unread(
        `'${name}' is for servers of a cluster among themselves`,
        UNKNOWN_FIELD,
        'GH_FORBIDDEN',
      )
    }
    throw new Unread(`BSON field '${where}.${name}' is an unknown field.`, UNKNOWN_FIELD)
  }
}

/** The collection that the command's key names. A number names none, and a UUID is an internal form. */
export function collectionName({ value, entry }: Arguments): string {
  return wantString(value, entry.name)
}

export function required({ members, entry }: Arguments, name: string): Value {
  const found = members.get(name)
  if (found === undefined) {
    throw new Unread(`BSON field '${entry.name}.${name}' is missing but a required field`, MISSING_FIELD)
  }
  return found
}

/** A list of documents, wherever it stands. */
export function documentsIn(given: Arguments, name: string): readonly Value[] {
  const sequence = given.command.sequences.get(name)
  if (sequence !== undefined) return sequence
  const array = required(given, name)
  if (!isArray(array)) throw badValue(`'${name}' must be an array`)
  const found = [...items(array)]
  for (const each of found) if (!isDocument(each)) throw badValue(`'${name}' must hold objects`)
  return found
}
