/** What an OK tells of the session (protocol manual, "OK_Packet"). */
import type { OkReply } from '../messages/index.js'
import { applyStatus, applyTracked } from '../session/effects.js'
import type { Memory } from '../session/memory.js'
import { readTracked } from '../session/tracking.js'

/** Why the session cannot go on. */
export function note(memory: Memory, ok: OkReply): string | undefined {
  applyStatus(memory, ok.status)
  memory.doubt = false
  return ok.changes.length === 0 ? undefined : applyTracked(memory, readTracked(ok.changes))
}
