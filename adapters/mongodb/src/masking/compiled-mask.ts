/** What becomes of a masked value: the masks of leaves, and the two that ask for no type. */
import type { ByteWriter } from '@gatehouse/adapter-kit'
import { TYPE } from '../bson/index.js'

/** Writes the masked form of the value `source[start … end)` and answers the type of what was written. */
export type LeafMask = (source: Uint8Array, start: number, end: number, out: ByteWriter) => number

export interface CompiledMask {
  /** The lower the stricter; where two masks meet, the stricter one counts (R18). */
  readonly strictness: number
  /** Documents and arrays are leaves too: nothing of their form stays. */
  readonly whole: boolean
  /** By the type of the value; answers `CUT`, with nothing written, when the element is left out. */
  leaf(type: number): LeafMask
}

/** No type has this byte. */
export const CUT = 0

export const nullLeaf: LeafMask = () => TYPE.NULL
const cutLeaf: LeafMask = () => CUT

export const nullMask: CompiledMask = { strictness: 0, whole: true, leaf: () => nullLeaf }
/** The element is gone, its name too. */
export const cutMask: CompiledMask = { strictness: -1, whole: true, leaf: () => cutLeaf }
