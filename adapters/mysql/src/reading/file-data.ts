/** Packets of a file that the server has asked for, up to an empty one (protocol manual, "LOCAL INFILE Data"). */
import type { Frame, Limits, Reading } from '@gatehouse/adapter-kit'
import { FULL, HEADER } from '../messages/index.js'
import type { Memory } from '../session/memory.js'
import { outOfOrder, tooLarge } from './arriving.js'

/** Numbers go on from the question, on either side by its own count. */
export function readFileData(
  { buffer, start, end, oversize }: Frame,
  memory: Memory,
  { message }: Pick<Limits, 'message'>,
): Reading {
  const { reply, owed } = memory
  const number = buffer[start + 3] as number
  const run = owed?.kind === 'statements' ? owed.runs[owed.index] : undefined
  if (run === undefined || number !== reply.client) return outOfOrder()
  const size = end - start - HEADER
  reply.size = (reply.continues ? reply.size : 0) + size
  if (oversize || reply.size > message) return tooLarge((number + 1) & 255)
  run.uploaded = (run.uploaded ?? 0) + size
  // An empty packet behind a full one ends that packet, and no file.
  const last = size === 0 && !reply.continues
  reply.continues = size === FULL
  if (last) reply.phase = 'head'
  const upstream = reply.upstream
  reply.client = (number + 1) & 255
  reply.upstream = (upstream + 1) & 255
  if (upstream === number) return { kind: 'pass' }
  const bytes = buffer.slice(start, end)
  bytes[3] = upstream
  return { kind: 'pass', bytes }
}
