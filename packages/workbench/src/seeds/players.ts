/** Sequences by seed, played by as many threads as there are cores: what one finds ends only its own play. */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Order, Report } from './player.js'

function played(script: URL, order: Order): Promise<Report> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script, { workerData: order })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`a player has left with ${code}`)))
  })
}

/** Plays at least so many sequences and frames in all. `script`: compiled, it calls `carryOut`. */
export async function playAll(script: URL, order: Omit<Order, 'step'>): Promise<Report> {
  const players = availableParallelism()
  const share = (of: number) => Math.ceil(of / players)
  const reports = await Promise.all(
    Array.from({ length: players }, (_, index) =>
      played(script, {
        ...order,
        first: order.first + index,
        step: players,
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
