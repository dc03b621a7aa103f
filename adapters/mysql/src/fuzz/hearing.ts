/** A client that takes nothing on trust: numbers, order and shape of every packet, as what it asked allows. */
import {
  AUTH_MORE_DATA,
  AUTH_SWITCH,
  COM,
  type ColumnDefinition,
  readColumnDefinition,
  readEof,
  readErr,
  readOk,
  readPacket,
  STATUS,
} from '../messages/index.js'
import { binaryCells, textCells } from '../speaker/cells.js'
import { KINDS } from '../speaker/commands.js'
import { cutPacket, type Packet } from '../speaker/packets.js'
import { type Layout, OLD } from './layout.js'
import { LOCAL_INFILE } from './loading.js'
import { SECRET } from './statements.js'

/** In the place of a command's byte: the proof that follows a change of user. */
export const PROOF = -2
/** Likewise the file of a LOAD DATA LOCAL. */
export const FILE = -3

export interface Asked {
  /** The command's byte. */
  readonly command: number
  /** Number of the reply's first packet. */
  readonly following: number
  /** Which statement's. */
  readonly id: number
  /** The one that its text names. */
  readonly file?: string | undefined
}

export interface Hearing {
  /** A command is on its way, whole. */
  ask(asked: Asked): void
  /** Throws when it is no reply to what was asked. */
  push(bytes: Uint8Array): void
  /** Replies, each part as one word. */
  readonly heard: readonly string[]
  /** Commands without their whole answer. */
  readonly waiting: number
  /** The last of them was a question for a file. */
  readonly wantsFile: boolean
  /** Rows of the result that was heard last, and their bytes. */
  readonly result: { rows: number; bytes: number }
}

type Phase = 'head' | 'fields' | 'definitions' | 'definitions-end' | 'rows'

const MARKS: readonly (readonly [number, string])[] = [
  [STATUS.IN_TRANS, 'T'],
  [STATUS.MORE_RESULTS, '+'],
  [STATUS.CURSOR_EXISTS, 'C'],
  [STATUS.LAST_ROW_SENT, 'L'],
]
const marksOf = (status: number) =>
  MARKS.flatMap(([flag, mark]) => ((status & flag) === 0 ? [] : [mark])).join('') +
  ((status & STATUS.AUTOCOMMIT) === 0 ? '-' : '')

/** Bytes of an ERR up to the end of its state. */
const SHORTEST_ERR = 9

