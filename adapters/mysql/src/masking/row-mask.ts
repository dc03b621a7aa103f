/** Rewrites rows: masked cells anew, everything between them as it came (protocol manual, "Text Resultset Row", "Binary Resultset Row"). */
import { append, type ByteWriter, reserve } from '@gatehouse/adapter-kit'
import { GatehouseError } from '@gatehouse/core'
import type { ColumnDefinition } from '../messages/index.js'
import { BY_LENGTH, isLength, NEVER, WIDEST, widthOf } from './binary-widths.js'
import type { CellMask, RowFormat, RowMask } from './cell.js'
import { appendLength, NULL_CELL, valueAt, wideLength } from './lenenc-cell.js'

/** The highest that max_allowed_packet can be. */
const LONGEST_ROW = 0x4000_0000

/** `cells`: one for each column, undefined where it passes. One row for all formats that carry rows: results, OUT parameters, fetches. */
export function createRowMask(
  format: RowFormat,
  columns: readonly ColumnDefinition[],
  cells: readonly (CellMask | undefined)[],
): RowMask {
  if (columns.length !== cells.length)
    throw new GatehouseError('GH_INVARIANT', 'not one mask for each column of the result')
  return format === 'text' ? textRowMask(cells) : binaryRowMask(columns, cells)
}

function textRowMask(cells: readonly (CellMask | undefined)[]): RowMask {
  const count = cells.length
  return (buffer, start, end, out) => {
    const rowAt = out.length
    // What stands between two masked cells goes out as one span; `copied` is where it begins.
    let copied = start
    let at = start
    for (let column = 0; column < count; column++) {
      const first = at < end ? (buffer[at] as number) : -1
      if (first === NULL_CELL) {
        at += 1
        continue
      }
      const cellStart = at + (first < NULL_CELL ? 1 : valueAt(first))
      const cellEnd = cellStart + (first < NULL_CELL ? first : wideLength(buffer, at, end))
      if (first < 0 || !(cellEnd <= end)) fail(out, rowAt, 'a cell beyond its row')
      const mask = cells[column]
      if (mask !== undefined) {
        append(out, buffer, copied, at)
        copied = cellEnd
        reserve(out, 1)
        const lengthAt = out.length++
        if (mask(buffer, cellStart, cellEnd, out)) appendLength(out, lengthAt)
        else {
          out.bytes[lengthAt] = NULL_CELL
          out.length = lengthAt + 1
        }
      }
      at = cellEnd
    }
    if (at !== end) fail(out, rowAt, 'bytes after the last cell of a row')
    append(out, buffer, copied, end)
    if (out.length - rowAt > LONGEST_ROW) fail(out, rowAt, 'a row over the ceiling')
  }
}

/** The NULL bitmap's first two bits belong to no column. */
const FIRST_BIT = 2

function binaryRowMask(
  columns: readonly ColumnDefinition[],
  cells: readonly (CellMask | undefined)[],
): RowMask {
  const count = cells.length
  const widths = Uint8Array.from(columns, widthOf)
  const values = 1 + ((count + 7 + FIRST_BIT) >> 3)
  return (buffer, start, end, out) => {
    const rowAt = out.length
    if (end - start < values || buffer[start] !== 0) fail(out, rowAt, 'a binary row without its header')
    let copied = start
    let at = start + values
    for (let column = 0; column < count; column++) {
      const bit = column + FIRST_BIT
      if (((buffer[start + 1 + (bit >> 3)] as number) & (1 << (bit & 7))) !== 0) continue
      const width = widths[column] as number
      let cellStart = at
      let cellEnd: number
      if (width <= WIDEST && width !== BY_LENGTH) cellEnd = at + width
      else if (width === NEVER || at >= end) return fail(out, rowAt, 'a value that this column cannot have')
      else if (width === BY_LENGTH) {
        const first = buffer[at] as number
        cellStart = at + (first < NULL_CELL ? 1 : valueAt(first))
        cellEnd = cellStart + (first < NULL_CELL ? first : wideLength(buffer, at, end))
      } else {
        cellStart = at + 1
        cellEnd = cellStart + (buffer[at] as number)
        if (!isLength(width, cellEnd - cellStart)) fail(out, rowAt, 'a date or time of an unknown length')
      }
      if (!(cellEnd <= end)) fail(out, rowAt, 'a value beyond its row')
      const mask = cells[column]
      if (mask !== undefined) {
        append(out, buffer, copied, at)
        copied = cellEnd
        const isFixed = cellStart === at
        reserve(out, 1)
        const lengthAt = out.length
        if (!isFixed) out.length += 1
        if (!mask(buffer, cellStart, cellEnd, out)) {
          out.length = lengthAt
          const byte = rowAt + 1 + (bit >> 3)
          out.bytes[byte] = (out.bytes[byte] as number) | (1 << (bit & 7))
        } else if (!isFixed) appendLength(out, lengthAt)
        else if (out.length - lengthAt !== width)
          throw new GatehouseError('GH_INVARIANT', 'a masked value of another width than its column')
      }
      at = cellEnd
    }
    if (at !== end) fail(out, rowAt, 'bytes after the last value of a row')
    append(out, buffer, copied, end)
    if (out.length - rowAt > LONGEST_ROW) fail(out, rowAt, 'a row over the ceiling')
  }
}

/** Leaves nothing of the row. Never carries a byte of the data. */
function fail(out: ByteWriter, rowAt: number, what: string): never {
  out.length = rowAt
  throw new GatehouseError('GH_WIRE', `malformed reply from the database: ${what}`)
}
