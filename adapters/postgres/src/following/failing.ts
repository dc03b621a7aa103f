/** ErrorResponse: what failed, what is skipped with it, and what our own refusals look like in its place (§3.2, §4.1). */
import type { Completion, Frame, Outbox, Step } from '@gatehouse/adapter-kit'
import { settle } from '../reading/settling.js'
import { answering, end, forget, type Memory, type Owed, type Run } from '../session/memory.js'
import { errorFields } from './error-fields.js'
import { endLimited } from './limiting.js'
import { scrubbed } from './scrubbing.js'
import { cut, type FollowingParts, settled, withUpstream } from './steps.js'

export function failExchange(frame: Frame, head: Owed | undefined, out: Outbox, parts: FollowingParts): Step {
  const { memory } = parts
  const fields = errorFields(frame.buffer.subarray(frame.start + 5, frame.end))
  const native = fields.get('C') ?? 'XX000'
  const severity = fields.get('V') ?? fields.get('S')
  const isFatal = severity === 'FATAL' || severity === 'PANIC'
  const bytes = memory.gate.masked ? scrubbed(frame, 'error', memory) : undefined
  const show = () => {
    if (bytes === undefined) out.pass(frame.buffer, frame.start, frame.end)
    else out.write(bytes)
  }
  memory.copyingIn = false
  memory.failed = true
  if (isFatal) {
    memory.fatal = true
    show()
    const run = answering(memory)
    return settled(memory, run === undefined ? undefined : failed(memory, run, native))
  }
  if (head === undefined) return cut('the database reported an error for nothing that was asked')
  switch (head.kind) {
    case 'query': {
      if (head.error !== undefined) out.write(head.error)
      else show()
      head.failed = true
      const completions = head.runs
        .slice(head.index)
        .flatMap((run, index) => (index === 0 ? failed(memory, run, native) : skipped(memory, run)))
      return settled(memory, completions)
    }
    case 'sync': {
      show()
      const { held } = head
      head.held = undefined
      return settled(memory, held === undefined ? undefined : failed(memory, held.run, native))
    }
    default:
      return failSegment(head, show, out, native, memory)
  }
}

/** The server discards everything up to the next Sync: so does the ledger, newest first, undoing what was taken as done. */
function failSegment(head: Owed, show: () => void, out: Outbox, native: string, memory: Memory): Step {
  const { ledger } = memory
  const completions: Completion[] = []
  const undone: Owed[] = []
  for (let entry = ledger.head; entry !== undefined && entry.kind !== 'sync'; entry = ledger.head) {
    undone.push(entry)
    ledger.pop()
  }
  if (head.kind === 'poison') out.write(head.error)
  else show()
  if (head.kind === 'execute') completions.push(...failed(memory, head.portal.run, native))
  for (const entry of undone.reverse()) {
    if (entry.kind === 'execute') completions.push(...skipped(memory, entry.portal.run))
    if (entry.kind === 'parse') {
      const status = entry === head ? 'failed' : 'skipped'
      forget(memory, entry.prepared, status, entry === head ? native : undefined)
    }
    undo(memory, entry)
    if (entry.kind === 'query') {
      for (const run of entry.runs) completions.push(...skipped(memory, run))
      settle(memory, entry)
    }
    if (entry.kind === 'bind') completions.push(...skipped(memory, entry.portal.run))
  }
  const limiting = undone.find((entry) => entry.kind === 'execute' && entry.limiting !== undefined)
  const limits = limiting?.kind === 'execute' ? limiting.limiting : undefined
  const upstream = limits === undefined ? undefined : endLimited(memory, limits)
  if (ledger.size === 0) memory.skipping = true
  return withUpstream(settled(memory, completions), upstream)
}

function undo(memory: Memory, entry: Owed): void {
  switch (entry.kind) {
    case 'parse':
      entry.prepared.state = 'failed'
      restore(memory.prepared, entry.prepared, entry.previous)
      return
    case 'bind':
      entry.portal.state = 'failed'
      restore(memory.portals, entry.portal, entry.previous)
      return
    case 'close':
      if (entry.prepared !== undefined) restoreClosed(memory.prepared, entry.prepared)
      if (entry.portal !== undefined) restoreClosed(memory.portals, entry.portal)
      return
    default:
  }
}

/** The unnamed statement is dropped before its successor is parsed: only named ones come back. */
function restore<Named extends { readonly name: string }>(
  map: Map<string, Named>,
  now: Named,
  previous: Named | undefined,
): void {
  if (map.get(now.name) !== now) return
  if (previous === undefined || now.name === '') map.delete(now.name)
  else map.set(now.name, previous)
}

function restoreClosed<Named extends { readonly name: string }>(
  map: Map<string, Named>,
  closed: Named,
): void {
  if (!map.has(closed.name)) map.set(closed.name, closed)
}

export function failed(memory: Memory, run: Run, native: string): readonly Completion[] {
  if (!end(memory, run)) return []
  return [{ permit: run.permit, outcome: { status: 'failed', returned: run.returned, affected: 0, native } }]
}

export function skipped(memory: Memory, run: Run): readonly Completion[] {
  if (!end(memory, run)) return []
  return [{ permit: run.permit, outcome: { status: 'skipped', returned: 0, affected: 0 } }]
}
