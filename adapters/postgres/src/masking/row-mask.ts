/** Rewrites DataRow messages: masked cells anew, everything between them as it came (postgres-wire.md §5.4). */
import { append, type ByteWriter, readInt32, reserve, writeInt32 } from '@gatehouse/adapter-kit'
import type { CellMask } from './cell-mask.js'
import { wireFault } from './wire-fault.js'

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
    // What stands between two masked cells goes out as one span, across rows; `copied` is where it begins.
    let copied = start
    for (let row = start; row < end; ) {
      const rowAt = out.length + row - copied
      const what = findFault(buffer, row, end, columns)
      if (what !== undefined) return fail(what, row, rowAt)
      const next = row + 1 + readInt32(buffer, row + 1)
      let at = row + HEADER
      for (let column = 0; column < columns; column++) {
        const cellStart = at + 4
        const length = cellStart > next ? -2 : readInt32(buffer, at)
        if (length === -1) {
          at = cellStart
          continue
        }
        const cellEnd = cellStart + length
        if (length < 0 || cellEnd > next) return fail('a cell beyond its DataRow', row, rowAt)
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
      if (at !== next) return fail('bytes after the last cell of a DataRow', row, rowAt)
      if (copied > row) {
        const masked = out.length + next - copied - rowAt - 1
        if (masked > LONGEST_MESSAGE) return fail('a DataRow over the ceiling', row, rowAt)
        writeInt32(out.bytes, rowAt + 1, masked)
      }
      row = next
    }
    append(out, buffer, copied, end)

    /** Leaves the rows before the faulty one whole, and nothing of that one. */
    function fail(what: string, row: number, rowAt: number): never {
      if (out.length < rowAt) append(out, buffer, copied, row)
      out.length = rowAt
      throw wireFault(what)
    }
  }
}

function findFault(buffer: Uint8Array, row: number, end: number, columns: number): string | undefined {
  if (end - row < HEADER || buffer[row] !== DATA_ROW) return 'not a DataRow'
  const length = readInt32(buffer, row + 1)
  if (length < HEADER - 1 || row + 1 + length > end) return 'a DataRow longer than its bytes'
  const count = ((buffer[row + 5] as number) << 8) | (buffer[row + 6] as number)
  return count === columns ? undefined : 'a DataRow with another number of columns than its description'
}
