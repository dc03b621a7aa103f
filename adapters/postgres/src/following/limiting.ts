/** Limits at work: the exchange waits until it is known that none is passed, and nothing is committed before (R21). */
import { type Completion, concatBytes, type Step } from '@gatehouse/adapter-kit'
import { describe, execute, flushMessage, syncMessage } from '../messages.js'
import { pushSync } from '../reading/settling.js'
import { limitResponse } from '../refusing.js'
import { applySoFar } from '../session/effects.js'
import type { Held, Limiting } from '../session/limiting.js'
import { end, type Memory, type Portal, type Run, wake } from '../session/memory.js'
import type { Owed } from '../session/owed.js'
import { type FollowingParts, settled } from './steps.js'

type Executed = Extract<Owed, { kind: 'execute' }>

/** What runs under limits. */
export interface Limited {
  readonly limiting: Limiting
  readonly portal: Portal
}

/**
 * The limited statement is answered; a Query's Sync was held back until now, and its last word is until that is answered.
 * Invariant: what a client's Query would not end no Sync of ours ends: skipped, it gets none.
 */
export function endLimited(
  memory: Memory,
  { limiting, portal }: Limited,
  held?: Held,
  skipped = false,
): Uint8Array | undefined {
  memory.limiting = false
  wake(memory)
  if (limiting.kind === 'execute' || skipped) return undefined
  // The server may hold it still; the client never made one.
  if (memory.portals.get('') === portal) memory.portals.delete('')
  pushSync(memory, held)
  return syncMessage
}

/** A portal goes on; an Execute of a cursor that SQL declared is a statement of its own, and done. */
export function suspend(memory: Memory, portal: Portal): readonly Completion[] {
  const { run } = portal
  applySoFar(memory, run)
  if (portal.prepared !== undefined || !end(memory, run)) return []
  if (run.cursor !== undefined) {
    run.cursor.returned += run.returned
    run.cursor.bytes += run.bytes
  }
  return [{ permit: run.permit, outcome: { status: 'done', returned: run.returned, affected: 0 } }]
}

/** Rows that were sent of this result, whichever Execute or FETCH brought them. */
const shown = (run: Run) => run.returned + (run.cursor?.returned ?? 0)

/** Whether one more row of this size may go to the client; it counts as sent then. */
export function admitRow(limiting: Limiting, run: Run, size: number): boolean {
  const { rows, bytes } = limiting
  if (limiting.over === undefined) {
    if (rows !== undefined && shown(run) > rows.limit) limiting.over = { what: 'rows', ...rows }
    else if (bytes !== undefined && run.bytes + size + (run.cursor?.bytes ?? 0) > bytes.limit)
      limiting.over = { what: 'bytes', ...bytes }
  }
  if (limiting.over === undefined) {
    run.bytes += size
    return true
  }
  run.returned -= 1
  return false
}

/** PortalSuspended: the client's own maximum was reached, a portion of ours has ended, or there is a row too many. */
export function portionEnded(
  head: Executed,
  limiting: Limiting,
  parts: FollowingParts,
  pass: () => void,
): Step {
  const { memory } = parts
  const { run } = head.portal
  if (limiting.over !== undefined) return refuseOver(head, limiting, memory)
  const came = run.returned - limiting.before
  if (limiting.asked > 0 && came >= limiting.asked) {
    memory.ledger.pop()
    pass()
    endLimited(memory, { limiting, portal: head.portal })
    return settled(memory, suspend(memory, head.portal))
  }
  limiting.portions += 1
  const more = execute(head.portal.name, nextPortion(limiting, run))
  return { kind: 'go', upstream: concatBytes([more, flushMessage]) }
}

const FIRST_PORTION = 100
const LARGEST_PORTION = 10_000

/** How many rows to ask of the portal; 0: all. One more than may be shown, so that a row too many shows itself. */
export function nextPortion(limiting: Limiting, run: Run): number {
  const { rows, bytes, asked, before } = limiting
  const most: number[] = []
  if (rows !== undefined) most.push(Math.max(0, rows.limit - shown(run)) + 1)
  if (asked > 0) most.push(asked - (run.returned - before))
  // Nobody else tells a portal to stop: what is fetched beyond the limit is bounded by a portion.
  if (bytes !== undefined) {
    const left = bytes.limit - run.bytes - (run.cursor?.bytes ?? 0)
    const fit = run.returned === 0 ? FIRST_PORTION : Math.ceil(left / (run.bytes / run.returned + 1))
    most.push(Math.min(LARGEST_PORTION, Math.max(0, fit) + 1))
  }
  return most.length === 0 ? 0 : Math.min(...most)
}

/** CommandComplete of a limited statement: undefined when it may stand. */
export function refuseCompleted(
  head: Executed,
  limiting: Limiting,
  changed: number,
  memory: Memory,
): Step | undefined {
  const { affected } = limiting
  if (limiting.over === undefined && affected !== undefined && changed > affected.limit)
    limiting.over = { what: 'affected', ...affected }
  return limiting.over === undefined ? undefined : refuseOver(head, limiting, memory)
}

/** What must fail upstream takes the statement's answer's place: all that it did is undone, or its block has failed. */
function refuseOver(head: Executed, limiting: Limiting, memory: Memory): Step {
  const { run } = head.portal
  const { over } = limiting
  if (over === undefined) throw new TypeError('a refusal for a limit that is not passed')
  memory.ledger.pop()
  end(memory, run)
  if (run.cursor !== undefined) {
    run.cursor.returned += run.returned
    run.cursor.bytes += run.bytes
  }
  memory.ledger.push({ kind: 'poison', error: limitResponse(over, run.permit.decided.id), drops: false })
  const poison = describe('S', memory.poisonName)
  const sync = endLimited(memory, { limiting, portal: head.portal })
  if (limiting.kind === 'execute') memory.unsynced = memory.unflushed = true
  return {
    kind: 'go',
    completions: [
      {
        permit: run.permit,
        outcome: { status: 'failed', returned: run.returned, affected: 0, refusal: 'GH_ROW_LIMIT' },
      },
    ],
    upstream: sync === undefined ? poison : concatBytes([poison, sync]),
  }
}
