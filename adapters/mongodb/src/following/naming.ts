/** Lists of what there is, for whoever may not know of all of it: names that nothing of theirs may be read of are left out (mongodb.md §4). */

import { createByteWriter } from '@gatehouse/adapter-kit'
import {
  createDocumentWriter,
  type DocumentWriter,
  documentValue,
  elements,
  findValue,
  isNumber,
  readNumber,
  readString,
  TYPE,
  type Value,
} from '../bson/index.js'
import type { ReplyPlan } from '../reading/read-command.js'
import type { ConversationParts } from '../session/parts.js'
import { touching } from '../session/privileges.js'

/** The reply, or with `isNext` a getMore's, without the entries that its viewer may not know of; sums of sizes are what is left. */
export function withoutUnknown(
  body: Value,
  filtered: ReplyPlan['filtered'],
  database: string,
  isNext: boolean,
  parts: ConversationParts,
): Value {
  if (filtered === undefined) return body
  const path = filtered === 'databases' ? ['databases'] : ['cursor', isNext ? 'nextBatch' : 'firstBatch']
  const knows =
    filtered === 'databases'
      ? (name: string) => parts.house.server.serves(name) && mayRead([name], parts)
      : (name: string) => mayRead([database, name], parts)
  const out = createByteWriter(body.end - body.start + 64)
  const writer = createDocumentWriter(out).begin()
  const total = writeFiltered(writer, body, path, knows)
  if (filtered === 'databases' && findValue(body, 'totalSize') !== undefined)
    writer.double('totalSize', total)
  writer.end()
  return documentValue(out.bytes, 0, out.length)
}

const SUMS: ReadonlySet<string> = new Set(['totalSize', 'totalSizeMb'])

/** The sum of `sizeOnDisk` of what stays. */
function writeFiltered(
  writer: DocumentWriter,
  document: Value,
  [head, ...rest]: readonly string[],
  knows: (name: string) => boolean,
): number {
  let total = 0
  for (const { name, value, start } of elements(document)) {
    if (name !== head) {
      if (!SUMS.has(name)) writer.elements(value.source, start, value.end)
    } else if (rest.length > 0 && value.type === TYPE.DOCUMENT) {
      writer.begin(name)
      total += writeFiltered(writer, value, rest, knows)
      writer.end()
    } else if (value.type === TYPE.ARRAY) total += writeEntries(writer, name, value, knows)
  }
  return total
}

function writeEntries(
  writer: DocumentWriter,
  name: string,
  list: Value,
  knows: (name: string) => boolean,
): number {
  let total = 0
  let index = 0
  writer.beginArray(name)
  for (const { value } of elements(list)) {
    const called = value.type === TYPE.DOCUMENT ? findValue(value, 'name') : undefined
    if (called?.type !== TYPE.STRING || !knows(readString(called))) continue
    writer.raw(String(index), value)
    index += 1
    const size = findValue(value, 'sizeOnDisk')
    if (size !== undefined && isNumber(size) && size.type !== TYPE.DECIMAL128)
      total += Number(readNumber(size))
  }
  writer.end()
  return total
}

/** Of a database: one of its collections, known or not. */
function mayRead(path: readonly string[], { gate, house }: ConversationParts): boolean {
  const [database = '', collection] = path
  if (collection !== undefined) return gate.wouldPermit(touching('read', [database, collection]))
  const known = house.server.catalog().collections(database)
  return (
    known.some(({ name }) => gate.wouldPermit(touching('read', [database, name]))) ||
    gate.wouldPermit(touching('read', [database]))
  )
}
