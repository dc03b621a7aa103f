/** COPY FROM STDIN: whose data the client has finished (§3.5). */
import { concatBytes, type Frame, type Reading } from '@gatehouse/adapter-kit'
import { FRONTEND, flushMessage } from '../messages.js'
import { closeCopy, currentRun, type Memory } from '../session/memory.js'

/**
 * The server takes data, and the client has not finished sending it. With several COPYs on their way the one that the
 * server has come to may have all of its data: then what follows belongs to a later one, of which nothing is known yet.
 */
export function isTaking(memory: Memory): boolean {
  return memory.copyingIn && currentRun(memory)?.copyOpen === true
}

/** CopyData, CopyDone or CopyFail. */
export function readCopyData(frame: Frame, memory: Memory): Reading {
  const ends = frame.type !== FRONTEND.CopyData
  if (ends) finishCopyData(memory)
  // The server drops what belongs to no COPY, and so what belongs to a refused one.
  if (memory.skipping) return { kind: 'drop' }
  if (!ends || !memory.limiting) return { kind: 'pass' }
  // The count is told to whoever flushes: the Sync is held back until it is known.
  const bytes = concatBytes([frame.buffer.subarray(frame.start, frame.end), flushMessage])
  return { kind: 'pass', bytes }
}

/** CopyDone or CopyFail belongs to the first COPY whose data is not finished. */
function finishCopyData(memory: Memory): void {
  for (let index = 0; index < memory.ledger.size && memory.copiesOpen > 0; index += 1) {
    const entry = memory.ledger.at(index)
    const runs = entry?.kind === 'execute' ? [entry.portal.run] : entry?.kind === 'query' ? entry.runs : []
    const open = runs.find((run) => run.copyOpen)
    if (open === undefined) continue
    closeCopy(memory, open)
    return
  }
}
