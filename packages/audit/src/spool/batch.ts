/** The frames of one append, gathered in one buffer. What their records repeat is defined before its first use. */
import { definitionSize, FRAME_HEAD, putDefinition, putFrame } from './frame.js'
import type { Body, Piece } from './piece.js'

export interface Batch {
  size(): number
  final(): Body
  /** The frames so far: a view that the next `put` after `clear` overwrites. */
  bytes(): Buffer
  /** `most`: bytes of the body while it refers to nothing. */
  put(body: Body, most: number): void
  clear(): void
  /**
   * From here on frames go into a new segment. Returns the pieces that it must define before what is gathered can stand
   * there; with `all`, every one that the segment before defined, for frames that are written again.
   */
  turn(all: boolean): readonly Piece[]
}

const FIRST = 256 * 1024
/** Shorter ones are not worth a reference. */
const SHORT = 32
/** Characters that one segment may define: its readers keep them in memory. */
const DEFINED = 8 * 1024 * 1024

export function createBatch(): Batch {
  let buffer = Buffer.allocUnsafeSlow(FIRST)
  let size = 0
  let final: Body = []
  let segment = 0
  let number = 0
  let defined: Piece[] = []
  let characters = 0
  let used: Piece[] = []

  function room(need: number): void {
    if (size + need <= buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(size + need, buffer.length * 2))
    buffer.copy(larger, 0, 0, size)
    buffer = larger
  }

  function define(piece: Piece): void {
    piece.segment = segment
    defined.push(piece)
    characters += piece.text.length
  }

  function refer(piece: Piece): void {
    if (piece.segment !== segment) {
      if (piece.text.length < SHORT || characters + piece.text.length > DEFINED) return
      if (!piece.repeats) {
        piece.repeats = true
        return
      }
      room(definitionSize(piece))
      size = putDefinition(buffer, size, piece)
      define(piece)
    }
    if (piece.batch === number) return
    piece.batch = number
    used.push(piece)
  }

  return {
    size: () => size,
    final: () => final,
    bytes: () => buffer.subarray(0, size),
    put(body, most) {
      for (const part of body) if (typeof part === 'object') refer(part)
      room(FRAME_HEAD + most)
      size = putFrame(buffer, size, body, segment)
      final = body
    },
    clear() {
      size = 0
      number += 1
      if (used.length > 0) used = []
    },
    turn(all) {
      const again = all ? [...new Set([...defined, ...used])] : used
      segment += 1
      defined = []
      characters = 0
      for (const piece of again) define(piece)
      return again
    },
  }
}
