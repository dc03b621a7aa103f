/** One thread that plays sequences until it has seen enough, as often as it is asked; its seeds are its own. */
import { once } from 'node:events'
import process from 'node:process'
import { setImmediate as endOfTurn } from 'node:timers/promises'
import { parentPort } from 'node:worker_threads'

export interface Order {
  readonly kind: string
  readonly first: number
  /** From one seed to the next: the others are other players'. */
  readonly step: number
  readonly sequences: number
  readonly frames: number
  /** Requests of a sequence at most. */
  readonly length: number
}

export interface Report {
  readonly played: number
  readonly frames: number
  /** What was wrong, and with which sequence. */
  readonly found: readonly string[]
}

/** One sequence, played. */
export interface Told {
  readonly wrong: readonly string[]
  readonly frames: number
  readonly expected: readonly string[]
  readonly heard: readonly string[]
  /** What was asked, and under what. */
  readonly says: string
}

const MOST_FOUND = 5

/** In a thread of `playAll`: carries out one order after another, and reports; until its parent lets it go. */
export async function carryOut(play: (order: Order, seed: number) => Promise<Told>): Promise<void> {
  const port = parentPort
  if (port === null) throw new TypeError('a player is a thread')
  let found: string[] = []
  // A fault that nobody waits for is a find like any other.
  process.on('unhandledRejection', (fault) =>
    found.push(`astray: ${fault instanceof Error ? fault.stack : fault}`),
  )
  const played = async (order: Order): Promise<Report> => {
    const { first, step, sequences, frames, kind, length } = order
    found = []
    let count = 0
    let seen = 0
    for (let seed = first; (count < sequences || seen < frames) && found.length < MOST_FOUND; seed += step) {
      const { wrong, says, expected, heard, ...told } = await play(order, seed)
      count += 1
      seen += told.frames
      if (wrong.length === 0) continue
      const both = `  expected ${expected.join(' ')}\n  heard ${heard.join(' ')}`
      found.push(`${kind} ${seed}, at most ${length}, ${says}\n  ${wrong.join('\n  ')}\n${both}`)
    }
    // Faults that nobody waits for are told when a turn of the loop is over, and not before.
    await endOfTurn()
    return { played: count, frames: seen, found }
  }
  let before: Promise<void> = Promise.resolve()
  port.on('message', (order: Order) => {
    before = before.then(async () => port.postMessage(await played(order)))
    // No find: whoever plays cannot go on, and the thread ends with the fault.
    before.catch((fault: unknown) =>
      setImmediate(() => {
        throw fault
      }),
    )
  })
  await once(port, 'close')
}
