/** What a masked viewer may read of the server's own words (R20). */
import type { Frame } from '@gatehouse/adapter-kit'
import { scrubError } from '../masking/index.js'
import { message } from '../messages.js'
import { answering, type Memory } from '../session/memory.js'

/** An error or a notice as a masked viewer may read it (R20). */
export function scrubbed(frame: Frame, kind: 'error' | 'notice', memory: Memory): Uint8Array {
  const body = frame.buffer.subarray(frame.start + 5, frame.end)
  const text = answering(memory)?.statement.text
  const clean = scrubError(body, kind, text === undefined ? {} : { statementText: text })
  return message(frame.type, clean)
}
