/** Clocks that end what takes too long. */
import { GatehouseError } from '@gatehouse/core'

/** Rejects after `milliseconds`; 0 waits for ever. The late result is ignored, its fault too. */
export function withDeadline<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  if (milliseconds === 0) return work
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new GatehouseError('GH_WIRE', `no answer within ${milliseconds} ms`))
    }, milliseconds)
    work.then(
      (result) => {
        clearTimeout(timer)
        resolve(result)
      },
      (fault: unknown) => {
        clearTimeout(timer)
        reject(fault)
      },
    )
  })
}

/** Whether it is settled, well or badly, before `milliseconds` are over. */
export function settlesWithin(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), milliseconds)
    const settled = () => {
      clearTimeout(timer)
      resolve(true)
    }
    work.then(settled, settled)
  })
}

export interface Idle {
  /** Something happened. Cheap: no timer is touched. */
  touch(): void
  stop(): void
}

/** Calls `expire` when nothing was touched for `milliseconds`; looks a few times per period, so it is late by ≤ 25 %. */
export function watchIdle(milliseconds: number, expire: () => void): Idle {
  if (milliseconds === 0) return { touch() {}, stop() {} }
  const LOOKS = 4
  let quiet = 0
  const timer = setInterval(() => {
    quiet += 1
    if (quiet > LOOKS) expire()
  }, milliseconds / LOOKS)
  timer.unref()
  return {
    touch() {
      quiet = 0
    },
    stop() {
      clearInterval(timer)
    },
  }
}
