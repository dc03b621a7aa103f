/** Masks documents in their bytes by a tree of names: untouched ranges are copied in one piece, lengths are written anew (mongodb.md §7). */
import { append, type ByteWriter } from '@gatehouse/adapter-kit'
import { bsonFault, documentEnd, FIXED_SIZES, putInt32, TYPE, valueEnd } from '../bson/index.js'
import { type CompiledMask, CUT, nullMask } from './compiled-mask.js'
import { createNames, hashStep, type MaskNode, type Met, type Names, type Scope } from './names.js'

export { type CompiledMask, CUT, cutMask, type LeafMask, nullMask } from './compiled-mask.js'
export type { MaskNode } from './names.js'

/** Bytes that a masked document may have: a message of the largest size, less what stands around it. */
export const LARGEST_MASKED = 48_000_000 - 64
/** A reply nests its documents a few levels down; the server stores none that come near. */
const DEEPEST = 220

const NO_GUESSES: readonly (Met | undefined)[] = []

/** Invariant: one tree is made ready once, however many documents it is used for. */
const ready = new WeakMap<MaskNode, Names>()

/**
 * Appends the masked form of the document `source[start … end)`; byte for byte what came when nothing is hit. Throws
 * `GH_WIRE`, with nothing appended, when it is no BSON or grows beyond `ceiling` bytes.
 */
export function maskDocument(
  source: Uint8Array,
  start: number,
  end: number,
  root: MaskNode,
  out: ByteWriter,
  ceiling: number = LARGEST_MASKED,
): void {
  const names = ready.get(root) ?? createNames(root)
  ready.set(root, names)
  names.begin()
  const begun = out.length
  try {
    new Walk(names, source, start, out, begun + ceiling).whole(start, end)
  } catch (fault) {
    out.length = begun
    throw fault
  }
}

/** One document's. */
class Walk {
  private readonly names: Names
  private readonly source: Uint8Array
  private readonly out: ByteWriter
  /** `out` may not become longer. */
  private readonly most: number
  /** Up to here the source stands in `out`. */
  private copied: number
  private hits = 0

  constructor(names: Names, source: Uint8Array, start: number, out: ByteWriter, most: number) {
    this.names = names
    this.source = source
    this.copied = start
    this.out = out
    this.most = most
  }

  whole(start: number, end: number): void {
    if (start < 0 || end > this.source.length || documentEnd(this.source, start, end) !== end)
      throw bsonFault('bytes after the end of a document')
    if (!this.names.root.idle) this.document(this.names.root, start, end, false, 1)
    append(this.out, this.source, this.copied, end)
    if (this.out.length > this.most) throw bsonFault('a document that masks have made too long')
  }

  /** Or an array, whose elements stand for it: their names are places. */
  private document(scope: Scope, start: number, end: number, isArray: boolean, depth: number): void {
    if (depth > DEEPEST) throw bsonFault('nested too deep')
    // Whatever stands between `copied` and here will be copied as it is, so its place in `out` is known already.
    const lengthAt = this.out.length + start - this.copied
    const before = this.hits
    this.elements(scope, start, end, isArray, depth)
    if (this.hits !== before)
      putInt32(this.out.bytes, lengthAt, this.out.length + end - this.copied - lengthAt)
  }

  private elements(scope: Scope, start: number, end: number, isArray: boolean, depth: number): void {
    const { source, names } = this
    const guesses = isArray ? NO_GUESSES : names.guesses(scope)
    const last = end - 1
    let at = start + 4
    for (let ordinal = 0; at < last; ordinal++) {
      const element = at
      const type = source[at++] as number
      const guess = ordinal < guesses.length ? guesses[ordinal] : undefined
      const name = at
      let inner = scope
      if (guess !== undefined && standsAt(guess.name, source, at, last)) {
        at += guess.name.length
        inner = guess.scope
      } else {
        let hash = 0
        for (let byte: number; at < last; at++) {
          byte = source[at] as number
          if (byte === 0) break
          hash = hashStep(hash, byte)
        }
        if (at >= last) throw bsonFault('a name without its end')
        if (!isArray) inner = names.below(scope, source, name, at, hash, ordinal)
      }
      const value = at + 1
      const size = FIXED_SIZES[type] as number
      const next = size >= 0 && size <= last - value ? value + size : valueEnd(type, source, value, last)
      at = next
      if (inner.idle) continue
      const { mask } = inner
      if ((type === TYPE.DOCUMENT || type === TYPE.ARRAY) && mask?.whole !== true)
        this.document(inner, value, next, type === TYPE.ARRAY, depth + 1)
      else if (mask !== undefined) {
        if (mask.whole || !isBare(type)) this.replace(mask, type, element, value, next)
      } else if (type === TYPE.CODE_WITH_SCOPE || (inner.documents && !isBare(type))) {
        // A code's scope has names, and nobody asks for what stands under them.
        this.replace(nullMask, type, element, value, next)
      }
    }
  }

  private replace(mask: CompiledMask, type: number, element: number, value: number, next: number): void {
    const { source, out } = this
    append(out, source, this.copied, value)
    const typeAt = out.length - (value - element)
    const written = mask.leaf(type)(source, value, next, out)
    if (written === CUT) out.length = typeAt
    else out.bytes[typeAt] = written
    this.copied = next
    this.hits += 1
    if (out.length > this.most) throw bsonFault('a document that masks have made too long')
  }
}

/** This name and its NUL, before `last`. */
function standsAt(name: Uint8Array, source: Uint8Array, at: number, last: number): boolean {
  const end = at + name.length
  if (end >= last || source[end] !== 0) return false
  for (let each = 0; each < name.length; each++) if (name[each] !== source[at + each]) return false
  return true
}

/** That there is no value is no secret (R17). */
function isBare(type: number): boolean {
  return type === TYPE.NULL || type === TYPE.UNDEFINED || type === TYPE.MIN_KEY || type === TYPE.MAX_KEY
}
