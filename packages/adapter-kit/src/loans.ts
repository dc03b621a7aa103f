/** Buffers that are lent and taken back: made anew for each reply they would cost V8 collections of everything (docs/performance.md). */

export interface Loan {
  /** As long as it is lent; what stands in it at first is somebody else's, and is never to be shown. */
  readonly bytes: Buffer
}

/** A loan can be over once only, however often it is said. */
interface Lent extends Loan {
  isOver: boolean
}

/** Bytes of the smallest: below it memory is no burden. */
const LEAST = 64 * 1024
/** Bytes that are kept for whoever asks next, of the whole process. */
const MOST_KEPT = 48 * 1024 * 1024
const MOST = 256
/** One that is as many times too large serves somebody who needs it. */
const TOO_LARGE = 2

/** The last one given back comes last: it is warm. */
const free: Buffer[] = []
let kept = 0

/** At least `made` bytes; one that is kept has at least `wanted`, which is no less. */
export function lend(wanted: number, made: number = wanted): Loan {
  const most = Math.max(LEAST, TOO_LARGE * wanted)
  for (let at = free.length - 1; at >= 0; at -= 1) {
    const bytes = free[at] as Buffer
    if (bytes.length < wanted || bytes.length > most) continue
    free.splice(at, 1)
    kept -= bytes.length
    const found: Lent = { bytes, isOver: false }
    return found
  }
  const fresh: Lent = { bytes: Buffer.allocUnsafeSlow(rounded(Math.max(made, LEAST))), isOver: false }
  return fresh
}

/** A buffer of its own, which nobody takes back. */
export function unlent(size: number): Loan {
  const own: Lent = { bytes: Buffer.allocUnsafeSlow(size), isOver: true }
  return own
}

/** Invariant: nobody reads or writes its bytes from here on. Whoever cannot say so forgets it instead. */
export function giveBack(loan: Loan): void {
  const lent = loan as Lent
  if (lent.isOver) return
  lent.isOver = true
  const { bytes } = lent
  if (bytes.length > MOST_KEPT) return
  free.push(bytes)
  kept += bytes.length
  while (kept > MOST_KEPT || free.length > MOST) kept -= free.shift()?.length ?? kept
}

/** To an eighth of the power of two below: replies are seldom of one length. */
function rounded(size: number): number {
  const step = 2 ** Math.max(0, Math.floor(Math.log2(size)) - 3)
  return Math.ceil(size / step) * step
}
