/** What a mask becomes where the value was computed (R18). */
import type { MaskKind } from '@gatehouse/core'

/**
 * The mask for an output that isn't the stored value itself. Every mask that depends on the value turns into `redact`:
 * a tail of `left(card, 8)` and of `left(card, 12)` would add up to the number, and the digest of `'' || guess` would
 * confirm guesses.
 */
export function maskForComputed(kind: MaskKind): MaskKind {
  return kind === 'null' ? 'null' : 'redact'
}
