/** How many documents a reply says that its command has changed. */
import { elements, findValue, isNumber, readNumber, TYPE, type Value } from '../bson/index.js'

/** 0 where it says nothing. */
export function affectedBy(command: string, body: Value): number {
  switch (command) {
    case 'insert':
    case 'delete':
      return numberAt(body, 'n')
    case 'update':
      return numberAt(body, 'nModified') + lengthAt(body, 'upserted')
    case 'findAndModify':
    case 'findandmodify': {
      const last = findValue(body, 'lastErrorObject')
      return last?.type === TYPE.DOCUMENT ? numberAt(last, 'n') : 0
    }
    case 'bulkWrite':
      return ['nInserted', 'nModified', 'nUpserted', 'nDeleted'].reduce(
        (sum, name) => sum + numberAt(body, name),
        0,
      )
    default:
      return 0
  }
}

function numberAt(document: Value, name: string): number {
  const value = findValue(document, name)
  return value !== undefined && isNumber(value) && value.type !== TYPE.DECIMAL128
    ? Number(readNumber(value))
    : 0
}

function lengthAt(document: Value, name: string): number {
  const value = findValue(document, name)
  return value?.type === TYPE.ARRAY ? [...elements(value)].length : 0
}
