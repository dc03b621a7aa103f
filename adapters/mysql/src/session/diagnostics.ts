/** What SHOW WARNINGS says after a refusal: the upstream knows nothing of it (mysql-wire §4.1). */
import type { MysqlStatement } from '@gatehouse/sql'
import {
  type ColumnDefinition,
  columnDefinitionPayload,
  EOF,
  eofPayload,
  lenencString,
  okPayload,
  packets,
  payload,
  STATUS,
  sequenceAfter,
  TYPE,
} from '../messages/index.js'
import type { Packet } from '../reading/arriving.js'
import type { Memory } from './memory.js'

const NOTHING = new Uint8Array(0)
const UTF8MB4 = 45

function column(name: string, type: number): ColumnDefinition {
  const none = { schema: NOTHING, table: NOTHING, orgTable: NOTHING, orgName: NOTHING }
  return { ...none, name: Buffer.from(name), charset: UTF8MB4, length: 2048, type, flags: 0, decimals: 0 }
}

const LEVELS = [
  column('Level', TYPE.VAR_STRING),
  column('Code', TYPE.LONG),
  column('Message', TYPE.VAR_STRING),
]

/** The packets of a text result of few rows; `short`: DEPRECATE_EOF was agreed; `extended`: MariaDB's EXTENDED_METADATA was agreed. */
export function textResult(
  first: number,
  columns: readonly ColumnDefinition[],
  rows: readonly (readonly string[])[],
  status: number,
  { short, extended }: { readonly short: boolean; readonly extended: boolean },
): Uint8Array {
  const end = short ? okPayload({ status }, EOF) : eofPayload({ warnings: 0, status })
  const contents = [
    payload([columns.length]),
    ...columns.map((each) => columnDefinitionPayload(each, extended)),
    ...(short ? [] : [end]),
    ...rows.map((cells) => payload(...cells.map(lenencString))),
    end,
  ]
  let number = first
  const parts = contents.map((content) => {
    const part = packets(number, content)
    number = sequenceAfter(number, content.length)
    return part
  })
  return payload(...parts)
}

/** Undefined: the upstream is asked. `text`: canonical. */
export function ownDiagnostics(
  memory: Memory,
  { command }: MysqlStatement,
  text: string,
  packet: Packet,
): (() => Uint8Array) | undefined {
  const { diagnostics, layout } = memory
  if (diagnostics === undefined || !ASKS.has(command)) return undefined
  const status = memory.status & OF_SESSION
  if (command === 'SHOW COUNT') {
    const name = /errors/i.test(text) ? '@@session.error_count' : '@@session.warning_count'
    return () => textResult(packet.next, [column(name, TYPE.LONGLONG)], [['1']], status, layout)
  }
  const row = ['Error', String(diagnostics.code), diagnostics.message]
  return () => textResult(packet.next, LEVELS, [row], status, layout)
}

/** The other flags were the last answer's own: that more results follow, that a cursor is open. */
const OF_SESSION =
  STATUS.IN_TRANS | STATUS.AUTOCOMMIT | STATUS.NO_BACKSLASH_ESCAPES | STATUS.IN_TRANS_READONLY

const ASKS: ReadonlySet<string> = new Set(['SHOW WARNINGS', 'SHOW ERRORS', 'SHOW COUNT'])

export const showsMessages = ({ command }: MysqlStatement): boolean =>
  command === 'SHOW WARNINGS' || command === 'SHOW ERRORS'

export const asksDiagnostics = ({ command }: MysqlStatement): boolean => ASKS.has(command)
