/** The client's commands read into statements; whatever is not understood is refused, never passed along. */
import { type Frame, type Limits, type Reading, utf8 } from '@gatehouse/adapter-kit'
import type { MysqlStatement, ParameterType } from '@gatehouse/sql'
import { COM, errPayload, packets, payload } from '../messages/index.js'
import type { Native } from '../refusing.js'
import { shadowAll } from '../session/effects.js'
import { command, open } from '../session/exchange.js'
import type { Memory, Moment, Prepared } from '../session/memory.js'
import type { Siblings } from '../session/parts.js'
import { ASK_STATE } from '../session/state.js'
import { NOT_SUPPORTED, UNKNOWN_COMMAND, unread, unreadable, wait } from './answers.js'
import { arrive, type Packet } from './arriving.js'
import { readFieldList } from './field-list.js'
import { readFileData } from './file-data.js'
import { readPlain } from './plain.js'
import type { PlanParts } from './plans.js'
import { readPrepared } from './prepared.js'
import { readInitDb, readQuery } from './query.js'

/** What was read of the command that now waits for the gate's answer. */
export type Pending =
  | {
      readonly kind: 'query'
      readonly packet: Packet
      readonly statements: readonly MysqlStatement[]
      /** COM_QUERY's payload; undefined: the packet's own. */
      readonly content: Uint8Array | undefined
      readonly text: string
    }
  | {
      readonly kind: 'prepare'
      readonly packet: Packet
      readonly statement: MysqlStatement
      readonly text: string
      readonly content: Uint8Array | undefined
      readonly moment: Moment
    }
  | {
      readonly kind: 'execute'
      readonly packet: Packet
      readonly prepared: Prepared
      readonly statement: MysqlStatement
      readonly content: Uint8Array | undefined
      readonly types: Uint8Array | undefined
      /** What its parameters are bound as. */
      readonly kinds: readonly ParameterType[]
    }
  /** COM_FIELD_LIST; `text`: the statement that says the same. */
  | {
      readonly kind: 'fields'
      readonly packet: Packet
      readonly statement: MysqlStatement
      readonly text: string
    }
  /** Answered here with these packets, once it is permitted. */
  | {
      readonly kind: 'local'
      readonly packet: Packet
      readonly statement: MysqlStatement
      readonly answer: () => Uint8Array
    }
  | {
      readonly kind: 'unreadable'
      readonly packet: Packet
      readonly native: Native | undefined
      /** Whose execution it was. */
      readonly prepared: Prepared | undefined
    }

export interface ReadingParts extends PlanParts {
  readonly limits: Pick<Limits, 'message' | 'statement'>
  readonly siblings: Siblings
  readonly hold: (pending: Pending) => void
  /** The client has agreed that several statements may stand in one text. */
  readonly mayMultiply: boolean
  /** LOCAL_FILES is agreed on both sides: LOAD DATA LOCAL is carried where it is permitted. */
  readonly takesFiles: boolean
  /** Payloads of what sets the gateway's own settings again after COM_RESET_CONNECTION. */
  readonly afterReset: () => readonly Uint8Array[]
}

export function readFrame(frame: Frame, parts: ReadingParts): Reading {
  const { memory } = parts
  if (memory.reply.phase === 'file') return readFileData(frame, memory, parts.limits)
  // What waited is read again.
  const packet = memory.arrived ?? arrive(frame, memory, parts.limits)
  if ('kind' in packet) return packet
  memory.arrived = packet
  const reading = readCommand(packet, parts)
  if (reading.kind !== 'wait') memory.arrived = undefined
  return reading
}

function readCommand(packet: Packet, parts: ReadingParts): Reading {
  const { memory, server } = parts
  // One command at a time: those that were sent on are answered in their turn.
  if (memory.owed !== undefined) return wait(memory)
  if (memory.killed)
    return { kind: 'fatal', bytes: packets(packet.next, errPayload(1927, 'Connection was killed', '70100')) }
  const code = packet.command
  if (code === COM.QUIT) return { kind: 'goodbye' }
  if (code === COM.CHANGE_USER)
    return { kind: 'again', packet: packet.buffer.slice(packet.start, packet.end) }
  if (READS.has(code)) {
    const refreshing = memory.refreshing ?? server.refreshing
    if (refreshing !== undefined) return { kind: 'wait', ready: refreshing }
    if (memory.doubt) return askState(packet, memory)
    if (memory.unread && memory.gate.masked) shadowAll(memory)
  }
  if (packet.oversize)
    return unreadable(parts, packet, {
      code: 'GH_TOO_LARGE',
      why: 'the statement is longer than limits.statement',
    })
  if (code === COM.QUERY) return readQuery(packet, parts)
  if (code === COM.INIT_DB) return readInitDb(packet, parts)
  if (code === COM.FIELD_LIST) return readFieldList(packet, parts)
  const read = readPrepared(packet, parts) ?? readPlain(packet, parts)
  if (read !== undefined) return read
  const name = NAMES.get(code)
  const known = name !== undefined && REFUSED.has(code)
  return unreadable(parts, packet, {
    code: 'GH_FORBIDDEN',
    why: known ? `the command ${name} is not carried` : 'Unknown command',
    native: known ? NOT_SUPPORTED : UNKNOWN_COMMAND,
    statement: unread(`COM_${name ?? 'UNKNOWN'}`),
  })
}

/** Nothing is read before it is known how. */
function askState(packet: Packet, memory: Memory): Reading {
  const content = payload([COM.QUERY], utf8(ASK_STATE))
  open(memory, packet, { kind: 'state', packets: 0 }, 1)
  return { ...wait(memory), nudge: command(content) }
}

/** Commands whose statements are read against the catalog. */
const READS: ReadonlySet<number> = new Set([
  COM.QUERY,
  COM.INIT_DB,
  COM.FIELD_LIST,
  COM.STMT_PREPARE,
  COM.STMT_EXECUTE,
])

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(COM).map(([name, code]) => [code, name]))

/** A server has them and would carry them out; every other one it does not know either. */
const REFUSED: ReadonlySet<number> = new Set([
  COM.REFRESH,
  COM.SHUTDOWN,
  COM.PROCESS_INFO,
  COM.DEBUG,
  COM.BINLOG_DUMP,
  COM.BINLOG_DUMP_GTID,
  COM.REGISTER_SLAVE,
  COM.CLONE,
  COM.STMT_BULK_EXECUTE,
])
