/** How masks combine: the strictest wins (R18), and what was computed shows nothing of a value. */
import { MASK_KINDS, type MaskKind } from '@gatehouse/core'

/** The strictest of several; undefined when there is none. */
export function strictestMask(kinds: readonly MaskKind[]): MaskKind | undefined {
  return MASK_KINDS.find((kind) => kinds.includes(kind))
}

/**
 * The mask for an output that isn't the stored value itself. Every mask that depends on the value turns into `redact`:
 * a tail of `left(card, 8)` and of `left(card, 12)` would add up to the number, and the digest of `'' || guess` would
 * confirm guesses.
 */
export function maskForComputed(kind: MaskKind): MaskKind {
  return kind === 'null' ? 'null' : 'redact'
}
