/** A text's bytes as characters and back, as far as the connection's character set lets both mean the same. */
import { strictText, utf8 } from '@gatehouse/adapter-kit'

const UTF8: ReadonlySet<string> = new Set(['utf8mb4', 'utf8', 'utf8mb3'])
/** Their letters stand in quotes alone, where no byte of theirs ends anything: byte by byte is enough. */
const BYTES: ReadonlySet<string> = new Set(['latin1', 'binary'])

const latin1 = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

/** Undefined when the bytes are not of that character set, or it is none that can be read. */
export function decodeText(bytes: Uint8Array, charset: string): string | undefined {
  if (UTF8.has(charset)) return strictText(bytes)
  if (BYTES.has(charset)) return latin1(bytes)
  for (const byte of bytes) if (byte >= 0x80) return undefined
  return latin1(bytes)
}

export function encodeText(text: string, charset: string): Uint8Array {
  return UTF8.has(charset) ? utf8(text) : Buffer.from(text, 'latin1')
}
