/** What a session may hold at a time of prepared statements: their number and their bytes have a ceiling (R30). */
import type { MysqlStatement } from '@gatehouse/sql'
import type { Memory } from './memory.js'

export const MOST_NAMES = 16_384
/** Bytes that they take, by estimate; one statement alone may be larger. */
export const MOST_KEPT = 16 * 1024 * 1024
const ENTRY = 400

export const TOO_MANY_KEPT = 'this session holds too many prepared statements: close or deallocate some'

const estimates = new WeakMap<Memory, number>()

/** Whether another of so many bytes fits. The estimate only grows, and is made anew when it reaches the ceiling. */
export function hasRoom(memory: Memory, bytes: number): boolean {
  if (memory.prepared.size + memory.named.size >= MOST_NAMES) return false
  const more = bytes + ENTRY
  let kept = estimates.get(memory) ?? 0
  if (kept + more > MOST_KEPT) kept = measure(memory)
  if (kept > 0 && kept + more > MOST_KEPT) return false
  estimates.set(memory, kept + more)
  return true
}

function measure({ prepared, named }: Memory): number {
  let bytes = 0
  for (const { text } of prepared.values()) bytes += text.length + ENTRY
  for (const { text } of named.values()) bytes += text.length + ENTRY
  return bytes
}

/** PREPARE keeps what it names; other statements keep nothing. */
export function hasRoomFor(memory: Memory, { effects, bytes }: MysqlStatement): boolean {
  return !effects.some(({ kind }) => kind === 'prepare') || hasRoom(memory, bytes)
}
