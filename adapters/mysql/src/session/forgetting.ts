/** What is prepared and dropped: its outcome, and that of its cursor. */
import type { Completion } from '@gatehouse/adapter-kit'
import { end, type Memory, type Prepared } from './memory.js'
import { EVERY_VARIABLE } from './variables.js'

/** A prepared statement is dropped: if it never ran, that is its outcome, and a cursor of it has no more rows. */
export function forget(memory: Memory, prepared: Prepared | undefined): void {
  if (prepared === undefined) return
  memory.forgotten.push(...closeCursor(prepared))
  const permit = prepared.foreseen
  prepared.foreseen = undefined
  if (permit !== undefined)
    memory.forgotten.push({ permit, outcome: { status: 'unexecuted', returned: 0, affected: 0 } })
}

export function closeCursor(prepared: Prepared): readonly Completion[] {
  const { cursor } = prepared
  prepared.cursor = undefined
  return cursor === undefined ? [] : end(cursor.run, 'done')
}

/** The reset of everything that a session holds but its database. */
export function forgetAll(memory: Memory): void {
  for (const prepared of memory.prepared.values()) forget(memory, prepared)
  memory.prepared.clear()
  memory.named.clear()
  memory.last = undefined
  memory.strange = false
  memory.unread = false
  memory.trust = EVERY_VARIABLE
  memory.diagnostics = undefined
}
