/** The first packet of a reply: what it is depends on the command that it answers (mysql-wire §1.2). */
import type { Frame, Outbox, Step } from '@gatehouse/adapter-kit'
import { EOF, HEADER, LOCAL_INFILE, OK, readOk, readPacket, STATUS } from '../messages/index.js'
import { applyStatus } from '../session/effects.js'
import { close } from '../session/exchange.js'
import type { Memory } from '../session/memory.js'
import type { Owed, Own } from '../session/owed.js'
import { ASKED_STATE, applyState } from '../session/state.js'
import { readTracked } from '../session/tracking.js'
import { completeOk } from './completing.js'
import { followFields } from './fields.js'
import { askFile } from './file.js'
import { note } from './noting.js'
import { shownOk } from './ok.js'
import { preparedHead } from './preparing.js'
import {
  carryOn,
  cut,
  endOf,
  type FollowingParts,
  pass,
  passEnd,
  payloadOf,
  say,
  withForgotten,
} from './steps.js'

export function followHead(frame: Frame, owed: Owed, out: Outbox, parts: FollowingParts): Step {
  const { memory } = parts
  switch (owed.kind) {
    case 'plain':
      return followPlain(frame, owed, out, memory)
    case 'own':
      return followOwn(frame, owed, out, memory)
    case 'state':
      return followState(frame, owed, memory)
    case 'statistics':
      pass(frame, out, memory)
      close(memory)
      return withForgotten(memory)
    case 'prepare':
      return preparedHead(frame, owed, out, memory)
    case 'fetch':
      return cut(memory, 'a fetch was answered by what is no row')
    case 'fields':
      return followFields(frame, owed, out, parts)
    case 'statements':
  }
  if (frame.type === OK) {
    const ok = readOk(payloadOf(frame), true)
    // Lengths that lie are found before anything is settled.
    if (ok.changes.length > 0) readTracked(ok.changes)
    applyStatus(memory, ok.status)
    const step = completeOk(frame, ok, owed, out, parts)
    // What it says has the last word over what the text shows.
    const why = note(memory, ok)
    if (why === undefined) return step
    return { ...cut(memory, why), completions: step.completions ?? [] }
  }
  if (frame.type === LOCAL_INFILE) return askFile(frame, owed, out, memory)
  return followCount(frame, owed, out, memory)
}

/** Columns of a result: at least one, and no more than a length of three bytes can say. */
function followCount(
  frame: Frame,
  owed: Extract<Owed, { kind: 'statements' }>,
  out: Outbox,
  memory: Memory,
): Step {
  const { reply } = memory
  const reader = readPacket(frame.buffer, frame.start + HEADER, frame.end)
  const count = frame.type < 0 ? 0 : (reader.lenenc() ?? 0)
  if (count < 1 || count > 0xffff || reader.left !== 0)
    return cut(memory, 'the database answered what is no result')
  const run = owed.runs[owed.index]
  if (run === undefined) return cut(memory, 'the database sent more results than were asked for')
  if (run.statement.outputs.length === 0) return cut(memory, 'the database sent rows for what has none')
  reply.run = run
  reply.phase = 'columns'
  reply.left = count
  reply.columns = []
  reply.cells = []
  pass(frame, out, memory)
  return { kind: 'go' }
}

const PROMISED = 'the database promises more results than were asked for'

function followPlain(
  frame: Frame,
  { done }: Extract<Owed, { kind: 'plain' }>,
  out: Outbox,
  memory: Memory,
): Step {
  const content = payloadOf(frame)
  if (frame.type === EOF) {
    const end = endOf(frame, memory)
    applyStatus(memory, end.status)
    passEnd(frame, end, out, memory)
    done?.(content)
    close(memory)
    return withForgotten(memory)
  }
  if (frame.type !== OK) return cut(memory, 'the database answered a command out of turn')
  const ok = readOk(content, true)
  const why = (ok.status & STATUS.MORE_RESULTS) === 0 ? note(memory, ok) : PROMISED
  if (why !== undefined) return cut(memory, why)
  const shown = shownOk(content, ok, memory)
  const next = done?.(shown)
  if (next !== undefined) return carryOn(next, out, memory)
  say(shown, out, memory)
  close(memory)
  return withForgotten(memory)
}

/** Count, definitions, EOF (none where it is deprecated), row, EOF. */
function followState(frame: Frame, owed: Extract<Owed, { kind: 'state' }>, memory: Memory): Step {
  const { short } = memory.layout
  owed.packets += 1
  const row = 2 + ASKED_STATE + (short ? 0 : 1)
  if (owed.packets === row) {
    const why = applyState(memory, payloadOf(frame))
    if (why !== undefined) return cut(memory, why)
  }
  if (owed.packets <= row) return { kind: 'go' }
  if (frame.type !== EOF) return cut(memory, 'the database says more of the session than was asked')
  if (memory.doubt) return cut(memory, 'the database does not say what the session has become')
  close(memory)
  return withForgotten(memory)
}

/** Of ours: the client sees nothing of it. */
function followOwn(frame: Frame, owed: Own, out: Outbox, memory: Memory): Step {
  if (frame.type !== OK) return cut(memory, 'the database answered a command of the gateway out of turn')
  const ok = readOk(payloadOf(frame), true)
  const promised = (ok.status & STATUS.MORE_RESULTS) === 0 ? undefined : PROMISED
  const why = promised ?? (owed.settings ? undefined : note(memory, ok))
  if (why !== undefined) return cut(memory, why)
  applyStatus(memory, ok.status)
  owed.index += 1
  const content = owed.commands[owed.index]
  return carryOn(content === undefined ? owed.then() : { kind: 'command', content, owed }, out, memory)
}
