/** Replies matched to the command that is open: outcomes, state, and what a masked viewer may see (mysql-wire §3). */
import type { Frame, Outbox, Step } from '@gatehouse/adapter-kit'
import { GatehouseError } from '@gatehouse/core'
import { EOF, ERR, HEADER, packets, readErr } from '../messages/index.js'
import { farewellPayload } from '../refusing.js'
import type { Memory } from '../session/memory.js'
import type { Owed } from '../session/owed.js'
import { confirm } from '../session/standing.js'
import { failReply } from './failing.js'
import { followHead } from './head.js'
import { followPrepared } from './preparing.js'
import { endResult, followColumn, followColumnsEnd } from './results.js'
import { followRow, isRow } from './rows.js'
import { cut, type FollowingParts, LONGEST } from './steps.js'

/** Packets that go on unread are counted here; a reply's kind shows in its first byte, given where it stands. */
export function glance(type: number, length: number, memory: Memory): 'pass' | 'whole' {
  const { reply } = memory
  if (!mayPass(type, length, memory)) return 'whole'
  reply.upstream = reply.client = (reply.client + 1) & 255
  return 'pass'
}

function mayPass(type: number, length: number, memory: Memory): boolean {
  const { reply, owed } = memory
  if (owed === undefined || reply.upstream !== reply.client) return false
  if (reply.phase !== 'rows' || !reply.clean || !isRow(type, length, memory)) return false
  if (!reply.continues && reply.run !== undefined) reply.run.returned += 1
  reply.continues = length === LONGEST
  return true
}

export function follow(frame: Frame, out: Outbox, parts: FollowingParts): Step {
  try {
    return followReply(frame, out, parts)
  } catch (fault) {
    // Invariant: what cannot be read is no reply, and nothing of it is passed on (R30).
    if (!(fault instanceof GatehouseError) || fault.code !== 'GH_WIRE') throw fault
    return cut(parts.memory, fault.message)
  }
}

function followReply(frame: Frame, out: Outbox, parts: FollowingParts): Step {
  const { memory } = parts
  const { reply, owed } = memory
  if (owed === undefined) return unasked(frame, memory)
  if (frame.buffer[frame.start + 3] !== reply.upstream)
    return cut(memory, 'the database has lost count of its packets')
  reply.upstream = (reply.upstream + 1) & 255
  if (owed.kind === 'statements' && reply.phase === 'head') {
    const run = owed.runs[owed.index]
    if (run !== undefined) confirm(memory, run, owed)
  }
  if (reply.phase === 'file') return cut(memory, 'the database answered before it had the whole file')
  if (frame.type === ERR && !reply.continues)
    return isProgress(frame)
      ? cut(memory, 'the database reports its progress, which nobody asked for')
      : failReply(frame, owed, out, parts)
  switch (reply.phase) {
    case 'head':
      return followHead(answersLater(owed) ? copied(frame) : frame, owed, out, parts)
    case 'definitions':
      return followPrepared(frame, owed, out, memory)
    case 'columns':
      return followColumn(frame, owed, out, parts)
    case 'columns-end':
      return followColumnsEnd(frame, owed, out, parts)
    case 'rows':
      if (isRow(frame.type, frame.end - frame.start, memory)) return followRow(frame, out, parts)
      if (frame.type !== EOF) return cut(memory, 'a packet that is no row stands among the rows')
      return endResult(answersLater(owed) ? copied(frame) : frame, owed, out, parts)
  }
}

/** What the client is told by this packet waits for commands of the gateway's own. */
const answersLater = (owed: Owed) =>
  (owed.kind === 'statements' && owed.bracket !== undefined) ||
  (owed.kind === 'plain' && owed.done !== undefined)

/** Invariant: whoever keeps a part of a packet keeps a copy, as its bytes serve others once they were sent. */
function copied({ type, buffer, start, end, oversize }: Frame): Frame {
  const own = new Uint8Array(buffer.subarray(start, end))
  return { type, buffer: own, start: 0, end: own.length, oversize }
}

/** MariaDB's progress report is an ERR whose code no error has: no end of the reply. */
const isProgress = ({ buffer, start, end }: Frame) =>
  end - start >= HEADER + 3 && buffer[start + HEADER + 1] === 0xff && buffer[start + HEADER + 2] === 0xff

/** Shutdown, killed, idle for too long: with these servers take their leave (§3.6). */
const LEAVING = new Set([1053, 1927, 4031])

/** Whatever else nobody asked for is not passed on. */
function unasked({ type, buffer, start, end }: Frame, { gate }: Memory): Step {
  const content = buffer.subarray(start + HEADER, end)
  const leaves = type === ERR && content.length > 3 && LEAVING.has(readErr(content).code)
  const said =
    leaves && !gate.masked ? content : farewellPayload('GH_UPSTREAM', 'the database spoke out of turn')
  return { kind: 'cut', bytes: packets(0, said) }
}
