/** What the three formats of COPY have in common. */

import type { ByteWriter } from '@gatehouse/adapter-kit'
import { wireFault } from './wire-fault.js'

/** One format's rows. Both functions see the bytes that are held; positions count from their start. */
export interface CopyRows {
  /** End of the row (or header, or trailer) that begins at `start`, or -1 while it isn't complete. */
  findEnd(bytes: Buffer, start: number, length: number): number
  mask(bytes: Buffer, start: number, end: number, out: ByteWriter): void
  /** The held bytes moved: what was at `count` is at 0 now. */
  moved(count: number): void
  /** Whether the stream may end here. */
  readonly complete: boolean
}

/** The byte of a one-byte option; the server takes no others. */
export function oneByte(option: string, value: string): number {
  const code = value.charCodeAt(0)
  if (value.length !== 1 || code > 0x7f) throw wireFault(`COPY with a ${option} that isn't one byte`)
  return code
}
