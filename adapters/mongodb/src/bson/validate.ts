/** Walks a document's whole nesting once, so that whoever reads it later need not doubt a length (mongodb.md §1). */
import { bsonFault, nulAt } from './bytes.js'
import { documentEnd, FIXED_SIZES, scopeAt, valueEnd } from './extent.js'
import { TYPE } from './types.js'

export interface DocumentCeilings {
  /** Levels of nesting, the outermost document being the first; at most 250. */
  readonly depth: number
  /** Elements on all levels together. */
  readonly elements: number
}

/** Nobody may ask for more. */
const DEEPEST = 250
/** Where each open document ends; one walk runs at a time. */
const ends = new Int32Array(DEEPEST)

/**
 * Throws `GH_WIRE` unless `source[start … end)` is exactly one document whose every length, type, terminator and level
 * fits. Names and strings may hold ill-formed UTF-8: the server lets them. Answers the number of elements.
 */
export function validateDocument(
  source: Uint8Array,
  start: number,
  end: number,
  ceilings: DocumentCeilings,
): number {
  const deepest = Math.min(ceilings.depth, DEEPEST)
  const most = ceilings.elements
  if (start < 0 || end > source.length || deepest < 1) throw bsonFault('a document beyond its bytes')
  if (documentEnd(source, start, end) !== end) throw bsonFault('bytes after the end of a document')
  let count = 0
  let depth = 0
  let at = start + 4
  let last = end - 1
  for (;;) {
    if (at === last) {
      // The terminator was checked when the document was entered.
      at += 1
      if (depth === 0) return count
      depth -= 1
      last = ends[depth] as number
      continue
    }
    const type = source[at] as number
    const value = nulAt(source, at + 1, last) + 1
    count += 1
    if (count > most) throw bsonFault('more elements than may be')
    // Most values say by their type alone how long they are: no call for them.
    const size = FIXED_SIZES[type] as number
    if (size >= 0 && size <= last - value) {
      at = value + size
      continue
    }
    const next = valueEnd(type, source, value, last)
    if (type !== TYPE.DOCUMENT && type !== TYPE.ARRAY && type !== TYPE.CODE_WITH_SCOPE) {
      at = next
      continue
    }
    if (depth + 2 > deepest) throw bsonFault('nested too deep')
    ends[depth] = last
    depth += 1
    at = (type === TYPE.CODE_WITH_SCOPE ? scopeAt(source, value, next) : value) + 4
    last = next - 1
  }
}
