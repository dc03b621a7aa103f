/** Documents of one form: names and types alike, level by level, and free values alone. One walk says so, and that their lengths fit. */
import { documentEnd, FIXED_SIZES, valueEnd } from './extent.js'
import { isFreeStored } from './free-values.js'
import { TYPE } from './types.js'

/** Bytes of a form: types and names with their NULs. */
const LONGEST = 4096
/** Levels of nesting below the document. */
const DEEPEST = 32
/** Stands in a form where a document ends, as in the document itself. */
const END = 0

/** Of types whose values are free whatever they hold; −1 for all others. */
const SIZES = FIXED_SIZES.map((size, type) => (type === TYPE.DOUBLE || type === TYPE.DECIMAL128 ? -1 : size))

/** One walk runs at a time. */
const ends = new Int32Array(DEEPEST)

export class Form {
  private readonly bytes = new Uint8Array(LONGEST)
  private isKnown = false
  private count = 0

  forget(): void {
    this.isKnown = false
  }

  /** Elements of a document that matches, on all levels. */
  get elements(): number {
    return this.count
  }

  /** The form of a valid document; none where a value is not free, or where it is too long or too deep. */
  learn(source: Uint8Array, start: number, end: number): void {
    this.isKnown = false
    this.count = 0
    const { bytes } = this
    let length = 0
    let depth = 0
    let at = start + 4
    let last = end - 1
    for (;;) {
      if (length >= LONGEST) return
      if (at === last) {
        bytes[length++] = END
        at += 1
        if (depth === 0) break
        depth -= 1
        last = ends[depth] as number
        continue
      }
      const type = source[at] as number
      bytes[length++] = type
      do {
        if (length >= LONGEST) return
        at += 1
        bytes[length++] = source[at] as number
      } while (source[at] !== 0)
      at += 1
      this.count += 1
      if (type === TYPE.DOCUMENT || type === TYPE.ARRAY) {
        if (depth === DEEPEST) return
        ends[depth] = last
        depth += 1
        last = valueEnd(type, source, at, last) - 1
        at += 4
        continue
      }
      const next = valueEnd(type, source, at, last)
      // What has no bytes is alike by its type.
      if (next > at && !isFreeStored(type, source, at, next)) return
      at = next
    }
    this.isKnown = true
  }

  /**
   * Invariant: what matches is a valid document, and its key is that of the one that was learned. False says nothing. Throws
   * `GH_WIRE` for a length that lies.
   */
  matches(source: Uint8Array, start: number, end: number): boolean {
    if (!this.isKnown || documentEnd(source, start, end) !== end) return false
    const { bytes } = this
    let of = 0
    let depth = 0
    let at = start + 4
    let last = end - 1
    for (;;) {
      const type = bytes[of++] as number
      if (type === END) {
        if (at !== last) return false
        if (depth === 0) return true
        at += 1
        depth -= 1
        last = ends[depth] as number
        continue
      }
      if (source[at] !== type) return false
      let letter: number
      do {
        at += 1
        letter = bytes[of++] as number
        if (source[at] !== letter) return false
      } while (letter !== END)
      at += 1
      // A name that went beyond its document has met the bytes of others.
      if (at > last) return false
      const size = SIZES[type] as number
      if (size >= 0) {
        at += size
        if (at > last) return false
        continue
      }
      if (type === TYPE.DOCUMENT || type === TYPE.ARRAY) {
        ends[depth] = last
        depth += 1
        last = documentEnd(source, at, last) - 1
        at += 4
        continue
      }
      const next = valueEnd(type, source, at, last)
      if (!isFreeStored(type, source, at, next)) return false
      at = next
    }
  }
}
