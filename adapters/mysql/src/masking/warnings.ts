/** Rows of SHOW WARNINGS and SHOW ERRORS as a viewer with masks may read them: Level, Code, Message (R20). */
import { append } from '@gatehouse/adapter-kit'
import { decodeUtf8 } from '@gatehouse/masking'
import { type ColumnDefinition, readPacket } from '../messages/index.js'
import { type CellMask, nullCell, type RowFormat, type RowMask } from './cell.js'
import { familyOf } from './cell-families.js'
import { createRowMask } from './row-mask.js'
import { type ScrubContext, scrubText } from './scrub.js'

/** Rows of any other shape show nothing. */
export function createWarningsMask(
  format: RowFormat,
  columns: readonly ColumnDefinition[],
  context: ScrubContext,
): RowMask {
  const [level, code, message] = columns
  const text = message === undefined ? undefined : familyOf(message)
  if (columns.length !== 3 || level === undefined || code === undefined || text?.kind !== 'text')
    return createRowMask(
      format,
      columns,
      columns.map(() => nullCell),
    )
  const { encoding } = text
  // Cells are masked in the row's order: the number stands before the text that it says the form of.
  let number = 0
  const readCode: CellMask = (source, start, end, out) => {
    number = codeOf(format, source, start, end)
    return pass(source, start, end, out)
  }
  const scrub: CellMask = (source, start, end, out) => {
    encoding.append(out, scrubText(number, encoding.decode(source, start, end) ?? '', context))
    return true
  }
  const known = familyOf(code)?.kind === 'integer' && familyOf(level)?.kind === 'text'
  return known
    ? createRowMask(format, columns, [undefined, readCode, scrub])
    : createRowMask(
        format,
        columns,
        columns.map(() => nullCell),
      )
}

const pass: CellMask = (source, start, end, out) => {
  append(out, source, start, end)
  return true
}

function codeOf(format: RowFormat, source: Uint8Array, start: number, end: number): number {
  if (format === 'text') return Number(decodeUtf8(source, start, end))
  const reader = readPacket(source, start, end)
  return end - start === 2 ? reader.u16() : end - start === 4 ? reader.u32() : Number(reader.u64())
}
