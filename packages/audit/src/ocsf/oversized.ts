/** A statement whose actions do not fit a record: refused, and recorded as that (R26). */
import type { Completed, Decided, Prohibition } from '@gatehouse/core'

/** Stands for both records: how many actions there were is said, none is shown. */
export function oversized(record: Decided, bytes: number): Completed {
  const { statement } = record
  const decision: Prohibition = {
    effect: 'forbid',
    rules: [],
    code: 'GH_TOO_LARGE',
    message: `its ${statement.actions.length} actions need a record of ${bytes} bytes, which is over the ceiling`,
  }
  const decided: Decided = { ...record, decision, statement: { ...statement, actions: [], outputs: [] } }
  const outcome = { status: 'refused', returned: 0, affected: 0, refusal: 'GH_TOO_LARGE' } as const
  return { decided, at: record.at, outcome }
}
