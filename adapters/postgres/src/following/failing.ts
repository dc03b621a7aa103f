/** ErrorResponse: what failed, what is skipped with it, and what our own refusals look like in its place (§3.2, §4.1). */
import type { Completion, Frame, Outbox, Step } from '@gatehouse/adapter-kit'
import { settle } from '../reading/settling.js'
import { answering, end, forget, type Memory, type Run } from '../session/memory.js'
import type { Owed } from '../session/owed.js'
import { errorFields } from './error-fields.js'
import { endLimited } from './limiting.js'
import { putPortalBack, putStatementBack } from './putting-back.js'
import { scrubbed } from './scrubbing.js'
import { abandon, cut, type FollowingParts, settled, withUpstream } from './steps.js'

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
  // A Bind that fails is its statement's end: a value that is none of its type, a record that is too large.
  if (head.kind === 'execute' || head.kind === 'bind')
    completions.push(...failed(memory, head.portal.run, native))
  for (const entry of undone.reverse()) {
    if (entry.kind === 'execute') completions.push(...skipped(memory, entry.portal.run))
    if (entry.kind === 'parse') {
      const status = entry === head ? 'failed' : 'skipped'
      forget(memory, entry.prepared, status, entry === head ? native : undefined)
    }
    completions.push(...undo(memory, entry, entry !== head))
    if (entry.kind === 'query') {
      for (const run of entry.runs) completions.push(...skipped(memory, run))
      settle(memory, entry)
    }
    if (entry.kind === 'bind') completions.push(...skipped(memory, entry.portal.run))
  }
  const limited = undone.flatMap((entry) =>
    entry.kind === 'execute' && entry.limiting !== undefined
      ? { limiting: entry.limiting, portal: entry.portal }
      : [],
  )[0]
  const upstream =
    limited === undefined ? undefined : endLimited(memory, limited, undefined, isBehind(head, undone))
  if (ledger.size === 0) memory.skipping = true
  return withUpstream(settled(memory, completions), upstream)
}

/** A limited Query is skipped from its own Parse on by what failed before it, as the client's Query would be. */
const isBehind = (head: Owed, undone: readonly Owed[]) =>
  undone.some((entry) => entry.kind === 'parse' && entry.own && entry !== head)

/** `skipped`: the server has not looked at it. Nothing of what is put back or dropped goes without its outcome. */
function undo(memory: Memory, entry: Owed, skipped: boolean): readonly Completion[] {
  switch (entry.kind) {
    case 'parse': {
      entry.prepared.state = 'failed'
      const { prepared, previous } = entry
      const dropped = isDropped(prepared.name, skipped)
      if (dropped) forget(memory, previous)
      putStatementBack(memory, prepared, dropped ? undefined : previous)
      return []
    }
    case 'bind': {
      entry.portal.state = 'failed'
      const { portal, previous } = entry
      const dropped = isDropped(portal.name, skipped)
      putPortalBack(memory, portal, dropped ? undefined : previous)
      return dropped ? abandon(memory, previous) : []
    }
    case 'query':
    case 'poison':
      if (skipped && entry.unnamed !== undefined) putStatementBack(memory, undefined, entry.unnamed)
      return []
    case 'close':
      if (entry.prepared !== undefined) putStatementBack(memory, undefined, entry.prepared)
      if (entry.portal !== undefined) putPortalBack(memory, undefined, entry.portal)
      return []
    default:
      return []
  }
}

/** The unnamed one is dropped before its successor is made: it comes back only when nobody tried. */
const isDropped = (name: string, skipped: boolean) => name === '' && !skipped

export function failed(memory: Memory, run: Run, native: string): readonly Completion[] {
  if (!end(memory, run)) return []
  return [{ permit: run.permit, outcome: { status: 'failed', returned: run.returned, affected: 0, native } }]
}

export function skipped(memory: Memory, run: Run): readonly Completion[] {
  if (!end(memory, run)) return []
  return [{ permit: run.permit, outcome: { status: 'skipped', returned: 0, affected: 0 } }]
}
