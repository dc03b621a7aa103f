/** COPY FROM STDIN: whose data the client has finished (§3.5). */
import { closeCopy, type Memory } from '../session/memory.js'

/** CopyDone or CopyFail belongs to the first COPY whose data is not finished. */
export function finishCopyData(memory: Memory): void {
  for (let index = 0; index < memory.ledger.size && memory.copiesOpen > 0; index += 1) {
    const entry = memory.ledger.at(index)
    const runs = entry?.kind === 'execute' ? [entry.portal.run] : entry?.kind === 'query' ? entry.runs : []
    const open = runs.find((run) => run.copyOpen)
    if (open === undefined) continue
    closeCopy(memory, open)
    return
  }
}
