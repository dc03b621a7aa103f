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
  return new Cursor(buffer, start, end)
}

/** A class: one is made for nearly every packet, and closures would be made anew with each. */
class Cursor implements PacketReader {
  at: number
  private readonly buffer: Uint8Array
  private readonly end: number

  constructor(buffer: Uint8Array, start: number, end: number) {
    this.buffer = buffer
    this.at = start
    this.end = end
  }

  get left(): number {
    return this.end - this.at
  }

  u8(): number {
    return this.buffer[this.take(1)] as number
  }

  u16(): number {
    const from = this.take(2)
    return this.byte(from) | (this.byte(from + 1) << 8)
  }

  u24(): number {
    const from = this.take(3)
    return this.byte(from) | (this.byte(from + 1) << 8) | (this.byte(from + 2) << 16)
  }

  u32(): number {
    const from = this.take(4)
    const low = this.byte(from) | (this.byte(from + 1) << 8) | (this.byte(from + 2) << 16)
    return (low | (this.byte(from + 3) << 24)) >>> 0
  }

  u64(): bigint {
    return BigInt(this.u32()) | (BigInt(this.u32()) << 32n)
  }

  lenenc(): number | null {
    const first = this.u8()
    if (first < 0xfb) return first
    if (first === 0xfb) return null
    if (first === 0xfc) return this.u16()
    if (first === 0xfd) return this.u24()
    if (first === 0xff) throw fault('0xFF where a length must stand')
    const value = this.u64()
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw fault('a length that no packet can have')
    return Number(value)
  }

  lenencBytes(): Uint8Array | null {
    const length = this.lenenc()
    return length === null ? null : this.bytes(length)
  }

  nulBytes(): Uint8Array {
    const zero = this.buffer.indexOf(0, this.at)
    if (zero < 0 || zero >= this.end) throw fault('a string without its NUL')
    const found = this.buffer.subarray(this.at, zero)
    this.at = zero + 1
    return found
  }

  bytes(count: number): Uint8Array {
    const from = this.take(count)
    return this.buffer.subarray(from, from + count)
  }

  rest(): Uint8Array {
    return this.bytes(this.left)
  }

  skip(count: number): void {
    this.take(count)
  }

  private byte(index: number): number {
    return this.buffer[index] as number
  }

  /** Where the next `count` bytes begin. */
  private take(count: number): number {
    if (count < 0 || count > this.end - this.at) throw fault('a field beyond the end of its packet')
    const from = this.at
    this.at += count
    return from
  }
}
