/** Timers that reach further than the runtime's 24 days. */

const FARTHEST = 2 ** 31 - 1

/** Calls back at a time in milliseconds since the epoch; returns how to call it off. */
export function at(time: number, now: () => number, then: () => void): () => void {
  let timer: NodeJS.Timeout
  const arm = () => {
    const left = time - now()
    timer = left <= FARTHEST ? setTimeout(then, Math.max(0, left)) : setTimeout(arm, FARTHEST)
    timer.unref()
  }
  arm()
  return () => clearTimeout(timer)
}
