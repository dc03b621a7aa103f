/** Which OCSF Datastore Activity (class 6005) a statement is. */
import type { Statement, Verb } from '@gatehouse/core'

export const ACTIVITY = {
  update: 2,
  query: 4,
  write: 5,
  create: 6,
  delete: 7,
  list: 8,
  other: 99,
} as const

const WRITES: ReadonlyMap<Verb, number> = new Map([
  ['insert', ACTIVITY.create],
  ['update', ACTIVITY.update],
  ['delete', ACTIVITY.delete],
  ['truncate', ACTIVITY.delete],
  ['copy-in', ACTIVITY.write],
  ['import', ACTIVITY.write],
])
const READS: ReadonlySet<Verb> = new Set(['read', 'copy-out', 'lock', 'call'])

/** OCSF 1.8.0 `activity_id`; 99 for what changes structure, rights, settings or transactions. */
export function activityOf(statement: Statement): number {
  const writes = new Set<number>()
  let system = statement.actions.length > 0
  let reads = 0
  for (const { verb, resource, derived } of statement.actions) {
    if (derived) continue
    const write = WRITES.get(verb)
    if (write !== undefined) writes.add(write)
    else if (!READS.has(verb)) return ACTIVITY.other
    else reads += 1
    system = system && resource.system
  }
  if (writes.size > 1) return statement.command === 'MERGE' ? ACTIVITY.update : ACTIVITY.write
  for (const write of writes) return write
  if (reads === 0 && statement.outputs !== 'unknown' && statement.outputs.length === 0) return ACTIVITY.other
  return system ? ACTIVITY.list : ACTIVITY.query
}
