/** The commands of prepared statements (protocol manual, "Prepared Statements"). */
import type { Reading } from '@gatehouse/adapter-kit'
import type { MysqlStatement } from '@gatehouse/sql'
import { isClean } from '../following/rows.js'
import { COM, errPayload, payload, readPacket, u32 } from '../messages/index.js'
import { command, open, settle } from '../session/exchange.js'
import { closeCursor, forget } from '../session/forgetting.js'
import { hasRoom, TOO_MANY_KEPT } from '../session/keeping.js'
import type { Memory, Prepared } from '../session/memory.js'
import { malformed, refusedPlan, SYNTAX, UNKNOWN_HANDLER, unreadable } from './answers.js'
import type { Packet } from './arriving.js'
import { type Executed, readExecute, WRONG_ARGUMENTS } from './parameters.js'
import { takeReading } from './plans.js'
import { contentOf, emptyQuery, notText, textOf } from './query.js'
import type { ReadingParts } from './reading.js'
import { renewPrepared, withValues } from './replanning.js'
import { TOO_MANY } from './settings.js'
import { asAsk, effective } from './statements.js'

/** Undefined: it is none of these. */
export function readPrepared(packet: Packet, parts: ReadingParts): Reading | undefined {
  switch (packet.command) {
    case COM.STMT_PREPARE:
      return readPrepare(packet, parts)
    case COM.STMT_EXECUTE:
      return withStatement(packet, parts, 10, (prepared) => readExecution(packet, prepared, parts))
    case COM.STMT_FETCH:
      return withStatement(packet, parts, 9, (prepared) => readFetch(packet, prepared, parts))
    case COM.STMT_RESET:
      return withStatement(packet, parts, 5, (prepared) => readReset(packet, prepared, parts))
    case COM.STMT_CLOSE:
      return readClose(packet, parts)
    case COM.STMT_SEND_LONG_DATA:
      return readLongData(packet, parts)
    default:
      return undefined
  }
}

function readPrepare(packet: Packet, parts: ReadingParts): Reading {
  const { memory, server } = parts
  // Whatever becomes of it, −1 does not mean an older statement from here on.
  memory.last = undefined
  const text = textOf(packet, parts)
  if (text === undefined) return notText(packet, parts)
  const reading = takeReading(parts, text, false, memory.context, 'open')
  if (reading instanceof Promise) return { kind: 'wait', ready: reading }
  const { plan, canonical } = reading
  if (plan.kind === 'unreadable') return unreadable(parts, packet, refusedPlan(plan))
  const [statement] = plan.statements
  if (statement === undefined) return settle(packet, emptyQuery)
  if (plan.statements.length > 1) {
    const why = 'a prepared statement is one statement'
    return unreadable(parts, packet, { code: 'GH_UNREADABLE', why, native: SYNTAX, statement })
  }
  const known = effective(parts, statement)
  if (known.kind === 'wait') return known
  if (known.kind === 'refused') return unreadable(parts, packet, known.refused)
  if (!hasRoom(memory, text.length))
    return unreadable(parts, packet, {
      code: 'GH_TOO_LARGE',
      why: TOO_MANY_KEPT,
      native: TOO_MANY,
      statement,
    })
  const content = canonical === text ? undefined : contentOf(COM.STMT_PREPARE, canonical, parts)
  const moment = { context: memory.context, epoch: server.epoch }
  parts.hold({ kind: 'prepare', packet, statement, text: canonical, content, moment })
  return { kind: 'ask', asks: [asAsk(known.statement)], judge: 'foresee', exchange: memory.exchange }
}

/** MariaDB: what was prepared last. */
const LAST = 0xffffffff

const idOf = ({ buffer, start, end }: Packet) => readPacket(buffer, start + 1, end).u32()

function find(memory: Memory, id: number): Prepared | undefined {
  return id === LAST ? memory.last : memory.prepared.get(id)
}

function withStatement(
  packet: Packet,
  parts: ReadingParts,
  least: number,
  then: (prepared: Prepared) => Reading,
): Reading {
  if (packet.end - packet.start < least) return malformed(packet, 'a command of prepared statements')
  const id = idOf(packet)
  const prepared = find(parts.memory, id)
  if (prepared !== undefined) return then(prepared)
  const why = `Unknown prepared statement handler (${id}) given to ${NAMES.get(packet.command)}`
  return settle(packet, errPayload(UNKNOWN_HANDLER.code, why, UNKNOWN_HANDLER.state))
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [COM.STMT_EXECUTE, 'mysqld_stmt_execute'],
  [COM.STMT_FETCH, 'mysqld_stmt_fetch'],
  [COM.STMT_RESET, 'mysqld_stmt_reset'],
])

