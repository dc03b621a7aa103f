/** Names that an error's text may show to a viewer with masks: those that the command says, and those that the catalog has. */
import { elements, findValue, isNested, readString, TYPE, type Value } from '../bson/index.js'
import type { ErrorContext } from '../masking/index.js'
import type { Arrived } from '../session/arriving.js'
import type { ConversationParts } from '../session/parts.js'

/** More names than a command needs are data. */
const MOST = 10_000

/** Nothing is looked at before a text asks. */
export function errorContext({ command }: Arrived, parts: ConversationParts): ErrorContext {
  let known: ReadonlySet<string> | undefined
  return {
    isBulkWrite: command.name === 'bulkWrite' || goesOn(command),
    isName(name) {
      known ??= namesOf(command.body, command.database, parts)
      return known.has(name)
    },
  }
}

/** With a cursor of a command's own, as bulkWrite's: what stands in it can be errors, as in its first batch. */
function goesOn({ name, body }: Arrived['command']): boolean {
  const collection = name === 'getMore' ? findValue(body, 'collection') : undefined
  return collection?.type === TYPE.STRING && readString(collection).startsWith('$cmd')
}

function namesOf(body: Value, database: string, { house }: ConversationParts): ReadonlySet<string> {
  const names = new Set<string>([database, '_id_'])
  for (const { name, fields } of house.server.catalog().collections(database)) {
    names.add(name).add(`${database}.${name}`)
    for (const { path } of fields.values()) for (const part of path) names.add(part)
  }
  const [first] = elements(body)
  if (first?.value.type === TYPE.STRING) {
    const collection = readString(first.value)
    names.add(collection).add(`${database}.${collection}`)
  }
  const open: Value[] = [body]
  for (let next = open.pop(); next !== undefined && names.size < MOST; next = open.pop())
    for (const { name, value } of elements(next)) {
      names.add(name)
      if (isNested(value)) open.push(value)
    }
  return names
}
