/** Cell masks of dates and timestamps: the first instant of the year, by the calendar of UTC. */

import { appendText, reserve } from '@gatehouse/adapter-kit'
import { decodeUtf8 } from '@gatehouse/masking'
import type { CellMask } from './cell-mask.js'

/** Binary dates and timestamps count from 2000-01-01, in days and microseconds. */
const EPOCH = Date.UTC(2000, 0, 1)
const DAY = 86_400_000
const MICROSECONDS = 1000n

/** DateStyle ISO only: the others don't say which number is the month; they, BC and infinity become NULL. */
const ISO_DATE = /^(\d{4,6})-\d\d-\d\d$/
const ISO_TIMESTAMP = /^(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.\d+)?([+-]\d\d(?::\d\d){0,2})?$/

export function dateCellMask(binary: boolean): CellMask {
  if (!binary) {
    return (source, start, end, out) => {
      const year = ISO_DATE.exec(decodeUtf8(source, start, end))?.[1]
      if (year === undefined) return false
      appendText(out, `${year}-01-01`)
      return true
    }
  }
  return (source, start, end, out) => {
    if (end - start !== 4) return false
    const days = new DataView(source.buffer, source.byteOffset + start, 4).getInt32(0)
    const first = firstOfYear(days * DAY + EPOCH)
    if (first === undefined) return false
    reserve(out, 4)
    out.length = out.bytes.writeInt32BE((first - EPOCH) / DAY, out.length)
    return true
  }
}

export function timestampCellMask(zoned: boolean, binary: boolean): CellMask {
  if (!binary) {
    return (source, start, end, out) => {
      const year = yearOfText(decodeUtf8(source, start, end), zoned)
      if (year === undefined) return false
      appendText(out, `${year.toString().padStart(4, '0')}-01-01 00:00:00${zoned ? '+00' : ''}`)
      return true
    }
  }
  return (source, start, end, out) => {
    if (end - start !== 8) return false
    const microseconds = new DataView(source.buffer, source.byteOffset + start, 8).getBigInt64(0)
    const first = firstOfYear(
      Number(microseconds / MICROSECONDS) - (microseconds % MICROSECONDS < 0n ? 1 : 0) + EPOCH,
    )
    if (first === undefined) return false
    reserve(out, 8)
    out.length = out.bytes.writeBigInt64BE(BigInt(first - EPOCH) * MICROSECONDS, out.length)
    return true
  }
}

/** Both in milliseconds since 1970; undefined before year 1 and beyond what Date can hold (infinity is). */
function firstOfYear(milliseconds: number): number | undefined {
  const year = new Date(milliseconds).getUTCFullYear()
  return Number.isNaN(year) || year < 1 ? undefined : new Date(0).setUTCFullYear(year, 0, 1)
}

function yearOfText(text: string, zoned: boolean): number | undefined {
  const parts = ISO_TIMESTAMP.exec(text)
  const offset = parts?.[7]
  if (parts === null || (offset !== undefined) !== zoned) return undefined
  const [, year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.map(Number)
  if (offset === undefined) return year
  const [hours = 0, minutes = 0, seconds = 0] = offset.slice(1).split(':').map(Number)
  const east = (offset.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds)
  const utc =
    new Date(0).setUTCFullYear(year, month - 1, day) + (hour * 3600 + minute * 60 + second - east) * 1000
  const shown = new Date(utc).getUTCFullYear()
  return Number.isNaN(shown) || shown < 1 ? undefined : shown
}