function readExecution(packet: Packet, prepared: Prepared, parts: ReadingParts): Reading {
  const { memory } = parts
  const { buffer, start, end } = packet
  const { parameters, types, longData, statement } = prepared
  let executed: Executed
  try {
    executed = readExecute(buffer, start + 5, end, parameters, types, longData)
  } catch {
    const native = { code: 1210, state: 'HY000' }
    return unreadable(parts, packet, {
      code: 'GH_PROTOCOL',
      why: WRONG_ARGUMENTS,
      native,
      statement,
      prepared,
    })
  }
  const renewed = renewPrepared(parts, prepared)
  if (renewed instanceof Promise) return { kind: 'wait', ready: renewed }
  if (renewed !== undefined)
    return unreadable(parts, packet, {
      ...('kind' in renewed ? refusedPlan(renewed) : { statement: prepared.statement, ...renewed }),
      prepared,
    })
  const meant = withValues(parts, prepared, executed)
  if (meant instanceof Promise) return { kind: 'wait', ready: meant }
  if ('kind' in meant) return unreadable(parts, packet, { ...refusedPlan(meant), prepared })
  const known = effective(parts, meant)
  if (known.kind === 'wait') return known
  if (known.kind === 'refused') return unreadable(parts, packet, { ...known.refused, prepared })
  const flags = takesCursor(known.statement) ? executed.flags : 0
  const exact = parameters > 0 || end - start === 10
  const own = packet.frames === 1 && exact && idOf(packet) === prepared.upstream && flags === executed.flags
  const content = own
    ? undefined
    : readdressed(buffer, start, exact ? end : start + 10, prepared.upstream, flags)
  const { statement: asked } = known
  const ask =
    parameters === 0
      ? asAsk(asked)
      : { statement: asked, reserve: asked.reserve, parameters: executed.values }
  parts.hold({
    kind: 'execute',
    packet,
    prepared,
    statement: asked,
    content,
    types: executed.types === types ? types : new Uint8Array(executed.types ?? []),
    kinds: executed.kinds,
  })
  return { kind: 'ask', asks: [ask], judge: 'admit', exchange: memory.exchange }
}

/** COM_STMT_EXECUTE of the upstream's own statement: a copy, as what is behind the flags is often all of the packet. */
function readdressed(buffer: Uint8Array, start: number, end: number, id: number, flags: number): Uint8Array {
  const content = Buffer.allocUnsafe(end - start)
  content.set(buffer.subarray(start, end))
  content.writeUInt32LE(id, 1)
  content[5] = flags
  return content
}

const EXPLAINS: ReadonlySet<string> = new Set(['EXPLAIN', 'ANALYZE', 'DESCRIBE', 'DESC'])

/**
 * A server may give rows at once where a cursor was asked for. MySQL 9.7 dies of one on EXPLAIN, MariaDB 10.11 of one on
 * DELETE … RETURNING: nobody may end it for all.
 */
function takesCursor({ command, actions }: MysqlStatement): boolean {
  return !EXPLAINS.has(command) && !actions.some(({ verb }) => verb === 'delete')
}

function readFetch(packet: Packet, prepared: Prepared, { memory }: ReadingParts): Reading {
  const { buffer, start, end } = packet
  if (end - start !== 9) return malformed(packet, 'COM_STMT_FETCH')
  if (prepared.cursor === undefined) {
    const why = `The statement (${prepared.id}) has no open cursor`
    return settle(packet, errPayload(1421, why, 'HY000'))
  }
  const content = payload([COM.STMT_FETCH], u32(prepared.upstream), buffer.subarray(start + 5, end))
  open(memory, packet, { kind: 'fetch', prepared }, 1)
  const { reply } = memory
  reply.phase = 'rows'
  reply.run = prepared.cursor.run
  reply.mask = prepared.cursor.mask
  reply.clean = isClean(reply)
  return { kind: 'pass', bytes: command(content) }
}

function readReset(packet: Packet, prepared: Prepared, { memory }: ReadingParts): Reading {
  if (packet.end - packet.start !== 5) return malformed(packet, 'COM_STMT_RESET')
  const done = () => {
    prepared.longData.clear()
    memory.forgotten.push(...closeCursor(prepared))
    return undefined
  }
  open(memory, packet, { kind: 'plain', done }, 1)
  return { kind: 'pass', bytes: command(payload([COM.STMT_RESET], u32(prepared.upstream))) }
}

/** Never answered. */
function readClose(packet: Packet, { memory }: ReadingParts): Reading {
  if (packet.end - packet.start !== 5) return { kind: 'drop' }
  const prepared = find(memory, idOf(packet))
  if (prepared === undefined) return { kind: 'drop' }
  memory.prepared.delete(prepared.id)
  if (memory.last === prepared) memory.last = undefined
  forget(memory, prepared)
  const completions = memory.forgotten
  memory.forgotten = []
  const upstream = command(payload([COM.STMT_CLOSE], u32(prepared.upstream)))
  return { kind: 'settle', forwarding: { upstream, completions } }
}

/** Bytes of each value that rules and the gateway may look at. */
const HEAD = 4096

/** Never answered: what is wrong with it shows when it is executed. */
function readLongData(packet: Packet, { memory, limits }: ReadingParts): Reading {
  const { buffer, start, end } = packet
  if (end - start < 7) return { kind: 'drop' }
  const reader = readPacket(buffer, start + 1, end)
  const prepared = find(memory, reader.u32())
  const index = reader.u16()
  if (prepared === undefined || index >= prepared.parameters) return { kind: 'drop' }
  const before = prepared.longData.get(index) ?? { size: 0, head: new Uint8Array(0) }
  const data = buffer.subarray(start + 7, end)
  const total = [...prepared.longData.values()].reduce((sum, { size }) => sum + size, data.length)
  if (total > limits.message) {
    const why =
      'Parameter of prepared statement which is set through mysql_send_long_data() is longer than allowed'
    return { kind: 'fatal', bytes: command(errPayload(1153, why, '08S01')) }
  }
  const room = Math.max(0, HEAD - before.head.length)
  const head = room === 0 ? before.head : payload(before.head, data.subarray(0, room))
  prepared.longData.set(index, { size: before.size + data.length, head })
  const id = idOf(packet)
  if (packet.frames === 1 && id === prepared.upstream) return { kind: 'pass' }
  return {
    kind: 'pass',
    bytes: command(
      payload([COM.STMT_SEND_LONG_DATA], u32(prepared.upstream), buffer.subarray(start + 5, end)),
    ),
  }
}

export const resetPayload = (id: number) => payload([COM.STMT_RESET], u32(id))
