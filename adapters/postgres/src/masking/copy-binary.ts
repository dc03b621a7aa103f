/** The rows of COPY's binary format: a header, tuples of counted cells, a trailer. */

import { append, reserve } from '@gatehouse/adapter-kit'
import type { CellMask } from './cell-mask.js'
import type { CopyRows } from './copy-rows.js'
import { wireFault } from './wire-fault.js'

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
const HEADER = SIGNATURE.length + 8
const LONGEST_CELL = 0x3fff_ffff
const LONGEST_EXTENSION = 0x1_0000

export function binaryCopyRows(cells: readonly (CellMask | undefined)[]): CopyRows {
  let state: 'header' | 'tuples' | 'done' = 'header'
  /** How far the tuple at hand is read: the next cell's length stands at `scanned`, when it is its turn. */
  let scanned = 0
  let column = -1

  return {
    get complete() {
      return state === 'done'
    },
    moved: (count) => {
      scanned -= count
    },
    findEnd: (bytes, start, length) => {
      if (state === 'done') throw wireFault('COPY data after the trailer')
      return state === 'header' ? endOfHeader(bytes, start, length) : endOfTuple(bytes, start, length)
    },
    mask: (bytes, start, end, out) => {
      if (state === 'header' || bytes.readInt16BE(start) === -1) {
        state = state === 'header' ? 'tuples' : 'done'
        append(out, bytes, start, end)
        return
      }
      let copied = start
      let at = start + 2
      for (const mask of cells) {
        const size = bytes.readInt32BE(at)
        const cellEnd = at + 4 + Math.max(size, 0)
        if (mask !== undefined && size >= 0) {
          append(out, bytes, copied, at)
          reserve(out, 4)
          const sizeAt = out.length
          out.length += 4
          const written = mask(bytes, at + 4, cellEnd, out)
          if (!written) out.length = sizeAt + 4
          out.bytes.writeInt32BE(written ? out.length - sizeAt - 4 : -1, sizeAt)
          copied = cellEnd
        }
        at = cellEnd
      }
      append(out, bytes, copied, end)
    },
  }

  function endOfHeader(bytes: Buffer, start: number, length: number): number {
    if (length - start < HEADER) return -1
    if (bytes.compare(SIGNATURE, 0, SIGNATURE.length, start, start + SIGNATURE.length) !== 0) {
      throw wireFault('binary COPY data without its signature')
    }
    // Bits 16 and up would change the tuples' form, e.g. add OIDs.
    if (bytes.readUInt32BE(start + SIGNATURE.length) >>> 16 !== 0)
      throw wireFault('binary COPY data with unknown flags')
    const extension = bytes.readUInt32BE(start + SIGNATURE.length + 4)
    if (extension > LONGEST_EXTENSION) throw wireFault('binary COPY data with an oversized header')
    const end = start + HEADER + extension
    scanned = end
    return end <= length ? end : -1
  }

  function endOfTuple(bytes: Buffer, start: number, length: number): number {
    if (column < 0) {
      if (length - start < 2) return -1
      const count = bytes.readInt16BE(start)
      if (count === -1) return start + 2
      if (count !== cells.length) throw wireFault('a COPY row with another number of columns')
      column = 0
      scanned = start + 2
    }
    for (; column < cells.length; column++) {
      if (length - scanned < 4) return -1
      const size = bytes.readInt32BE(scanned)
      if (size < -1 || size > LONGEST_CELL) throw wireFault('a COPY cell with an impossible length')
      const end = scanned + 4 + Math.max(size, 0)
      if (end > length) return -1
      scanned = end
    }
    column = -1
    return scanned
  }
}
