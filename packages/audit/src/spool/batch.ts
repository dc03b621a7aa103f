/** The frames of one append, gathered in one buffer. What their records repeat is defined before its first use. */

import { type Entry, Filled, type Form, partsOf } from './form.js'
import { bodySize, definitionSize, FRAME_HEAD, putDefinition, putFrame } from './frame.js'
import { isReferred, type Piece } from './piece.js'

export interface Batch {
  size(): number
  final(): Entry
  /** The frames so far: a view that the next `put` after `clear` overwrites. */
  bytes(): Buffer
  put(entry: Entry): void
  clear(): void
  /**
   * From here on frames go into a new segment. Returns the pieces that it must define before what is gathered can stand
   * there; with `all`, every one that the segment before defined, for frames that are written again.
   */
  turn(all: boolean): readonly Piece[]
}

const FIRST = 256 * 1024
/** Characters that one segment may define: its readers keep them in memory. */
const DEFINED = 8 * 1024 * 1024

export function createBatch(): Batch {
  let buffer = Buffer.allocUnsafeSlow(FIRST)
  let size = 0
  let final: Entry = []
  let segment = 0
  let number = 0
  let defined: Piece[] = []
  let characters = 0
  let used: Piece[] = []
  let forms: Form[] = []

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
      if (!isReferred(piece) || characters + piece.text.length > DEFINED) return
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

  /** True once the segment defines all that records of this form repeat. */
  function settled(form: Form): boolean {
    if (form.segment !== segment) {
      for (const piece of form.pieces) refer(piece)
      for (const piece of form.pieces) if (piece.segment !== segment) return false
      form.segment = segment
    }
    if (form.batch !== number) {
      form.batch = number
      forms.push(form)
    }
    return true
  }

  function putParts(entry: Entry): void {
    const body = partsOf(entry)
    room(FRAME_HEAD + bodySize(body))
    size = putFrame(buffer, size, body, segment)
  }

  return {
    size: () => size,
    final: () => final,
    bytes: () => buffer.subarray(0, size),
    put(entry) {
      final = entry
      if (!(entry instanceof Filled)) {
        for (const part of entry) if (typeof part === 'object') refer(part)
        putParts(entry)
        return
      }
      const frame = settled(entry.form) ? entry.form.frame(entry.id, entry.values) : undefined
      if (frame === undefined) {
        putParts(entry)
        return
      }
      room(frame.length)
      buffer.set(frame, size)
      size += frame.length
    },
    clear() {
      size = 0
      number += 1
      if (used.length > 0) used = []
      if (forms.length > 0) forms = []
    },
    turn(all) {
      const inUse = new Set(used.concat(...forms.map(({ pieces }) => pieces)))
      const again = all ? [...new Set([...defined, ...inUse])] : [...inUse]
      segment += 1
      defined = []
      characters = 0
      for (const piece of again) define(piece)
      return again
    },
  }
}
