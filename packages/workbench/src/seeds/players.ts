/** Sequences by seed, played by as many threads as there are cores: what one finds ends only its own play. */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Order, Report } from './player.js'

type Play = (order: Order) => Promise<Report>

/** By their script: a thread that has played is warm, and has its world already. */
const players = new Map<string, readonly Play[]>()

function startPlayer(script: URL, gone: () => void): Play {
  const worker = new Worker(script)
  // None keeps its process from ending.
  worker.unref()
  const waiting: { resolve(report: Report): void; reject(fault: Error): void }[] = []
  const fail = (fault: Error) => {
    gone()
    for (const { reject } of waiting.splice(0)) reject(fault)
  }
  worker.on('message', (report: Report) => waiting.shift()?.resolve(report))
  worker.once('error', fail)
  worker.once('exit', (code) => fail(new Error(`a player has left with ${code}`)))
  return (order) =>
    new Promise<Report>((resolve, reject) => {
      waiting.push({ resolve, reject })
      worker.ref()
      worker.postMessage(order)
    }).finally(() => worker.unref())
}

function playersOf(script: URL): readonly Play[] {
  const known = players.get(script.href)
  if (known !== undefined) return known
  const gone = () => {
    // Others may play in their place by the time that a broken thread has ended.
    if (players.get(script.href) === started) players.delete(script.href)
  }
  const started: readonly Play[] = Array.from({ length: availableParallelism() }, () =>
    startPlayer(script, gone),
  )
  players.set(script.href, started)
  return started
}

/** Plays at least so many sequences and frames in all. `script`: compiled, it calls `carryOut`. */
export async function playAll(script: URL, order: Omit<Order, 'step'>): Promise<Report> {
  const plays = playersOf(script)
  const share = (of: number) => Math.ceil(of / plays.length)
  const reports = await Promise.all(
    plays.map((play, index) =>
      play({
        ...order,
        first: order.first + index,
        step: plays.length,
        sequences: share(order.sequences),
        frames: share(order.frames),
      }),
    ),
  )
  return {
    played: reports.reduce((sum, { played: count }) => sum + count, 0),
    frames: reports.reduce((sum, { frames }) => sum + frames, 0),
    found: reports.flatMap(({ found }) => found),
  }
}
