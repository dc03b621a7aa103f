/** Replies matched to what is owed for them: outcomes, state, and what a masked viewer may see (postgres-wire §3). */
import type { Frame, Outbox, Step } from '@gatehouse/adapter-kit'
import { BACKEND, message } from '../messages.js'
import { currentRun, forget, type Memory } from '../session/memory.js'
import type { Owed } from '../session/owed.js'
import { confirm } from '../session/standing.js'
import { passNotification, passParameterStatus } from './asynchronous.js'
import { followComplete } from './completing.js'
import { failExchange } from './failing.js'
import { admitRow, portionEnded, suspend } from './limiting.js'
import { readyForQueryStep } from './ready.js'
import { scrubbed } from './scrubbing.js'
import { judgeCopy, judgeRows, readRowDescription } from './shape.js'
import { abandon, cut, type FollowingParts, GO, settled } from './steps.js'
import { isWellFormed } from './well-formed.js'

/** Counts rows; only those that must be masked or counted out are gathered. */
export function glance(type: number, memory: Memory): 'pass' | 'whole' {
  if (memory.fatal) return 'whole'
  if (type === BACKEND.DataRow) {
    const run = currentRun(memory)
    if (run === undefined) return 'whole'
    run.returned += 1
    const head = memory.ledger.head
    const limited = head?.kind === 'execute' && head.limiting !== undefined
    return run.mask === null && !limited ? 'pass' : 'whole'
  }
  if (type === BACKEND.CopyData) {
    const run = currentRun(memory)
    if (run === undefined) return 'whole'
    run.returned += 1
    return run.copy === undefined ? 'pass' : 'whole'
  }
  return 'whole'
}

function passOn({ buffer, start, end }: Frame, out: Outbox): void {
  out.pass(buffer, start, end)
}

export function follow(frame: Frame, out: Outbox, parts: FollowingParts): Step {
  const { memory } = parts
  // Nothing counts after a FATAL: a second error makes libpq spin (postgres-wire §3.6).
  if (memory.fatal) return GO
  if (frame.type === BACKEND.DataRow) return followRow(frame, out, parts)
  const run = currentRun(memory)
  if (run !== undefined) confirm(memory, run)
  if (!isWellFormed(frame)) return cut('the database sent a malformed message')
  const { ledger } = memory
  const head = ledger.head
  switch (frame.type) {
    case BACKEND.CommandComplete:
    case BACKEND.EmptyQueryResponse:
      return followComplete(frame, head, out, parts)
    case BACKEND.ReadyForQuery:
      return readyForQueryStep(frame, head, out, parts)
    case BACKEND.RowDescription:
      return followRowDescription(frame, head, parts, out)
    case BACKEND.ErrorResponse:
      return failExchange(frame, head, out, parts)
    case BACKEND.ParseComplete:
      if (head?.kind !== 'parse') return cut('the database answered a Parse that was not sent')
      ledger.pop()
      head.prepared.state = 'known'
      forget(memory, head.previous)
      if (!head.own) passOn(frame, out)
      return settled(memory)
    case BACKEND.BindComplete:
      if (head?.kind !== 'bind') return cut('the database answered a Bind that was not sent')
      ledger.pop()
      head.portal.state = 'known'
      // A cursor of this name ended before: the server would have refused the portal.
      if (memory.cursors.size > 0) memory.cursors.delete(head.portal.name)
      if (!head.own) passOn(frame, out)
      return settled(memory, abandon(memory, head.previous))
    case BACKEND.CloseComplete: {
      if (head?.kind !== 'close') return cut('the database answered a Close that was not sent')
      ledger.pop()
      forget(memory, head.prepared)
      passOn(frame, out)
      return settled(memory, abandon(memory, head.portal))
    }
    case BACKEND.ParameterDescription:
      if (head?.kind !== 'describe') return cut('the database answered a Describe that was not sent')
      if (!head.own) passOn(frame, out)
      return GO
    case BACKEND.NoData:
      if (head?.kind !== 'describe') return cut('the database answered a Describe that was not sent')
      ledger.pop()
      if (!head.quiet) passOn(frame, out)
      return settled(memory)
    case BACKEND.PortalSuspended:
      if (head?.kind !== 'execute') return cut('the database suspended a portal that was not executed')
      if (head.limiting !== undefined)
        return portionEnded(head, head.limiting, parts, () => passOn(frame, out))
      ledger.pop()
      passOn(frame, out)
      return settled(memory, suspend(memory, head.portal))
    case BACKEND.CopyInResponse:
      if (currentRun(memory)?.statement.copy?.direction !== 'in')
        return cut('the database asks for COPY data that was not permitted')
      memory.copyingIn = true
      passOn(frame, out)
      return settled(memory)
    case BACKEND.CopyOutResponse:
      return followCopyOut(frame, parts, out)
    case BACKEND.CopyData:
      return followCopyData(frame, out, parts)
    case BACKEND.CopyDone: {
      const run = currentRun(memory)
      if (run?.statement.copy?.direction !== 'out')
        return cut('the database ended a COPY that was not asked for')
      const rest = run.copy?.end()
      if (rest !== undefined && rest.length > 0) out.write(message(BACKEND.CopyData, rest))
      passOn(frame, out)
      return GO
    }
    case BACKEND.NoticeResponse:
      if (memory.gate.masked) out.write(scrubbed(frame, 'notice', memory))
      else passOn(frame, out)
      return GO
    case BACKEND.NotificationResponse:
      return passNotification(frame, out, parts)
    case BACKEND.ParameterStatus:
      return passParameterStatus(frame, out, parts)
    default:
      return cut('the database sent a message that has no place here')
  }
}

