/** What one chunk becomes on the other side: runs of the chunk itself, and bytes put in their place. */
import type { ByteWriter } from './byte-writer.js'

export interface Outbox {
  /** Forwards a run of the chunk; neighbouring runs are merged, so that an untouched chunk stays one write. */
  pass(buffer: Uint8Array, start: number, end: number): void
  /** Puts bytes in; they must not change afterwards. */
  write(bytes: Uint8Array): void
  /** For many small pieces: append to it; what stands there goes out in its place. */
  writer(): ByteWriter
  /** Hands over what was gathered, in order, and is empty again. */
  take(): Uint8Array[]
  readonly empty: boolean
}

const WRITER_SIZE = 64 * 1024

export function createOutbox(): Outbox {
  let done: Uint8Array[] = []
  let current: Uint8Array | undefined
  let from = 0
  let to = 0
  let writer: ByteWriter | undefined
  let written = 0

  const settle = () => {
    if (current !== undefined) {
      done.push(from === 0 && to === current.length ? current : current.subarray(from, to))
      current = undefined
    }
    if (writer !== undefined && writer.length > written) {
      done.push(writer.bytes.subarray(written, writer.length))
      written = writer.length
    }
  }

  return {
    pass(buffer, start, end) {
      if (start === end) return
      if (current === buffer && to === start) {
        to = end
        return
      }
      settle()
      current = buffer
      from = start
      to = end
    },
    write(bytes) {
      if (bytes.length === 0) return
      settle()
      done.push(bytes)
    },
    writer() {
      if (current !== undefined) settle()
      // A region is never written twice: the kernel may not have taken what stands there yet.
      if (writer === undefined || writer.length > WRITER_SIZE / 2) {
        settle()
        writer = { bytes: Buffer.allocUnsafeSlow(WRITER_SIZE), length: 0 }
        written = 0
      }
      return writer
    },
    take() {
      settle()
      const taken = done
      done = []
      return taken
    },
    get empty() {
      return current === undefined && done.length === 0 && (writer === undefined || writer.length === written)
    },
  }
}
