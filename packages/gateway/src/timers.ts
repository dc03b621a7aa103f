/** Calls back at a time of the clock, whatever becomes of the clock meanwhile. */

/** A timer does not run while the machine sleeps, and knows nothing of a clock that was set: so often it is looked at. */
const LOOK = 60_000

/** Calls back at a time in milliseconds since the epoch, no more than a minute late; returns how to call it off. */
export function at(time: number, now: () => number, then: () => void): () => void {
  let timer: NodeJS.Timeout
  const arm = () => {
    const left = time - now()
    timer = left <= LOOK ? setTimeout(due, Math.max(0, left)) : setTimeout(arm, LOOK)
    timer.unref()
  }
  const due = () => {
    if (now() < time) arm()
    else then()
  }
  arm()
  return () => clearTimeout(timer)
}
