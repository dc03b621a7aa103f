/** Masks documents in their bytes by a tree of names (mongodb.md §7). */
import type { ByteWriter } from '@gatehouse/adapter-kit'
import { GatehouseError } from '@gatehouse/core'

/**
 * Writes the masked form of a leaf, `source[start … end)` of this type, and answers the type of what was written; `CUT`,
 * with nothing written: the element is left out.
 */
export interface CompiledMask {
  /** Documents and arrays are leaves too: nothing of their form stays. */
  readonly whole: boolean
  leaf(type: number, source: Uint8Array, start: number, end: number, out: ByteWriter): number
}

export const CUT = 0

export interface MaskNode {
  /** Of the whole subtree: its leaves are masked, each by its type. A child's own mask goes before. */
  readonly mask?: CompiledMask
  readonly children?: ReadonlyMap<string, MaskNode>
  /**
   * Judges a name that is not listed, here or anywhere below unless a node there has its own; `path` are the names from this
   * node on, without places in arrays. Undefined: what stands there stays, as far as names below it do.
   */
  readonly unknown?: (path: readonly string[]) => MaskNode | undefined
}

/**
 * Appends the masked form of the document `source[start … end)`; byte for byte what came when nothing is hit. Throws
 * `GH_WIRE`, with nothing appended, when it is no BSON or grows beyond `ceiling` bytes.
 */
export function maskDocument(
  _source: Uint8Array,
  _start: number,
  _end: number,
  _root: MaskNode,
  _out: ByteWriter,
  _ceiling?: number,
): void {
  throw new GatehouseError('GH_INVARIANT', 'documents cannot be masked yet')
}
