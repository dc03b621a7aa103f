/** One thread that plays sequences until it has seen enough; its seeds are its own. */
import process from 'node:process'
import { parentPort, workerData } from 'node:worker_threads'

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

/** In a thread of `playAll`: carries out its order and reports. */
export async function carryOut(play: (order: Order, seed: number) => Promise<Told>): Promise<void> {
  const order = workerData as Order
  const { first, step, sequences, frames, kind, length } = order
  const found: string[] = []
  // A fault that nobody waits for is a find like any other.
  process.on('unhandledRejection', (fault) =>
    found.push(`astray: ${fault instanceof Error ? fault.stack : fault}`),
  )
  let played = 0
  let seen = 0
  for (let seed = first; (played < sequences || seen < frames) && found.length < MOST_FOUND; seed += step) {
    const { wrong, says, expected, heard, ...told } = await play(order, seed)
    played += 1
    seen += told.frames
    if (wrong.length === 0) continue
    const both = `  expected ${expected.join(' ')}\n  heard ${heard.join(' ')}`
    found.push(`${kind} ${seed}, at most ${length}, ${says}\n  ${wrong.join('\n  ')}\n${both}`)
  }
  const report: Report = { played, frames: seen, found }
  parentPort?.postMessage(report)
}
