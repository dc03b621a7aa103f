/** What a session may hold at a time of prepared statements, portals and cursors: each has a ceiling (R30). */
import type { PostgresStatement } from '@gatehouse/sql'
import type { Memory } from './memory.js'

/** Names of all three kinds together. */
export const MOST_NAMES = 32_768
/** Bytes that they take, by estimate; one statement alone may be larger. */
export const MOST_KEPT = 16 * 1024 * 1024

const ENTRY = 200
const FORMAT = 8

export const TOO_MANY_KEPT =
  'this session holds too many prepared statements, portals and cursors: close or deallocate some'

/** Whether another of so many bytes fits. */
export function hasRoom(memory: Memory, bytes: number): boolean {
  if (memory.prepared.size + memory.portals.size + memory.cursors.size >= MOST_NAMES) return false
  const more = bytes + ENTRY
  if (memory.kept + more > MOST_KEPT) memory.kept = measure(memory)
  if (memory.kept > 0 && memory.kept + more > MOST_KEPT) return false
  memory.kept += more
  return true
}

function measure({ prepared, portals, cursors }: Memory): number {
  let bytes = 0
  for (const { source } of prepared.values()) bytes += source.text.length + ENTRY
  for (const { formats } of portals.values()) bytes += formats.length * FORMAT + ENTRY
  for (const { statement } of cursors.values()) bytes += statement.bytes + ENTRY
  return bytes
}

/** PREPARE and DECLARE keep what they name; other statements keep nothing. */
export function hasRoomFor(memory: Memory, { effects, bytes }: PostgresStatement): boolean {
  const keeps = effects.some(({ kind }) => kind === 'prepare' || kind === 'declare')
  return !keeps || hasRoom(memory, bytes)
}

export function hasRoomForPortal(memory: Memory, formats: readonly number[]): boolean {
  return hasRoom(memory, formats.length * FORMAT)
}
