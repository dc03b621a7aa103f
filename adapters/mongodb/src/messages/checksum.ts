/** CRC-32C (RFC 9260, appendix A), which OP_MSG may end in. */

const POLYNOMIAL = 0x82f63b78

const TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1
  return value
})

/** Of `source[start … end)`, as an int32. */
export function crc32c(source: Uint8Array, start: number, end: number): number {
  let value = -1
  for (let at = start; at < end; at++)
    value = (TABLE[(value ^ (source[at] as number)) & 255] as number) ^ (value >>> 8)
  return ~value
}
