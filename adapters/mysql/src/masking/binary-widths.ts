/** How many bytes a value has in a binary row, by its column's type (protocol manual, "Binary Protocol Value"). */
import { type ColumnDefinition, TYPE } from '../messages/index.js'

/** A length stands before the value. */
export const BY_LENGTH = 0
/** From here on no width, but: one byte of length, of a date or of a time. */
const DATED = 9
const TIMED = 10
/** There is no value of this type, or none that is known. */
export const NEVER = 11
/** The widest of fixed values. */
export const WIDEST = 8

const WIDTHS: ReadonlyMap<number, number> = new Map([
  [TYPE.TINY, 1],
  [TYPE.SHORT, 2],
  [TYPE.YEAR, 2],
  [TYPE.LONG, 4],
  [TYPE.INT24, 4],
  [TYPE.FLOAT, 4],
  [TYPE.LONGLONG, 8],
  [TYPE.DOUBLE, 8],
  [TYPE.DATE, DATED],
  [TYPE.NEWDATE, DATED],
  [TYPE.DATETIME, DATED],
  [TYPE.TIMESTAMP, DATED],
  [TYPE.TIME, TIMED],
  ...[TYPE.DECIMAL, TYPE.NEWDECIMAL, TYPE.VARCHAR, TYPE.VAR_STRING, TYPE.STRING, TYPE.ENUM, TYPE.SET].map(
    (type) => [type, BY_LENGTH] as const,
  ),
  ...[TYPE.TINY_BLOB, TYPE.MEDIUM_BLOB, TYPE.LONG_BLOB, TYPE.BLOB].map((type) => [type, BY_LENGTH] as const),
  ...[TYPE.BIT, TYPE.JSON, TYPE.GEOMETRY, TYPE.VECTOR].map((type) => [type, BY_LENGTH] as const),
])

export function widthOf(column: ColumnDefinition): number {
  return WIDTHS.get(column.type) ?? NEVER
}

/** Whether a date (zero, day, seconds, microseconds) or a time may have this many bytes. */
export function isLength(width: number, bytes: number): boolean {
  if (width === TIMED) return bytes === 0 || bytes === 8 || bytes === 12
  return bytes === 0 || bytes === 4 || bytes === 7 || bytes === 11
}
