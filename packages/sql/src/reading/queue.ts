/** Who waits for a worker: long texts wait for one of their own, so that nobody's short one waits for them. */
import type { Lane } from './lane.js'

export interface Queue<Ask, Found> {
  /** Why no answer came, when it is a string. */
  analyse(ask: Ask, characters: number): Promise<Found | string>
}

/** Characters of a text from which on it counts as long. */
const LONG = 8192
/** Milliseconds that a short text waits before the workers of long ones take short ones too. */
const PATIENCE = 50

interface Waiting<Ask, Found> {
  readonly ask: Ask
  readonly settle: (found: Found | string) => void
}

/** `long`: starts its worker when it is first asked, or is to help. */
export function createQueue<Ask, Found>(
  short: readonly Lane<Ask, Found>[],
  long: Lane<Ask, Found>,
): Queue<Ask, Found> {
  const shortTexts: Waiting<Ask, Found>[] = []
  const longTexts: Waiting<Ask, Found>[] = []
  const busy = new Set<Lane<Ask, Found>>()
  let helps = false
  let starting = false
  let timer: NodeJS.Timeout | undefined

  function give(lane: Lane<Ask, Found>, next: Waiting<Ask, Found> | undefined): void {
    if (next === undefined) return
    busy.add(lane)
    const done = (found: Found | string): void => {
      busy.delete(lane)
      next.settle(found)
      pump()
    }
    lane.analyse(next.ask).then(done, () => done('the parser failed'))
  }

  function pump(): void {
    for (const lane of short) if (!busy.has(lane)) give(lane, shortTexts.shift())
    if (!busy.has(long)) give(long, longTexts.shift() ?? (helps ? shortTexts.shift() : undefined))
    const waits = shortTexts.length > 0 && !helps && !starting
    if (waits && timer === undefined) timer = setTimeout(lend, PATIENCE).unref()
  }

  /** Invariant: no short text waits for a worker that is only starting, when its own may be free sooner. */
  function lend(): void {
    timer = undefined
    if (shortTexts.length === 0) return
    starting = true
    const settle = (started: boolean): void => {
      starting = false
      helps = started
      pump()
    }
    long.start().then(
      () => settle(true),
      () => settle(false),
    )
  }

  return {
    analyse: (ask, characters) =>
      new Promise((settle) => {
        const texts = characters > LONG ? longTexts : shortTexts
        texts.push({ ask, settle })
        pump()
      }),
  }
}
