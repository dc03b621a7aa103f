/** Which closed segments may go: by age, or because room is needed; never one that a sink has still to take (R25). */
import type { Segment } from './segment.js'

export interface RetentionLimits {
  readonly now: number
  /** Milliseconds that a closed segment is kept. */
  readonly retain: number
  /** Bytes that must become free. */
  readonly need: number
  /** Records up to here are with the sink; Infinity without one. */
  readonly shipped: number
}

/** The oldest ones, in order; `closed` is oldest first. */
export function droppable(closed: readonly Segment[], limits: RetentionLimits): Segment[] {
  const going: Segment[] = []
  let freed = 0
  for (const segment of closed) {
    const old = limits.now - segment.closedAt > limits.retain
    if (segment.last > limits.shipped || (!old && freed >= limits.need)) break
    going.push(segment)
    freed += segment.size
  }
  return going
}
