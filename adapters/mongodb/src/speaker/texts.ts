/** The suite's texts are commands as Extended JSON; here they become bytes, and become texts again (EJSON specification, relaxed). */
import { type Document, EJSON, serialize } from 'bson'

/** What a command has beside itself: of the connection and of whoever carried it here. */
const CARRIED = new Set([
  '$db',
  'lsid',
  'comment',
  '$clusterTime',
  '$readPreference',
  'txnNumber',
  'startTransaction',
  'autocommit',
])

/** Lists of documents come last, as they do when they are sections of their own. */
export const textOf = (command: Document): string => EJSON.stringify(command, { relaxed: true })

/** The text that a command was, whatever has been laid beside it on the way. */
export function textOfArrived(command: Document): string {
  return textOf(Object.fromEntries(Object.entries(command).filter(([name]) => !CARRIED.has(name))))
}

/**
 * One document or several, whose fields follow one another in one; behind them, in quotes, what becomes the value of a field that no
 * command has. Any other text is a command of that name.
 */
const DOCUMENTS = /^(\{.*\})(?: '(.*)')?$/s

export function documentsOf(text: string): readonly Document[] {
  const [, documents, quoted] = DOCUMENTS.exec(text) ?? []
  if (documents === undefined) {
    const [, name = '', rest = ''] = /^(\S*)\s*(.*)$/s.exec(text) ?? []
    return [{ [name]: rest }]
  }
  const each = documents.split(/(?<=\}) (?=\{)/).map((part) => EJSON.parse(part) as Document)
  return quoted === undefined ? each : [...each, { said: quoted }]
}

/** One document with all their fields, names that repeat included: an object would keep one of them alone. */
export function joined(documents: readonly Document[]): Buffer {
  const fields = Buffer.concat(documents.map((each) => serialize(each).subarray(4, -1)))
  const length = Buffer.alloc(4)
  length.writeInt32LE(fields.length + 5)
  return Buffer.concat([length, fields, Buffer.of(0)])
}
