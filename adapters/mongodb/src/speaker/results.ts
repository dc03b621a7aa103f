/** What a scripted server says of a play: the reply's document, by the command that it answers. */
import type { Play, ShownColumn } from '@gatehouse/adapter-contract'
import { type Document, Double, Int32, Long } from 'bson'
import { fieldOf } from './say.js'

export const OK = { ok: new Double(1) }

export const failed = (code: number, codeName: string, errmsg: string): Document => ({
  ok: new Double(0),
  errmsg,
  code,
  codeName,
})

function stored(cell: string | null, { kind }: ShownColumn): unknown {
  if (cell === null || kind === 'text') return cell
  return kind === 'integer' ? new Int32(Number(cell)) : JSON.parse(cell)
}

/** `_id` comes first, whatever the projection's order. */
function documentsOf({ columns, rows }: Play): readonly Document[] {
  return rows.map((row) => {
    const fields = columns.map(
      (column, index) => [fieldOf(column.name), stored(row[index] ?? null, column)] as const,
    )
    const isKey = ([name]: (typeof fields)[number]) => name === '_id'
    return Object.fromEntries([...fields.filter(isKey), ...fields.filter((field) => !isKey(field))])
  })
}

export const cursorReply = (ns: string, documents: readonly Document[]): Document => ({
  cursor: { firstBatch: documents, id: Long.ZERO, ns },
  ...OK,
})

export function resultOf(command: Document, play: Play): Document {
  if (play.failure !== undefined) return failed(96, 'OperationFailed', play.failure)
  const [name = ''] = Object.keys(command)
  const documents = documentsOf(play)
  const changed = new Int32(play.changed ?? 0)
  switch (name) {
    case 'find':
    case 'aggregate':
      return cursorReply(`${command.$db}.${command[name]}`, documents)
    case 'distinct':
      return { values: documents.flatMap((each) => Object.values(each)), ...OK }
    case 'insert':
      return { n: new Int32(command.documents.length), ...OK }
    case 'update':
      return { n: changed, nModified: changed, ...OK }
    case 'delete':
    case 'count':
      return { n: changed, ...OK }
    default:
      return failed(59, 'CommandNotFound', `no such command: '${name}'`)
  }
}
