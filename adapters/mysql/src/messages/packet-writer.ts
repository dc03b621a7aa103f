/** Builds payloads, and packets of them: three bytes of length, one of sequence (protocol manual, "MySQL Packets"). */
import { concatBytes, utf8 } from '@gatehouse/adapter-kit'

/** Payload bytes that make a packet to be continued by another. */
export const FULL = 0xffffff
export const HEADER = 4

export type Field = Uint8Array | readonly number[]

export const u16 = (value: number): readonly number[] => [value & 255, (value >>> 8) & 255]
export const u24 = (value: number): readonly number[] => [...u16(value), (value >>> 16) & 255]
export const u32 = (value: number): readonly number[] => [...u24(value), (value >>> 24) & 255]
export const u64 = (value: bigint): readonly number[] => [
  ...u32(Number(value & 0xffffffffn)),
  ...u32(Number((value >> 32n) & 0xffffffffn)),
]

/** int<lenenc> of a whole number from 0 to 2^53. */
export function lenenc(value: number): readonly number[] {
  if (value < 0xfb) return [value]
  if (value <= 0xffff) return [0xfc, ...u16(value)]
  if (value <= 0xffffff) return [0xfd, ...u24(value)]
  return [0xfe, ...u64(BigInt(value))]
}

/** string<lenenc>. */
export function lenencString(value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === 'string' ? utf8(value) : value
  return payload(lenenc(bytes.length), bytes)
}

/** string<NUL>; a NUL inside would end it early. */
export function nulString(value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === 'string' ? utf8(value) : value
  if (bytes.includes(0)) throw new RangeError('a NUL inside a NUL-terminated string')
  return payload(bytes, [0])
}

export function payload(...fields: readonly Field[]): Uint8Array {
  let size = 0
  for (const field of fields) size += field.length
  const whole = new Uint8Array(size)
  let at = 0
  for (const field of fields) {
    if (field instanceof Uint8Array) whole.set(field, at)
    else for (let index = 0; index < field.length; index += 1) whole[at + index] = field[index] as number
    at += field.length
  }
  return whole
}

/** A payload as packets from this sequence number on; one of a multiple of 2^24 − 1 bytes ends in an empty packet. */
export function packets(sequence: number, content: Uint8Array): Uint8Array {
  if (content.length < FULL) return packet(sequence, content)
  const parts: Uint8Array[] = []
  for (let at = 0, next = sequence; ; at += FULL, next += 1) {
    const size = Math.min(FULL, content.length - at)
    parts.push(Uint8Array.from([...u24(size), next & 255]), content.subarray(at, at + size))
    if (size < FULL) return concatBytes(parts)
  }
}

/** Nearly every payload is shorter than a packet may be. */
function packet(sequence: number, content: Uint8Array): Uint8Array {
  const { length } = content
  const whole = Buffer.allocUnsafe(HEADER + length)
  whole[0] = length
  whole[1] = length >>> 8
  whole[2] = length >>> 16
  whole[3] = sequence
  whole.set(content, HEADER)
  return whole
}

/** The sequence number after a payload of `size` bytes that began at `sequence`. */
export const sequenceAfter = (sequence: number, size: number): number =>
  (sequence + 1 + Math.floor(size / FULL)) & 255
