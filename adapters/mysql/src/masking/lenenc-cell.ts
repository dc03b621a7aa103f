/** Length-encoded values inside rows (protocol manual, "Protocol::LengthEncodedInteger"), without a reader's object for each. */
import { type ByteWriter, reserve } from '@gatehouse/adapter-kit'

/** Where a length would stand: NULL, in text rows alone. Bytes below are lengths themselves. */
export const NULL_CELL = 0xfb
const TWO = 0xfc
const THREE = 0xfd
const EIGHT = 0xfe

/** Bytes from the first of a wide length to its value. */
export function valueAt(first: number): number {
  return first === TWO ? 3 : first === THREE ? 4 : 9
}

/** The wide length at `at`; not a number for what is none or is cut off by `end`, so that no comparison with it holds. */
export function wideLength(buffer: Uint8Array, at: number, end: number): number {
  const first = buffer[at] as number
  if (first < TWO || first > EIGHT || at + valueAt(first) > end) return Number.NaN
  const low = (buffer[at + 1] as number) | ((buffer[at + 2] as number) << 8)
  if (first === TWO) return low
  const middle = low | ((buffer[at + 3] as number) << 16)
  if (first === THREE) return middle
  const four = (middle | ((buffer[at + 4] as number) << 24)) >>> 0
  for (let high = at + 5; high < at + 9; high++) if (buffer[high] !== 0) return Number.NaN
  return four
}

/** Puts its length before the value that was appended after `lengthAt`, where one byte was left for it. */
export function appendLength(out: ByteWriter, lengthAt: number): void {
  const length = out.length - lengthAt - 1
  if (length < NULL_CELL) {
    out.bytes[lengthAt] = length
    return
  }
  const bytes = length <= 0xffff ? 2 : length <= 0xffffff ? 3 : 8
  reserve(out, bytes)
  out.bytes.copyWithin(lengthAt + 1 + bytes, lengthAt + 1, out.length)
  out.length += bytes
  out.bytes[lengthAt] = bytes === 2 ? TWO : bytes === 3 ? THREE : EIGHT
  let rest = length
  for (let at = lengthAt + 1; at <= lengthAt + bytes; at++) {
    out.bytes[at] = rest % 256
    rest = Math.floor(rest / 256)
  }
}
