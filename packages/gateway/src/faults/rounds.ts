/** How often a fault is tried: a few times in `npm test`, more in `npm run test:faults`, as often as GATEHOUSE_ROUNDS says. */
import process from 'node:process'
import { vi } from 'vitest'

export const LONG = process.env.GATEHOUSE_LONG === '1'

/** A call that takes longer than this hangs; a busy machine is allowed to be slow. */
const PATIENCE = LONG ? 600_000 : 90_000

/** After so many minutes the long form of a fault begins no further round. */
const MINUTES = Number(process.env.GATEHOUSE_MINUTES ?? '') || Number.POSITIVE_INFINITY
/** A run that somebody ends has said by then how far it was. */
const EVERY = 10

/** Says on the output how many there were: when they are over, when one fails, and in the long form on the way. */
export async function rounds(
  fault: string,
  count: { readonly short: number; readonly long: number },
  round: (index: number) => Promise<void>,
): Promise<void> {
  const asked = Number(process.env.GATEHOUSE_ROUNDS ?? '')
  const all = LONG ? (count.long > 1 && asked > 0 ? asked : count.long) : count.short
  const last = LONG ? Date.now() + MINUTES * 60_000 : Number.POSITIVE_INFINITY
  let over = 0
  try {
    while (over < all && (over === 0 || Date.now() < last)) {
      await round(over)
      over += 1
      if (LONG && over < all && over % EVERY === 0)
        console.log(`fault: ${fault}: ${over} of ${all}, going on`)
    }
  } catch (thrown) {
    console.log(`fault: ${fault}: round ${over + 1} failed`)
    throw thrown
  } finally {
    said(fault, over)
  }
}

export function said(fault: string, count: number): void {
  console.log(`fault: ${fault}: ${count} ${count === 1 ? 'round' : 'rounds'}`)
}

/** Rejects when it does not settle: nothing may hang. */
export function within<Value>(what: string, pending: Promise<Value>, bound = PATIENCE): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`hangs: ${what}`)), bound)
  })
  return Promise.race([pending, late]).finally(() => clearTimeout(timer))
}

/** Every file of this folder begins with it: faults take time, and how much says nothing. */
export function allowTime(): void {
  vi.setConfig({ testTimeout: LONG ? 7_200_000 : 300_000, hookTimeout: 300_000 })
}
