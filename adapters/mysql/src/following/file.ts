/** The server asks for a file of the client's (protocol manual, "LOCAL INFILE Request"). */
import type { Frame, Outbox, Step } from '@gatehouse/adapter-kit'
import { encodeText } from '../reading/texts.js'
import type { Memory } from '../session/memory.js'
import type { Statements } from '../session/owed.js'
import { cut, GO, pass, payloadOf } from './steps.js'

/**
 * Invariant: a client is asked for the one file that its own permitted statement names, once, and for nothing else: a
 * server that lies could ask for any (mysql-wire §3.5).
 */
export function askFile(frame: Frame, owed: Statements, out: Outbox, memory: Memory): Step {
  const run = owed.runs[owed.index]
  const file = owed.format === 'text' ? run?.statement.local?.file : undefined
  if (run === undefined || file === undefined || run.uploaded !== undefined)
    return cut(memory, 'the database asks for a file of the client')
  const named = Buffer.from(encodeText(file, memory.context.charset))
  if (!named.equals(payloadOf(frame).subarray(1)))
    return cut(memory, 'the database asks for another file than the statement names')
  // What follows is the file: a command that is here already would become part of it.
  if (memory.arrived !== undefined || memory.arriving !== undefined)
    return cut(memory, 'more came before the file was asked for')
  run.uploaded = 0
  memory.reply.phase = 'file'
  pass(frame, out, memory)
  return GO
}
