/** Rewrites DataRow messages: masked cells anew, everything between them as it came (postgres-wire.md §5.4). */
import type { CellMask } from './cell-mask.js'
import { wireFault } from './wire-fault.js'
import { append, type ByteWriter, reserve } from './writer.js'

const DATA_ROW = 0x44
const HEADER = 7
/** The server's own ceiling of one message. */
const LONGEST_MESSAGE = 0x3fff_ffff

/**
 * Appends the masked form of `buffer[start … end)`, which is whole DataRow messages with their type bytes. Throws
 * `GH_WIRE` when it is anything else, when a row has another number of columns, or when lengths don't add up: what was
 * appended for rows before the fault is well formed, the faulty row itself is not appended.
 */
export type RowMask = (buffer: Uint8Array, start: number, end: number, out: ByteWriter) => void

export function createRowMask(cells: readonly (CellMask | undefined)[]): RowMask {
  const columns = cells.length
  return (buffer, start, end, out) => {
    for (let at = start; at < end; ) {
      if (end - at < HEADER || buffer[at] !== DATA_ROW) throw wireFault('not a DataRow')
      const length = readInt32(buffer, at + 1)
      const next = at + 1 + length
      if (length < HEADER - 1 || next > end) throw wireFault('a DataRow longer than its bytes')
      if ((((buffer[at + 5] as number) << 8) | (buffer[at + 6] as number)) !== columns) {
        throw wireFault('a DataRow with another number of columns than its description')
      }
      maskRow(buffer, at, next, cells, out)
      at = next
    }
  }
}

function maskRow(
  buffer: Uint8Array,
  start: number,
  end: number,
  cells: readonly (CellMask | undefined)[],
  out: ByteWriter,
): void {
  const rowAt = out.length
  let copied = start
  let at = start + HEADER
  for (let column = 0; column < cells.length; column++) {
    const cellStart = at + 4
    const length = cellStart > end ? -2 : readInt32(buffer, at)
    if (length === -1) {
      at = cellStart
      continue
    }
    const cellEnd = cellStart + length
    if (length < 0 || cellEnd > end) {
      out.length = rowAt
      throw wireFault('a cell beyond its DataRow')
    }
    const mask = cells[column]
    if (mask !== undefined) {
      append(out, buffer, copied, at)
      reserve(out, 4)
      const lengthAt = out.length
      out.length += 4
      const written = mask(buffer, cellStart, cellEnd, out)
      if (!written) out.length = lengthAt + 4
      writeInt32(out.bytes, lengthAt, written ? out.length - lengthAt - 4 : -1)
      copied = cellEnd
    }
    at = cellEnd
  }
  if (at !== end) {
    out.length = rowAt
    throw wireFault('bytes after the last cell of a DataRow')
  }
  append(out, buffer, copied, end)
  const masked = out.length - rowAt - 1
  if (masked > LONGEST_MESSAGE) throw wireFault('a DataRow over the ceiling')
  writeInt32(out.bytes, rowAt + 1, masked)
}

function readInt32(buffer: Uint8Array, at: number): number {
  return (
    ((buffer[at] as number) << 24) |
    ((buffer[at + 1] as number) << 16) |
    ((buffer[at + 2] as number) << 8) |
    (buffer[at + 3] as number)
  )
}

function writeInt32(bytes: Buffer, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}
