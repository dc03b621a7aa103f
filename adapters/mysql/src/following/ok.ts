/** OK packets as a client gets them: what the upstream tells the gateway of the session is not for it (mysql-wire §0.10). */
import { EOF, eofPayload, OK, type OkReply, okPayload, STATUS } from '../messages/index.js'
import type { Memory } from '../session/memory.js'
import { shownChanges } from '../session/tracking.js'
import { scrubbedInfo } from './scrubbing.js'

/** What ends rows, as an EOF or in its place. */
export function shownEnd(
  content: Uint8Array,
  end: OkReply,
  memory: Memory,
  status: number = end.status,
): Uint8Array {
  if (memory.layout.short) return shownOk(content, end, memory, status, EOF)
  const same = status === end.status && (status & STATUS.SESSION_STATE_CHANGED) === 0 && content.length === 5
  return same
    ? content
    : eofPayload({ warnings: end.warnings, status: status & ~STATUS.SESSION_STATE_CHANGED })
}

/** `content` itself where nothing of it must change. `status`: instead of its own. */
export function shownOk(
  content: Uint8Array,
  ok: OkReply,
  memory: Memory,
  status: number = ok.status,
  first: number = OK,
): Uint8Array {
  const same = status === ok.status && (ok.status & STATUS.SESSION_STATE_CHANGED) === 0
  if (same && ok.info.length === 0 && ok.changes.length === 0 && isPlain(content)) return content
  const { affected, lastInsertId, warnings } = ok
  const info = memory.gate.masked ? scrubbedInfo(ok.info) : ok.info
  const { tracks } = memory.layout
  const changes = tracks ? shownChanges(ok.changes, memory.gate.masked) : undefined
  const told = { affected, lastInsertId, warnings, status, info, tracks }
  return okPayload(changes === undefined ? told : { ...told, changes }, first)
}

/** Nothing stands behind the fixed fields, or an empty text alone: what was read is all that there is. */
function isPlain(content: Uint8Array): boolean {
  const behind = lenencEnd(content, lenencEnd(content, 1)) + FIXED
  return content.length === behind || (content.length === behind + 1 && content[behind] === 0)
}

/** Status and warnings. */
const FIXED = 4

function lenencEnd(content: Uint8Array, at: number): number {
  const first = content[at] ?? 0
  return at + (first < 0xfc ? 1 : first === 0xfc ? 3 : first === 0xfd ? 4 : 9)
}
