/** Reading and writing integers and strings at offsets, for control messages; rows have their own writers. */

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
// A leading U+FEFF is a character like any other: a server tells names apart by it.
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

export function utf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Lossy: ill-formed sequences become U+FFFD. */
export function text(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

/** Undefined when the bytes are not well-formed UTF-8. */
export function strictText(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes)
  } catch {
    return undefined
  }
}

/** Up to this, plain text is read here: to call the decoder costs more. */
const SHORT = 16

/** The same, of a part of a buffer. */
export function strictTextAt(buffer: Uint8Array, start: number, end: number): string | undefined {
  if (end - start > SHORT) return strictText(buffer.subarray(start, end))
  let plain = ''
  for (let at = start; at < end; at += 1) {
    const code = buffer[at] as number
    if (code > 0x7f) return strictText(buffer.subarray(start, end))
    plain += String.fromCharCode(code)
  }
  return plain
}

export function readInt32(buffer: Uint8Array, at: number): number {
  return (
    ((buffer[at] as number) << 24) |
    ((buffer[at + 1] as number) << 16) |
    ((buffer[at + 2] as number) << 8) |
    (buffer[at + 3] as number)
  )
}

export function readUint16(buffer: Uint8Array, at: number): number {
  return ((buffer[at] as number) << 8) | (buffer[at + 1] as number)
}

export function writeInt32(buffer: Uint8Array, at: number, value: number): void {
  buffer[at] = value >>> 24
  buffer[at + 1] = value >>> 16
  buffer[at + 2] = value >>> 8
  buffer[at + 3] = value
}

export function writeUint16(buffer: Uint8Array, at: number, value: number): void {
  buffer[at] = value >>> 8
  buffer[at + 1] = value
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  let size = 0
  for (const part of parts) size += part.length
  const whole = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
