/** Packets cut by hand: the speaker must not share the adapter's eyes (protocol manual, "MySQL Packets"). */

/** One payload, put together of as many packets as carried it. */
export interface Packet {
  /** Of its first packet. */
  readonly sequence: number
  /** One more than its last packet's, modulo 256. */
  readonly following: number
  readonly payload: Buffer
  /** Where the first of its headers stood, and where its last byte ended. */
  readonly start: number
  readonly end: number
}

/** Bytes of a payload after which another packet follows. */
const FULL = 0xffffff
const HEADER = 4

/**
 * The payload that begins at `start`; undefined while part of it has not come. Throws when the packets that carry it are not numbered
 * one after the other.
 */
export function cutPacket(bytes: Buffer, start: number): Packet | undefined {
  const parts: Buffer[] = []
  let at = start
  let expected = bytes[start + 3]
  for (;;) {
    if (bytes.length - at < HEADER) return undefined
    const size = bytes.readUIntLE(at, 3)
    if (bytes.length - at - HEADER < size) return undefined
    if (bytes[at + 3] !== expected)
      throw new Error(`packet ${bytes[at + 3]} in the place of packet ${expected} of one payload`)
    parts.push(bytes.subarray(at + HEADER, at + HEADER + size))
    at += HEADER + size
    expected = ((expected as number) + 1) & 255
    if (size < FULL) break
  }
  return {
    sequence: bytes[start + 3] as number,
    following: expected,
    payload: parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts),
    start,
    end: at,
  }
}
