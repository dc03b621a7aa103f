/** The answer to COM_FIELD_LIST: definitions, as many as there are, and an end (protocol manual, "COM_FIELD_LIST Response"). */
import type { Frame, Outbox, Step } from '@gatehouse/adapter-kit'
import { EOF } from '../messages/index.js'
import { applyStatus } from '../session/effects.js'
import { close } from '../session/exchange.js'
import { end } from '../session/memory.js'
import type { Owed } from '../session/owed.js'
import { note } from './noting.js'
import { cut, endOf, type FollowingParts, GO, isDefinition, pass, passEnd, withForgotten } from './steps.js'

export function followFields(
  frame: Frame,
  { run }: Extract<Owed, { kind: 'fields' }>,
  out: Outbox,
  { memory }: FollowingParts,
): Step {
  if (isDefinition(frame)) {
    pass(frame, out, memory)
    return GO
  }
  if (frame.type !== EOF) return cut(memory, 'a packet that is no column stands among columns')
  const ends = endOf(frame, memory)
  const why = memory.layout.short ? note(memory, ends) : undefined
  if (why !== undefined) return cut(memory, why)
  applyStatus(memory, ends.status)
  passEnd(frame, ends, out, memory)
  close(memory)
  return withForgotten(memory, end(run, 'done'))
}
