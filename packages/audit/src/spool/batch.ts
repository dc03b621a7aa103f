/** The frames of one append, gathered in one buffer. */
import type { Body } from '../ocsf/statement-writer.js'
import { bodySize, FRAME_HEAD, putFrame } from './frame.js'

export interface Batch {
  readonly size: number
  readonly final: Body
  /** The frames so far: a view that the next `put` after `clear` overwrites. */
  readonly bytes: Buffer
  put(body: Body): void
  clear(): void
}

const FIRST = 256 * 1024

export function createBatch(): Batch {
  let buffer = Buffer.allocUnsafe(FIRST)
  let size = 0
  let final: Body = []
  return {
    get size() {
      return size
    },
    get final() {
      return final
    },
    get bytes() {
      return buffer.subarray(0, size)
    },
    put(body) {
      const need = size + FRAME_HEAD + bodySize(body)
      if (need > buffer.length) {
        const larger = Buffer.allocUnsafe(Math.max(need, buffer.length * 2))
        buffer.copy(larger, 0, 0, size)
        buffer = larger
      }
      size = putFrame(buffer, size, body)
      final = body
    },
    clear() {
      size = 0
    },
  }
}
