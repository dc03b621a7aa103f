/** Row limits to the row: the exchange waits until it is known whether one more would come (R21). */
import { type Completion, concatBytes, type Step } from '@gatehouse/adapter-kit'
import { describe, syncMessage } from '../messages.js'
import { pushSync } from '../reading/settling.js'
import { refusalResponse } from '../refusing.js'
import { end, type Limiting, type Memory, type Owed, type Portal, wake } from '../session/memory.js'
import { type FollowingParts, settled } from './steps.js'

/** The limited statement is answered; a Query's Sync was held back until now. */
export function endLimited(memory: Memory, limiting: Limiting): Uint8Array | undefined {
  memory.limiting = false
  wake(memory)
  if (limiting.kind === 'execute') return undefined
  pushSync(memory)
  return syncMessage
}

/** A portal goes on; an Execute of a cursor that SQL declared is a statement of its own, and done. */
export function suspend(memory: Memory, portal: Portal): readonly Completion[] {
  const { run } = portal
  if (portal.prepared !== undefined || !end(memory, run)) return []
  if (run.cursor !== undefined) run.cursor.returned += run.returned
  return [{ permit: run.permit, outcome: { status: 'done', returned: run.returned, affected: 0 } }]
}

/** PortalSuspended: either the client's own maximum was reached, or there is a row too many. */
export function limitReached(
  head: Extract<Owed, { kind: 'execute' }>,
  limiting: Limiting,
  parts: FollowingParts,
  pass: () => void,
): Step {
  const { memory } = parts
  const { run } = head.portal
  memory.ledger.pop()
  const shown = run.returned + (run.cursor?.returned ?? 0)
  if (shown <= limiting.limit) {
    pass()
    endLimited(memory, limiting)
    return settled(memory, suspend(memory, head.portal))
  }
  end(memory, run)
  run.returned = Math.max(0, run.returned - 1)
  if (run.cursor !== undefined) run.cursor.returned += run.returned
  const error = refusalResponse({
    code: 'GH_ROW_LIMIT',
    message: `the row limit of ${limiting.limit} is reached`,
    hint: 'ask for fewer rows: add a filter or a LIMIT',
    rule: limiting.rule,
    id: run.permit.decided.id,
  })
  memory.ledger.push({ kind: 'poison', error })
  const poison = describe('S', memory.poisonName)
  const sync = endLimited(memory, limiting)
  if (limiting.kind === 'execute') memory.unsynced = memory.unflushed = true
  return {
    kind: 'go',
    completions: [
      {
        permit: run.permit,
        outcome: { status: 'failed', returned: run.returned, affected: 0, refusal: 'GH_ROW_LIMIT' },
      },
    ],
    upstream: sync === undefined ? concatBytes([poison]) : concatBytes([poison, sync]),
  }
}
