/** Little-endian integers and names at offsets, and the fault of bytes that are no BSON. */
import { GatehouseError } from '@gatehouse/core'

/** `what` carries no byte of the data. */
export function bsonFault(what: string): GatehouseError {
  return new GatehouseError('GH_WIRE', `not BSON: ${what}`)
}

/** Unchecked: four bytes must stand there. */
export function int32At(source: Uint8Array, at: number): number {
  return (
    (source[at] as number) |
    ((source[at + 1] as number) << 8) |
    ((source[at + 2] as number) << 16) |
    ((source[at + 3] as number) << 24)
  )
}

/** Unchecked: eight bytes must stand there. */
export function int64At(source: Uint8Array, at: number): bigint {
  return new DataView(source.buffer, source.byteOffset + at, 8).getBigInt64(0, true)
}

export function putInt32(target: Uint8Array, at: number, value: number): void {
  target[at] = value
  target[at + 1] = value >>> 8
  target[at + 2] = value >>> 16
  target[at + 3] = value >>> 24
}

/** Where the NUL of the cstring stands that begins at `at`. Throws `GH_WIRE` when none comes before `end`. */
export function nulAt(source: Uint8Array, at: number, end: number): number {
  let each = at
  while (each < end && source[each] !== 0) each += 1
  if (each >= end) throw bsonFault('a name without its end')
  return each
}

const SHORT = 32
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * A name as text. Invariant: two names are one text only where their bytes are the same, as a server tells them apart; each
 * byte above ASCII of an ill-formed one shows as a surrogate that no UTF-8 gives (U+DC80 to U+DCFF, Python's PEP 383).
 */
export function textAt(source: Uint8Array, start: number, end: number): string {
  const short = asciiAt(source, start, end)
  if (short !== undefined) return short
  const text = Buffer.from(source.buffer, source.byteOffset + start, end - start).toString('utf8')
  return text.includes('\ufffd') && strictTextAt(source, start, end) === undefined
    ? escapedTextAt(source, start, end)
    : text
}

/** Undefined for a text that is longer than most names, or not all ASCII: the decoder's call costs more than these few bytes. */
function asciiAt(source: Uint8Array, start: number, end: number): string | undefined {
  if (end - start > SHORT) return undefined
  let text = ''
  for (let at = start, byte: number; at < end; at++) {
    byte = source[at] as number
    if (byte > 0x7f) return undefined
    text += String.fromCharCode(byte)
  }
  return text
}

function escapedTextAt(source: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let at = start; at < end; at++) {
    const byte = source[at] as number
    text += String.fromCharCode(byte > 0x7f ? 0xdc00 + byte : byte)
  }
  return text
}

/** Undefined where the bytes are not well-formed UTF-8. */
export function strictTextAt(source: Uint8Array, start: number, end: number): string | undefined {
  const short = asciiAt(source, start, end)
  if (short !== undefined) return short
  try {
    return strict.decode(source.subarray(start, end))
  } catch {
    return undefined
  }
}
