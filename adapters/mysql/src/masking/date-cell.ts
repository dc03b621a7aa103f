/** Cell masks of dates, datetimes and timestamps: the first instant of the year, as the session's time zone shows it. */
import { append, appendByte } from '@gatehouse/adapter-kit'
import type { CellMask } from './cell.js'

/** The text of midnight on a January 1st; digits stand where a text of this kind has digits. */
const FIRST = Buffer.from('0000-01-01 00:00:00.000000')
const ZERO = 0x30
const DATE = 10
const SECONDS = 19
const YEAR = 4

/** The zero date has no year: NULL. */
export function dateCellMask(binary: boolean): CellMask {
  return binary ? binaryYear : textYear
}

const textYear: CellMask = (source, start, end, out) => {
  const length = end - start
  if (length !== DATE && (length < SECONDS || length > FIRST.length)) return false
  let year = 0
  for (let at = 0; at < length; at++) {
    const byte = source[start + at] as number
    const like = FIRST[at] as number
    const digit = byte - ZERO
    if (like < ZERO || like > ZERO + 9 ? byte !== like : digit < 0 || digit > 9) return false
    if (at < YEAR) year += digit
  }
  if (year === 0) return false
  append(out, source, start, start + YEAR)
  append(out, FIRST, YEAR, length)
  return true
}

/** Year (two bytes), month, day; what follows is left out when it is midnight (protocol manual, "MYSQL_TYPE_DATETIME"). */
const binaryYear: CellMask = (source, start, end, out) => {
  const low = source[start] as number
  const high = source[start + 1] as number
  if (end - start < YEAR || (low | high) === 0) return false
  appendByte(out, low)
  appendByte(out, high)
  appendByte(out, 1)
  appendByte(out, 1)
  return true
}
