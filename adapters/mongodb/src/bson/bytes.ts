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

/** Text as it is shown: ill-formed sequences become U+FFFD. */
export function textAt(source: Uint8Array, start: number, end: number): string {
  if (end - start <= SHORT) {
    let text = ''
    let at = start
    for (let byte: number; at < end; at++) {
      byte = source[at] as number
      if (byte > 0x7f) break
      text += String.fromCharCode(byte)
    }
    if (at === end) return text
  }
  return Buffer.from(source.buffer, source.byteOffset + start, end - start).toString('utf8')
}

/** Undefined where the bytes are not well-formed UTF-8. */
export function strictTextAt(source: Uint8Array, start: number, end: number): string | undefined {
  try {
    return strict.decode(source.subarray(start, end))
  } catch {
    return undefined
  }
}
