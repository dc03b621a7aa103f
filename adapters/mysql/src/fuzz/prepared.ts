/** The model's prepared statements: their ids, values that were sent before, and cursors (manual, "Prepared Statements"). */
import { COM, STATUS } from '../messages/index.js'
import * as say from './backend.js'
import type { Layout } from './layout.js'
import type { RunningParts } from './parts.js'
import type { Running } from './running.js'
import { filled, type Meaning, meaningsOf, parametersOf, type Result } from './statements.js'
import { type Sent, valuesOf } from './values.js'

interface Prepared {
  readonly meaning: Meaning
  readonly sent: Sent
  cursor: { readonly result: Result; at: number } | undefined
}

export interface PreparedStatements {
  prepare(text: string): void
  /** A command about one of them, by its first byte. False: it is none of these. */
  answer(content: Buffer): boolean
  /** COM_RESET_CONNECTION. */
  reset(): void
}

/** Statement id −1: the one that was prepared last. */
const LAST = 0xffffffff

export function createPreparedStatements(
  { events, standing, telling }: RunningParts,
  running: Running,
  layout: Layout,
): PreparedStatements {
  const known = new Map<number, Prepared>()
  let last: number | undefined
  let ids = 0

  const execute = (content: Buffer, statement: Prepared) => {
    const { meaning, sent } = statement
    const values = valuesOf(content, parametersOf(meaning), sent)
    sent.long.clear()
    if (values === undefined) return void telling.fail(1210)
    statement.cursor = undefined
    const { result, fails } = meaning
    if (content[5] === 0 || result === undefined || fails !== undefined)
      return void running.run(meaning, true, 0, values)
    events.onRun(meaning)
    standing.run(meaning)
    standing.settle()
    statement.cursor = { result: filled(result, values), at: 0 }
    telling.payloads(...say.head(result, standing.status | STATUS.CURSOR_EXISTS, layout))
    if (layout.short) telling.end(STATUS.CURSOR_EXISTS)
  }
  const fetch = (content: Buffer, statement: Prepared) => {
    const { cursor } = statement
    if (cursor === undefined) return void telling.fail(1421)
    const most = content.readUInt32LE(5)
    const all = telling.shown(cursor.result)
    const part = all.slice(cursor.at, cursor.at + most)
    cursor.at += part.length
    telling.payloads(...part.map((row) => say.rowOf(cursor.result, row, true)))
    const ends = cursor.at >= all.length
    if (ends) statement.cursor = undefined
    telling.end(ends ? STATUS.LAST_ROW_SENT : STATUS.CURSOR_EXISTS)
  }
  const keep = (content: Buffer, { meaning, sent }: Prepared) => {
    const index = content.readUInt16LE(5)
    if (index >= parametersOf(meaning)) return
    sent.long.set(index, (sent.long.get(index) ?? '') + content.toString('utf8', 7))
  }
  const close = (id: number) => {
    const named = id === LAST ? (last ?? 0) : id
    if (known.delete(named) && named === last) last = undefined
  }

  return {
    prepare(text) {
      last = undefined
      const meanings = meaningsOf(text)
      events.onText(text, meanings)
      const [meaning] = meanings ?? []
      if (meanings?.length === 0) return void telling.fail(1065)
      if (meaning === undefined || meanings?.length !== 1) return void telling.fail(1064)
      if (running.isRefused(meaning)) return void telling.fail(1142)
      if (meaning.verb === 'load') return void telling.fail(1295)
      ids += 1
      last = ids
      known.set(ids, { meaning, sent: { types: undefined, long: new Map() }, cursor: undefined })
      const [parameters, { status }] = [parametersOf(meaning), standing]
      telling.payloads(...say.prepared(ids, parameters, meaning.result, status, layout))
    },
    answer(content) {
      const id = content.length < 5 ? 0 : content.readUInt32LE(1)
      const statement = known.get(id === LAST ? (last ?? 0) : id)
      const unknown = () => void telling.fail(1243)
      switch (content[0]) {
        case COM.STMT_EXECUTE:
          statement === undefined ? unknown() : execute(content, statement)
          return true
        case COM.STMT_FETCH:
          statement === undefined ? unknown() : fetch(content, statement)
          return true
        case COM.STMT_RESET:
          if (statement === undefined) unknown()
          else {
            statement.cursor = undefined
            statement.sent.long.clear()
            telling.ok()
          }
          return true
        case COM.STMT_CLOSE:
          close(id)
          return true
        case COM.STMT_SEND_LONG_DATA:
          if (statement !== undefined) keep(content, statement)
          return true
        default:
          return false
      }
    },
    reset() {
      known.clear()
      last = undefined
    },
  }
}
