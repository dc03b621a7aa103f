/** ReadyForQuery: the only word on the transaction that can be trusted (§3.3). */
import type { Completion, Frame, Outbox, Step } from '@gatehouse/adapter-kit'
import { IDLE } from '../messages.js'
import { settle } from '../reading/settling.js'
import { endDefining } from '../session/defining.js'
import { endCursors } from '../session/effects.js'
import type { Memory } from '../session/memory.js'
import { settleNames } from '../session/names.js'
import type { Owed } from '../session/owed.js'
import { complete } from './completing.js'
import { abandon, cut, type FollowingParts, settled } from './steps.js'

export function readyForQueryStep(
  frame: Frame,
  head: Owed | undefined,
  out: Outbox,
  parts: FollowingParts,
): Step {
  const { memory } = parts
  if (head?.kind !== 'sync' && head?.kind !== 'query')
    return cut('the database is ready for what was not sent')
  const status = frame.buffer[frame.start + 5] as number
  if (frame.end - frame.start !== 6 || !STATUSES.has(status)) return cut('a malformed ReadyForQuery')
  // Invariant: nothing that was permitted is left without its outcome, and nothing refused without its error.
  if (head.kind === 'query' && !head.failed && (head.index < head.runs.length || head.error !== undefined))
    return cut('the database is ready before it has answered')
  memory.ledger.pop()
  const completions: Completion[] = []
  memory.status = status
  memory.copyingIn = false
  const failed = memory.failed
  memory.failed = false
  if (head.kind === 'sync' && head.held !== undefined) {
    const { run, tag, bytes } = head.held
    out.write(bytes)
    completions.push(...complete(memory, run, tag))
  }
  settleNames(memory, status === IDLE, failed)
  if (status === IDLE) {
    const segment = head.kind === 'sync' ? head.segment : Number.POSITIVE_INFINITY
    endPortals(memory, segment, completions)
    endCursors(memory, !failed)
    if (memory.defined) parts.onDefined()
    else endDefining(memory)
  }
  settle(memory, head)
  out.pass(frame.buffer, frame.start, frame.end)
  return settled(memory, completions)
}

const STATUSES: ReadonlySet<number> = new Set(Array.from('ITE', (letter) => letter.charCodeAt(0)))

/** Portals die with their transaction; those of later segments are not born yet. */
function endPortals(memory: Memory, segment: number, completions: Completion[]): void {
  if (memory.portals.size === 0) return
  for (const portal of memory.portals.values()) {
    if (portal.state === 'sent' || portal.segment > segment) continue
    memory.portals.delete(portal.name)
    for (const ended of abandon(memory, portal)) completions.push(ended)
  }
}
