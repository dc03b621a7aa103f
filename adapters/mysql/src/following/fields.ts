/** The answer to COM_FIELD_LIST: definitions, as many as there are, and an end (protocol manual, "COM_FIELD_LIST Response"). */
import type { Frame, Outbox, Step } from '@gatehouse/adapter-kit'
import { withoutDefault } from '../masking/index.js'
import { definitionEnd, EOF, readPacket } from '../messages/index.js'
import { applyStatus } from '../session/effects.js'
import { close } from '../session/exchange.js'
import { end, type Memory } from '../session/memory.js'
import type { Owed } from '../session/owed.js'
import { note } from './noting.js'
import {
  cut,
  DEFINITION,
  endOf,
  type FollowingParts,
  GO,
  LONGEST,
  pass,
  passEnd,
  payloadOf,
  say,
  withForgotten,
} from './steps.js'

export function followFields(
  frame: Frame,
  { run }: Extract<Owed, { kind: 'fields' }>,
  out: Outbox,
  { memory }: FollowingParts,
): Step {
  if (frame.type === DEFINITION) return followField(frame, out, memory)
  if (frame.type !== EOF) return cut(memory, 'a packet that is no column stands among columns')
  const ends = endOf(frame, memory)
  const why = memory.layout.short ? note(memory, ends) : undefined
  if (why !== undefined) return cut(memory, why)
  applyStatus(memory, ends.status)
  passEnd(frame, ends, out, memory)
  close(memory)
  return withForgotten(memory, end(run, 'done'))
}

/** A default is a value: who sees masks is told of none (R20). Throws `GH_WIRE`. */
function followField(frame: Frame, out: Outbox, memory: Memory): Step {
  const { gate, layout } = memory
  const content = payloadOf(frame)
  const ended = definitionEnd(content, 0, content.length, layout.extended)
  const rest = readPacket(content, ended)
  if (rest.left > 0) rest.lenencBytes()
  if (rest.left > 0 || frame.end - frame.start >= LONGEST) return cut(memory, 'a malformed column definition')
  const shown = gate.masked ? withoutDefault(content, layout.extended) : content
  if (shown === content) pass(frame, out, memory)
  else say(shown, out, memory)
  return GO
}
