/** One command's reply, read strictly by what was asked and agreed: replies bear no type of their own. */
import {
  CLIENT,
  type ColumnDefinition,
  type ErrReply,
  type OkReply,
  readColumnDefinition,
  readEof,
  readErr,
  readOk,
  readPacket,
  STATUS,
} from '../messages/index.js'
import { binaryCells, type Cells, textCells } from './cells.js'

/** What kind of reply a command gets. */
export type ReplyKind = 'query' | 'execute' | 'prepare' | 'fetch' | 'fields' | 'ok' | 'text' | 'none'

export interface Agreed {
  readonly capabilities: number
  /** MariaDB's extended capabilities. */
  readonly extended: number
}

export interface Rows {
  readonly kind: 'rows'
  readonly columns: readonly ColumnDefinition[]
  readonly rows: readonly Cells[]
  /** Of the EOF or OK that ended them; undefined when an ERR did. */
  readonly status: number | undefined
}

export type Part =
  | { readonly kind: 'ok'; readonly ok: OkReply }
  | { readonly kind: 'error'; readonly error: ErrReply }
  | Rows
  | { readonly kind: 'infile'; readonly file: string }
  | {
      readonly kind: 'prepared'
      readonly id: number
      readonly columns: readonly ColumnDefinition[]
      readonly parameters: readonly ColumnDefinition[]
    }
  | { readonly kind: 'fields'; readonly columns: readonly ColumnDefinition[] }
  | { readonly kind: 'text'; readonly text: string }

export interface ReplyReader {
  /** The next payload of the reply. Throws when it cannot be one. */
  push(payload: Buffer): void
  readonly parts: readonly Part[]
  readonly done: boolean
  /** LOCAL INFILE: the server waits for the client's data. */
  readonly waits: boolean
}

type Phase = 'head' | 'parameters' | 'columns' | 'rows' | 'over'

/** `known`: the columns of the statement whose rows are fetched. */
export function createReplyReader(
  kind: ReplyKind,
  agreed: Agreed,
  known: readonly ColumnDefinition[] = [],
): ReplyReader {
  const has = (flag: number) => (agreed.capabilities & flag) !== 0
  const tracks = has(CLIENT.SESSION_TRACK)
  const short = has(CLIENT.DEPRECATE_EOF)
  const binary = kind === 'execute' || kind === 'fetch'
  const parts: Part[] = []
  let phase: Phase =
    kind === 'none' ? 'over' : kind === 'fetch' ? 'rows' : kind === 'fields' ? 'columns' : 'head'
  let waits = false
  let id = 0
  /** Definitions that still come; the EOF after them counts as one. */
  let due = { parameters: 0, columns: 0 }
  const parameters: ColumnDefinition[] = []
  let columns: ColumnDefinition[] = [...known]
  let rows: Cells[] = []

  const more = (status: number) => {
    phase = status & STATUS.MORE_RESULTS ? 'head' : 'over'
  }
  const fail = (payload: Buffer) => {
    if (phase === 'rows') parts.push({ kind: 'rows', columns, rows, status: undefined })
    parts.push({ kind: 'error', error: readErr(payload) })
    phase = 'over'
  }
  const ok = (payload: Buffer) => {
    const told = readOk(payload, tracks)
    parts.push({ kind: 'ok', ok: told })
    more(told.status)
  }

  const prepared = (payload: Buffer) => {
    if (payload.length < 12 || payload[0] !== 0) throw new Error('not an answer to COM_STMT_PREPARE')
    id = payload.readUInt32LE(1)
    const ends = short ? 0 : 1
    const [wide, asked] = [payload.readUInt16LE(5), payload.readUInt16LE(7)]
    due = { parameters: asked === 0 ? 0 : asked + ends, columns: wide === 0 ? 0 : wide + ends }
    describe()
  }
  /** Of a statement's definitions, which come next. */
  const describe = () => {
    if (due.parameters > 0) phase = 'parameters'
    else if (due.columns > 0) phase = 'columns'
    else if (kind === 'prepare') {
      parts.push({ kind: 'prepared', id, columns, parameters })
      phase = 'over'
    } else phase = 'rows'
  }

  const head = (payload: Buffer) => {
    waits = false
    if (kind === 'text') {
      parts.push({ kind: 'text', text: payload.toString('utf8') })
      phase = 'over'
    } else if (kind === 'prepare') prepared(payload)
    else if (kind === 'ok') {
      // COM_SET_OPTION and COM_DEBUG are answered by an EOF.
      if (payload[0] === 0xfe && payload.length < 9) {
        const { status, warnings } = readEof(payload)
        const none = new Uint8Array(0)
        const told = { affected: 0, lastInsertId: 0n, status, warnings, info: none, changes: none }
        parts.push({ kind: 'ok', ok: told })
        phase = 'over'
      } else if (payload[0] === 0) ok(payload)
      else throw new Error(`an answer that begins with ${payload[0]}`)
    } else if (payload[0] === 0) ok(payload)
    else if (payload[0] === 0xfb) {
      parts.push({ kind: 'infile', file: payload.subarray(1).toString('utf8') })
      waits = true
    } else {
      const reader = readPacket(payload)
      const count = reader.lenenc() ?? 0
      if (reader.left !== 0 || count === 0) throw new Error('a result set without a count of columns')
      columns = []
      rows = []
      due = { parameters: 0, columns: count + (short ? 0 : 1) }
      phase = 'columns'
    }
  }

  const definition = (payload: Buffer, which: 'parameters' | 'columns') => {
    due[which] -= 1
    const list = which === 'columns' ? columns : parameters
    if (due[which] === 0 && !short) {
      if (payload[0] !== 0xfe || payload.length >= 9) throw new Error('definitions that no EOF ends')
      const { status } = readEof(payload)
      if (which === 'columns' && kind === 'execute' && status & STATUS.CURSOR_EXISTS) {
        parts.push({ kind: 'rows', columns, rows, status })
        phase = 'over'
        return
      }
    } else {
      const extended = (agreed.extended & 8) !== 0
      list.push(readColumnDefinition(payload, 0, payload.length, extended))
    }
    if (due[which] === 0) describe()
  }

  const row = (payload: Buffer) => {
    const ends = payload[0] === 0xfe && (short ? payload.length < 0xffffff : payload.length < 9)
    if (!ends) {
      rows.push(binary ? binaryCells(payload, columns) : textCells(payload, columns))
      return
    }
    const { status } = short && payload.length >= 7 ? readOk(payload, tracks) : readEof(payload)
    parts.push({ kind: 'rows', columns, rows, status })
    more(status)
  }

  return {
    push(payload) {
      if (payload[0] === 0xff && kind !== 'text') fail(payload)
      else if (kind === 'fields') {
        if (payload[0] !== 0xfe || payload.length >= 9)
          columns.push(readColumnDefinition(payload, 0, payload.length, (agreed.extended & 8) !== 0))
        else {
          parts.push({ kind: 'fields', columns })
          phase = 'over'
        }
      } else if (phase === 'head') head(payload)
      else if (phase === 'parameters' || phase === 'columns') definition(payload, phase)
      else if (phase === 'rows') row(payload)
      else throw new Error('a packet after the end of its reply')
    },
    parts,
    get done() {
      return phase === 'over'
    },
    get waits() {
      return waits
    },
  }
}