function followRow(frame: Frame, out: Outbox, parts: FollowingParts): Step {
  const { memory } = parts
  const head = memory.ledger.head
  const run = currentRun(memory)
  if (run === undefined) return cut('the database sent a row that was not asked for')
  const limiting = head?.kind === 'execute' ? head.limiting : undefined
  if (limiting !== undefined && !admitRow(limiting, run, frame.end - frame.start)) return GO
  if (run.mask === undefined) {
    confirm(memory, run)
    const portal = head?.kind === 'execute' ? head.portal : undefined
    const shape = portal?.shape ?? portal?.prepared?.shape
    if (shape === undefined)
      return cut('the columns of this result are not known, so that nothing of it can be masked')
    run.mask = judgeRows(run, shape, portal?.shape === undefined ? portal?.formats : undefined, parts.judge)
  }
  if (run.mask === null) out.pass(frame.buffer, frame.start, frame.end)
  else run.mask(frame.buffer, frame.start, frame.end, out.writer())
  return GO
}

function followRowDescription(
  frame: Frame,
  head: Owed | undefined,
  parts: FollowingParts,
  out: Outbox,
): Step {
  const { memory } = parts
  if (head?.kind !== 'describe' && head?.kind !== 'query')
    return cut('the database described what was not asked for')
  if (head.kind === 'describe') {
    memory.ledger.pop()
    if (!head.own) passOn(frame, out)
    if (!memory.gate.masked) return settled(memory)
    const shape = readRowDescription(frame.buffer, frame.start + 5, frame.end)
    if (shape === undefined) return cut('a malformed RowDescription')
    if (head.prepared !== undefined) head.prepared.shape = shape
    if (head.portal !== undefined) head.portal.shape = shape
    return settled(memory)
  }
  passOn(frame, out)
  const run = head.runs[head.index]
  if (run === undefined || run.mask === null) return GO
  const shape = readRowDescription(frame.buffer, frame.start + 5, frame.end)
  if (shape === undefined) return cut('a malformed RowDescription')
  run.mask = judgeRows(run, shape, undefined, parts.judge)
  return GO
}

/** CopyOutResponse: Int8 format, Int16 columns. */
function followCopyOut(frame: Frame, parts: FollowingParts, out: Outbox): Step {
  const run = currentRun(parts.memory)
  if (run?.statement.copy?.direction !== 'out')
    return cut('the database starts a COPY that was not permitted')
  passOn(frame, out)
  if (run.mask === null) return GO
  const columns = ((frame.buffer[frame.start + 6] as number) << 8) | (frame.buffer[frame.start + 7] as number)
  run.copy = judgeCopy(run, columns, parts.judge)
  return GO
}

function followCopyData(frame: Frame, out: Outbox, parts: FollowingParts): Step {
  const copy = currentRun(parts.memory)?.copy
  if (copy === undefined) return cut('the database sent COPY data that was not asked for')
  const masked = copy.push(frame.buffer.subarray(frame.start + 5, frame.end))
  if (masked.length > 0) out.write(message(BACKEND.CopyData, masked))
  return GO
}
