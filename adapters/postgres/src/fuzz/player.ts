/** One thread that plays sequences until it has seen enough; its seeds are its own. */
import process from 'node:process'
import { parentPort, workerData } from 'node:worker_threads'
import { type Kind, playSeed } from './fuzz.js'
import { createWorld } from './world.js'

export interface Order {
  readonly kind: Kind
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

const MOST_FOUND = 5

const found: string[] = []
// A fault that nobody waits for is a find like any other.
process.on('unhandledRejection', (fault) =>
  found.push(`astray: ${fault instanceof Error ? fault.stack : fault}`),
)

async function carryOut({ kind, first, step, sequences, frames, length }: Order): Promise<Report> {
  const world = await createWorld()
  let played = 0
  let seen = 0
  for (let seed = first; (played < sequences || seen < frames) && found.length < MOST_FOUND; seed += step) {
    const { wrong, scenario, ...told } = await playSeed(world, kind, seed, length)
    played += 1
    seen += told.frames
    if (wrong.length === 0) continue
    const says = scenario.requests.map((request) => request.says).join(' ')
    const who = `${scenario.masked ? 'masked' : 'unmasked'} ${scenario.disturbance ?? ''}`
    const heard = `  expected ${told.expected.join(' ')}\n  heard ${told.heard.join(' ')}`
    found.push(`${kind} ${seed}, at most ${length}, ${who}: ${says}\n  ${wrong.join('\n  ')}\n${heard}`)
  }
  await world.close()
  return { played, frames: seen, found }
}

parentPort?.postMessage(await carryOut(workerData as Order))
