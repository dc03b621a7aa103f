/** OK packets as a client gets them: what the upstream tells the gateway of the session is not for it (mysql-wire §0.10). */
import { type OkReply, okPayload, STATUS } from '../messages/index.js'
import type { Memory } from '../session/memory.js'

const NOTHING = new Uint8Array(0)

/** `content` itself where nothing of it must change. `status`: instead of its own. */
export function shownOk(
  content: Uint8Array,
  ok: OkReply,
  memory: Memory,
  status: number = ok.status,
): Uint8Array {
  const same = status === ok.status && (ok.status & STATUS.SESSION_STATE_CHANGED) === 0
  if (same && ok.info.length === 0 && ok.changes.length === 0) return content
  const { affected, lastInsertId, warnings } = ok
  // How many rows matched tells whether the new value was the old one (R20).
  const info = memory.gate.masked ? NOTHING : ok.info
  return okPayload({ affected, lastInsertId, warnings, status, info })
}
