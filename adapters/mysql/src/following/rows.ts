/** Rows of a result: counted, masked, or withheld. */
import { type Frame, type Outbox, reserve, type Step } from '@gatehouse/adapter-kit'
import { EOF, ERR, HEADER, packets, sequenceAfter } from '../messages/index.js'
import { limitTold, toldPayload } from '../refusing.js'
import type { Memory, Reply, Run } from '../session/memory.js'
import { cut, type FollowingParts, GO, LONGEST, pass, payloadOf, say } from './steps.js'

/** Bytes of a packet below which 0xFE in front is an EOF and no length of a cell; an OK in its place may have more (protocol manual, "EOF_Packet"). */
const EOF_LENGTH = HEADER + 9

/** `length`: of the packet with its header. */
export function isRow(
  type: number,
  length: number,
  { reply, layout }: Pick<Memory, 'reply' | 'layout'>,
): boolean {
  const ends = layout.short ? LONGEST : EOF_LENGTH
  return reply.continues || (type !== ERR && type >= 0 && !(type === EOF && length < ends))
}

export function followRow(frame: Frame, out: Outbox, parts: FollowingParts): Step {
  const { memory } = parts
  const { reply } = memory
  const { run, mask } = reply
  const length = frame.end - frame.start
  const first = !reply.continues
  reply.continues = length === LONGEST
  if (reply.draining || run === undefined) return GO
  if (first && !admitRow(run, length - HEADER)) {
    tellLimit(run, out, memory)
    return GO
  }
  if (!first) run.bytes += length - HEADER
  if (mask === null) {
    pass(frame, out, memory)
    return GO
  }
  if (first && !reply.continues) {
    writeMasked(frame.buffer, frame.start + HEADER, frame.end, out, memory)
    return GO
  }
  reply.size = (first ? 0 : reply.size) + length - HEADER
  if (reply.size > parts.message)
    return cut(memory, 'a row that must be masked is longer than limits.message')
  reply.parts.push(new Uint8Array(payloadOf(frame)))
  if (reply.continues) return GO
  const whole = Buffer.concat(reply.parts)
  reply.parts = []
  writeMasked(whole, 0, whole.length, out, memory)
  return GO
}

/** Into the writer that gathers small pieces, its length filled in behind. */
function writeMasked(buffer: Uint8Array, start: number, end: number, out: Outbox, memory: Memory): void {
  const { reply } = memory
  const writer = out.writer()
  const at = writer.length
  reserve(writer, HEADER)
  writer.length += HEADER
  try {
    reply.mask?.(buffer, start, end, writer)
  } catch (fault) {
    // Invariant: of a row that cannot be read nothing is sent, not the room that was made for it.
    writer.length = at
    throw fault
  }
  const size = writer.length - at - HEADER
  if (size + HEADER >= LONGEST) {
    // Rare: it takes several packets.
    const whole = packets(reply.client, writer.bytes.subarray(at + HEADER, writer.length))
    writer.length = at
    out.write(whole)
  } else {
    const { bytes } = writer
    bytes[at] = size
    bytes[at + 1] = size >>> 8
    bytes[at + 2] = size >>> 16
    bytes[at + 3] = reply.client
  }
  reply.client = sequenceAfter(reply.client, size)
}

/** Whether one more row of this size may go to the client; it counts as sent then. */
function admitRow(run: Run, size: number): boolean {
  const { rows, bytes, affected } = run.permit.permission
  if (rows !== undefined && run.returned >= rows.limit) run.over = { what: 'rows', ...rows }
  else if (bytes !== undefined && run.bytes + size > bytes.limit) run.over = { what: 'bytes', ...bytes }
  else if (affected !== undefined && writes(run) && run.returned >= affected.limit)
    run.over = { what: 'affected', ...affected }
  if (run.over !== undefined) return false
  run.returned += 1
  run.bytes += size
  return true
}

const WRITING: ReadonlySet<string> = new Set(['insert', 'update', 'delete'])

/** RETURNING gives back what it changed, row by row. */
export function writes({ statement: { actions } }: Pick<Run, 'statement'>): boolean {
  return actions.some(({ verb, derived }) => !derived && WRITING.has(verb))
}

/** What still comes is not shown. Under a bracket the client is told when what was done is undone. */
function tellLimit(run: Run, out: Outbox, memory: Memory): void {
  const { owed, reply } = memory
  const bracketed = owed?.kind === 'statements' && owed.bracket !== undefined
  if (run.over !== undefined && !bracketed) {
    const told = limitTold(run.over, run.permit.decided.id)
    memory.diagnostics = told
    say(toldPayload(told), out, memory)
  }
  reply.draining = true
}

/** Rows pass unread: neither masked nor counted. */
export function isClean({ run, mask }: Reply): boolean {
  if (mask !== null || run === undefined) return false
  const { rows, bytes, affected } = run.permit.permission
  return rows === undefined && bytes === undefined && affected === undefined
}
