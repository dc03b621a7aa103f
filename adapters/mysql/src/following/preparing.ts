/** The answer to COM_STMT_PREPARE: an id, then definitions of parameters and columns (protocol manual, "COM_STMT_PREPARE Response"). */
import type { Frame, Outbox, Step } from '@gatehouse/adapter-kit'
import { errPayload, OK, payload, readPacket, u32 } from '../messages/index.js'
import { close } from '../session/exchange.js'
import type { Memory, Prepared } from '../session/memory.js'
import type { Owed } from '../session/owed.js'
import { cut, endOf, GO, isDefinition, isEof, pass, passEnd, payloadOf, say, withForgotten } from './steps.js'

export function preparedHead(
  frame: Frame,
  owed: Extract<Owed, { kind: 'prepare' }>,
  out: Outbox,
  memory: Memory,
): Step {
  const { reply } = memory
  const content = payloadOf(frame)
  if (frame.type === OK && content.length >= SHORTEST_OK && content.length !== PREPARED)
    return unprepared(owed, out, memory)
  if (frame.type !== OK || content.length < SHORTEST_OK) return cut(memory, 'a malformed answer to a Prepare')
  const reader = readPacket(content, 1)
  const upstream = reader.u32()
  const columns = reader.u16()
  const parameters = reader.u16()
  const { text, statement, moment, foreseen } = owed
  memory.preparedId += 1
  const id = memory.preparedId
  const prepared: Prepared = {
    id,
    upstream,
    text,
    statement,
    read: moment,
    parameters,
    types: undefined,
    longData: new Map(),
    foreseen,
    cursor: undefined,
  }
  memory.prepared.set(id, prepared)
  memory.last = prepared
  if (id === upstream) pass(frame, out, memory)
  else say(payload([OK], u32(id), content.subarray(5)), out, memory)
  // Each list ends in an EOF, or in nothing.
  const more = memory.layout.short ? 0 : 1
  const [first = 0, second = 0] = [parameters, columns].flatMap((count) => (count > 0 ? [count + more] : []))
  reply.left = first
  reply.behind = second
  if (reply.left > 0) {
    reply.phase = 'definitions'
    return GO
  }
  close(memory)
  return withForgotten(memory)
}

/** Bytes of COM_STMT_PREPARE_OK; an ordinary OK has fewer, or more where it says what became of the session. */
const PREPARED = 12
const SHORTEST_OK = 7

/** MySQL 9 answers by an ordinary OK, and gives no id, where the account may not SET GLOBAL: the client hears what that means. */
function unprepared({ foreseen }: Extract<Owed, { kind: 'prepare' }>, out: Outbox, memory: Memory): Step {
  say(errPayload(1227, 'Access denied; the database did not prepare the statement', '42000'), out, memory)
  close(memory)
  const outcome = { status: 'failed', returned: 0, affected: 0, native: '1227' } as const
  return withForgotten(memory, [{ permit: foreseen, outcome }])
}

export function followPrepared(frame: Frame, owed: Owed, out: Outbox, memory: Memory): Step {
  const { reply, layout } = memory
  const ends = reply.left === 1 && !layout.short
  if (owed.kind !== 'prepare' || !(ends ? isEof(frame) : isDefinition(frame, memory)))
    return cut(memory, 'definitions that nobody asked for')
  if (ends) passEnd(frame, endOf(frame, memory), out, memory)
  else pass(frame, out, memory)
  reply.left -= 1
  if (reply.left > 0) return GO
  reply.left = reply.behind
  reply.behind = 0
  if (reply.left > 0) return GO
  close(memory)
  return withForgotten(memory)
}