/** `deep`: cells are read, too; a server that lies may fill them with anything. */
export function createHearing(
  deep: boolean,
  layout: Layout = OLD,
  onRow: (size: number) => void = () => {},
): Hearing {
  let kept: Buffer = Buffer.alloc(0)
  const asked: Asked[] = []
  const heard: string[] = []
  const known = new Map<number, readonly ColumnDefinition[]>()
  let last = 0
  let phase: Phase = 'head'
  /** Lists of definitions that come: how many each holds. */
  let lists: number[] = []
  let columns: ColumnDefinition[] = []
  let cells: string[] = []
  let following: number | undefined
  /** The rows are values that a procedure gives back: an OK follows, whatever their end says. */
  let given = false
  let wantsFile = false
  const result = { rows: 0, bytes: 0 }

  const over = () => {
    asked.shift()
    given = false
    following = undefined
    phase = 'head'
  }
  /** Its status and what it says of the session, as one word. */
  const okOf = (payload: Buffer) => {
    const { affected, status, changes } = readOk(payload, layout.tracks)
    const isChanged = (status & STATUS.SESSION_STATE_CHANGED) !== 0
    if (isChanged && !layout.tracks) throw new Error('told of changes that nobody tracks')
    if (isChanged && changes.length === 0) throw new Error('told of changes that are not there')
    const told = changes.length === 0 ? '' : `{${Buffer.from(changes).toString('latin1')}}`
    return { affected, status, marks: `${marksOf(status)}${told}` }
  }
  const more = (status: number) => {
    phase = 'head'
    if ((status & STATUS.MORE_RESULTS) === 0 && !given) over()
    given = false
  }
  /** What ends rows, and where nothing was deprecated definitions. */
  const endOf = ({ payload }: Packet) => {
    if (payload[0] !== 0xfe || (layout.short ? payload.length < 7 : payload.length !== 5))
      throw new Error(`no end: ${payload.toString('hex')}`)
    if (layout.short) return okOf(payload)
    const { status } = readEof(payload)
    if ((status & STATUS.SESSION_STATE_CHANGED) !== 0) throw new Error('told of changes in an EOF')
    return { affected: 0, status, marks: marksOf(status) }
  }
  const kind = () => KINDS[asked[0]?.command ?? -1] ?? 'ok'
  const binary = () => kind() === 'execute' || kind() === 'fetch'
  const idOf = () => (asked[0]?.id === 0xffffffff ? last : (asked[0]?.id ?? 0))
  const begin = () => {
    columns = []
    cells = []
    result.rows = result.bytes = 0
    phase = 'definitions'
  }

  const head = (packet: Packet) => {
    const { payload } = packet
    const what = kind()
    const command = asked[0]?.command
    if (command === COM.CHANGE_USER && payload[0] === AUTH_SWITCH) {
      heard.push(`SWITCH:${readPacket(payload, 1).nulBytes()}`)
      over()
    } else if (command === PROOF && payload[0] === AUTH_MORE_DATA) heard.push(`MORE:${payload[1]}`)
    else if (what === 'query' && payload[0] === LOCAL_INFILE) {
      const file = payload.toString('utf8', 1)
      if (file !== asked[0]?.file) throw new Error(`asked for a file that no statement names: ${file}`)
      heard.push(`FILE:${file}`)
      over()
      wantsFile = true
    } else if (what === 'text') {
      heard.push('TEXT')
      over()
    } else if (what === 'prepare') {
      if (payload[0] !== 0 || payload.length < 12) throw new Error('no answer to a Prepare')
      last = payload.readUInt32LE(1)
      known.delete(last)
      lists = [payload.readUInt16LE(7), payload.readUInt16LE(5)].filter((count) => count > 0)
      heard.push(`PREPARED:${last}:${lists.join(':')}`)
      if (lists.length === 0) over()
      else begin()
    } else if (what === 'fields') {
      cells = []
      phase = 'fields'
      field(packet)
    } else if (payload[0] === 0) {
      if (payload.length < 7) throw new Error('a short OK')
      const { affected, status, marks } = okOf(payload)
      heard.push(`OK:${affected}:${marks}`)
      more(status)
    } else if (what === 'ok') {
      heard.push(`EOF:${endOf(packet).marks}`)
      over()
    } else {
      const reader = readPacket(payload)
      const count = reader.lenenc() ?? 0
      if (count === 0 || reader.left > 0) throw new Error(`no count of columns: ${payload.toString('hex')}`)
      lists = [count]
      begin()
    }
  }
  /** Of a table, one or the end. */
  const field = (packet: Packet) => {
    const { payload } = packet
    if (payload[0] === 0xfe) {
      heard.push(`FIELDS:${cells.join('|')}:${endOf(packet).marks}`)
      over()
      return
    }
    const { name } = definitionOf(payload)
    // What stands behind the definition itself is its default.
    cells.push(`${Buffer.from(name)}${payload.includes(SECRET) ? `=${SECRET}` : ''}`)
  }
  const definitionOf = (payload: Buffer) => {
    if (payload[0] !== 3) throw new Error(`no definition: ${payload.toString('hex')}`)
    return readColumnDefinition(payload, 0, payload.length, layout.extended)
  }
  const definitionsEnd = (status: number) => {
    phase = 'definitions'
    if (lists.length > 0) {
      columns = []
      return
    }
    if (kind() === 'prepare') {
      known.set(last, columns)
      return over()
    }
    if (binary()) known.set(idOf(), columns)
    given = (status & STATUS.PS_OUT_PARAMS) !== 0
    if (opensCursor(status)) {
      heard.push(`RS:${columns.length}:${marksOf(status)}`)
      return over()
    }
    phase = 'rows'
  }
  const opensCursor = (status: number) => (status & STATUS.CURSOR_EXISTS) !== 0 && kind() === 'execute'
  const row = (packet: Packet) => {
    const { payload } = packet
    if (payload[0] === 0xfe && (layout.short || payload.length < 9)) {
      const { status, marks } = endOf(packet)
      // Where nothing ends definitions, a cursor shows at the end of no rows.
      const opens = layout.short && opensCursor(status) && cells.length === 0
      heard.push(opens ? `RS:${columns.length}:${marks}` : `RS:${columns.length}:${cells.join('|')}:${marks}`)
      if (opens) over()
      else more(status)
      return
    }
    result.rows += 1
    result.bytes += payload.length
    if (columns.length !== 3) onRow(payload.length)
    if (!deep) return
    const found = binary() ? binaryCells(payload, columns) : textCells(payload, columns)
    cells.push(found.map((cell) => cell ?? 'NULL').join())
  }

  const take = (packet: Packet) => {
    const { payload, sequence } = packet
    const [waited] = asked
    const isText = kind() === 'text' && sequence === waited?.following
    const isError = payload[0] === 0xff && !isText
    // What passes unread bears the server's own numbers, and what follows it need not.
    const isUnread = !deep && phase === 'rows'
    if (waited === undefined || (isError && !isUnread && sequence !== (following ?? waited.following))) {
      // A leave that is taken between commands, or a number that was lost.
      if (payload[0] !== 0xff || heard.at(-1)?.startsWith('FATAL'))
        throw new Error(`nothing was asked: ${payload.toString('hex')}`)
      heard.push(`FATAL:${readErr(payload).code}`)
      return
    }
    if (sequence !== (following ?? waited.following) && !isUnread)
      throw new Error(`packet ${sequence} in the place of ${following ?? waited.following}`)
    following = packet.following
    if (isError) {
      if (payload.length < SHORTEST_ERR || payload[3] !== 0x23) throw new Error('an ERR without a state')
      if (phase === 'rows') heard.push(`RS:${columns.length}:${cells.join('|')}`)
      heard.push(`ERR:${readErr(payload).code}`)
      over()
    } else if (phase === 'head') {
      if (kind() === 'fetch') {
        columns = [...(known.get(idOf()) ?? [])]
        cells = []
        result.rows = result.bytes = 0
        phase = 'rows'
        row(packet)
      } else head(packet)
    } else if (phase === 'definitions') {
      const [left = 0, ...others] = lists
      columns.push(definitionOf(payload))
      lists = left > 1 ? [left - 1, ...others] : others
      if (left > 1) return
      if (layout.short) definitionsEnd(0)
      else phase = 'definitions-end'
    } else if (phase === 'fields') field(packet)
    else if (phase === 'definitions-end') definitionsEnd(endOf(packet).status)
    else row(packet)
  }

  return {
    ask(one) {
      wantsFile = false
      if ((KINDS[one.command] ?? 'ok') !== 'none') asked.push(one)
    },
    push(bytes) {
      kept = Buffer.concat([kept, bytes])
      for (let packet = cutPacket(kept, 0); packet !== undefined; packet = cutPacket(kept, 0)) {
        kept = kept.subarray(packet.end)
        take(packet)
      }
    },
    heard,
    get waiting() {
      return asked.length
    },
    get wantsFile() {
      return wantsFile
    },
    result,
  }
}
