/** OK packets as a client gets them: what the upstream tells the gateway of the session is not for it (mysql-wire §0.10). */
import { type OkReply, okPayload, STATUS } from '../messages/index.js'
import type { Memory } from '../session/memory.js'
import { scrubbedInfo } from './scrubbing.js'

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
  const info = memory.gate.masked ? scrubbedInfo(ok.info) : ok.info
  return okPayload({ affected, lastInsertId, warnings, status, info })
}
