/** Reads the fields of one packet's payload in order; what does not fit is a fault, never a guess. */
import { GatehouseError } from '@gatehouse/core'

/** Integers are little-endian (protocol manual, "Integer Types"). Every method throws `GH_WIRE` beyond the end. */
export interface PacketReader {
  readonly at: number
  readonly left: number
  u8(): number
  u16(): number
  u24(): number
  u32(): number
  u64(): bigint
  /** int<lenenc>; null for 0xFB. Throws over 2^53 and for 0xFF. */
  lenenc(): number | null
  /** string<lenenc>; null for NULL. A view of the buffer. */
  lenencBytes(): Uint8Array | null
  /** string<NUL>, without it. */
  nulBytes(): Uint8Array
  bytes(count: number): Uint8Array
  /** string<EOF>. */
  rest(): Uint8Array
  skip(count: number): void
}

const fault = (what: string) => new GatehouseError('GH_WIRE', what)

export function readPacket(buffer: Uint8Array, start = 0, end = buffer.length): PacketReader {
  let at = start

  /** Where the next `count` bytes begin. */
  const take = (count: number): number => {
    if (count < 0 || count > end - at) throw fault('a field beyond the end of its packet')
    const from = at
    at += count
    return from
  }
  const byte = (index: number) => buffer[index] as number
  const u16 = () => {
    const from = take(2)
    return byte(from) | (byte(from + 1) << 8)
  }
  const u24 = () => {
    const from = take(3)
    return byte(from) | (byte(from + 1) << 8) | (byte(from + 2) << 16)
  }
  const u32 = () => {
    const from = take(4)
    return (byte(from) | (byte(from + 1) << 8) | (byte(from + 2) << 16) | (byte(from + 3) << 24)) >>> 0
  }
  const u64 = () => BigInt(u32()) | (BigInt(u32()) << 32n)
  const lenenc = (): number | null => {
    const first = byte(take(1))
    if (first < 0xfb) return first
    if (first === 0xfb) return null
    if (first === 0xfc) return u16()
    if (first === 0xfd) return u24()
    if (first === 0xff) throw fault('0xFF where a length must stand')
    const value = u64()
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw fault('a length that no packet can have')
    return Number(value)
  }
  const bytes = (count: number) => {
    const from = take(count)
    return buffer.subarray(from, from + count)
  }

  return {
    get at() {
      return at
    },
    get left() {
      return end - at
    },
    u8: () => byte(take(1)),
    u16,
    u24,
    u32,
    u64,
    lenenc,
    lenencBytes() {
      const length = lenenc()
      return length === null ? null : bytes(length)
    },
    nulBytes() {
      const zero = buffer.indexOf(0, at)
      if (zero < 0 || zero >= end) throw fault('a string without its NUL')
      const found = buffer.subarray(at, zero)
      at = zero + 1
      return found
    },
    bytes,
    rest: () => bytes(end - at),
    skip(count) {
      take(count)
    },
  }
}
