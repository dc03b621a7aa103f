/** Names that were dropped by what may never have run. */
import type { Memory } from '../session/memory.js'

/**
 * Invariant: nobody is told that a name does not exist while what dropped it, before an unanswered Sync, may still turn
 * out to be skipped with its segment: the server would hold it then.
 */
export function mayBeThere({ ledger }: Memory, what: 'statement' | 'portal', name: string): boolean {
  let synced = false
  for (let index = ledger.size - 1; index >= 0; index -= 1) {
    const entry = ledger.at(index)
    if (entry?.kind === 'sync') synced = true
    else if (!synced || entry === undefined) continue
    else if (entry.kind === 'close') {
      const closed = what === 'statement' ? entry.prepared : entry.portal
      if (closed?.name === name) return true
    } else if (entry.kind === 'query' || entry.kind === 'poison') {
      if (what === 'statement' && name === '' && entry.unnamed !== undefined) return true
    }
  }
  return false
}
