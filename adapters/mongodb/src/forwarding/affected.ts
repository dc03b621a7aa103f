/** How many documents a command can change at most, where that is certain before it runs (R21). */
import { elements, findValue, isNumber, readBoolean, readNumber, TYPE, type Value } from '../bson/index.js'
import type { Command } from '../reading/read-command.js'

/** Undefined: as many as there are. */
export function mostAffected({ name, body, sequences }: Command): number | undefined {
  switch (name) {
    case 'insert':
      return countOf('documents', body, sequences)
    case 'update':
      return each('updates', body, sequences, isSingle)
    case 'delete':
      return each('deletes', body, sequences, isOne)
    case 'bulkWrite':
      return each('ops', body, sequences, (op) => isSingle(op))
    case 'findAndModify':
    case 'findandmodify':
      return 1
    default:
      return undefined
  }
}

type Sequences = Command['sequences']

function* listed(name: string, body: Value, sequences: Sequences): Iterable<Value> {
  yield* sequences.get(name) ?? []
  const list = findValue(body, name)
  if (list?.type === TYPE.ARRAY) for (const { value } of elements(list)) yield value
}

function countOf(name: string, body: Value, sequences: Sequences): number {
  let count = 0
  for (const _ of listed(name, body, sequences)) count += 1
  return count
}

function each(
  name: string,
  body: Value,
  sequences: Sequences,
  single: (document: Value) => boolean,
): number | undefined {
  let count = 0
  for (const document of listed(name, body, sequences)) {
    if (document.type !== TYPE.DOCUMENT || !single(document)) return undefined
    count += 1
  }
  return count
}

/** `multi` is not said, or is false itself. */
function isSingle(update: Value): boolean {
  const multi = findValue(update, 'multi')
  return multi === undefined || (multi.type === TYPE.BOOLEAN && !readBoolean(multi))
}

function isOne(remove: Value): boolean {
  const limit = findValue(remove, 'limit')
  return limit !== undefined && isNumber(limit) && limit.type !== TYPE.DECIMAL128 && readNumber(limit) === 1
}
