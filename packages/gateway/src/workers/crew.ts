/** All workers of a gateway: started one after another, replaced when they die, told things together. */
import { faultFacts, type Log } from '../log.js'
import type { Desk } from './desk.js'
import type { Handover } from './handover.js'
import { inTurn } from './in-turn.js'
import type { Assignment } from './messages.js'
import { asFault } from './said-fault.js'
import { startWorkerProcess, type WorkerProcess } from './worker-process.js'

export interface Crew {
  /** Throws the first worker's fault that says why; nothing is left running then. */
  start(): Promise<void>
  /** Those that take clients. */
  ready(): readonly WorkerProcess[]
  /** Numbers of those that died and are not back yet. */
  missing(): readonly number[]
  readonly deaths: number
  /** Runs while no worker starts, so that none starts with what is being replaced. */
  settled<Value>(work: () => Promise<Value>): Promise<Value>
  /** From now on nobody is replaced. */
  dismiss(): void
  /** Resolves when every process has ended, with how those ended since the dismissal that did not with 0. */
  readonly gone: () => Promise<readonly (number | NodeJS.Signals)[]>
  /** Ends every process at once. */
  kill(): void
}

export interface CrewSources {
  readonly count: number
  readonly log: Log
  readonly now: () => number
  readonly desk: Desk
  readonly handover: Handover<WorkerProcess>
  /** What a worker starts with: the configuration that is in force. */
  assignment(number: number): Assignment
  /** A worker's process has ended. */
  lost(worker: WorkerProcess): void
  /** A worker cannot be replaced. */
  giveUp(fault: Error): void
}

/** Milliseconds in which a worker must be ready; the first reads catalogs of whatever size. */
const START = 600_000
/** The first starts alone, so that what is wrong is found, and made, once; then so many at a time. */
const ABREAST = 2
/** Starts in a row that may fail. */
const ATTEMPTS = 5
const FIRST_PAUSE = 1_000
const LAST_PAUSE = 30_000
/** A worker that dies younger than this is replaced ever more slowly. */
const YOUNG = 10_000
/** What may pass by itself: these are tried for as long as they take. */
const PASSING = ['GH_CATALOG', 'GH_WIRE', 'GH_ISSUER']

export function createCrew(sources: CrewSources): Crew {
  const { count, log, now, desk, handover } = sources
  const alive = new Set<WorkerProcess>()
  const ready = new Map<number, WorkerProcess>()
  const faults: (number | NodeJS.Signals)[] = []
  const turns = inTurn()
  let dismissed = false
  let deaths = 0
  /** By number: how often in a row it died young. */
  const restless = new Map<number, number>()

  /** Throws why it could not. */
  const startOne = async (number: number): Promise<void> => {
    const worker = startWorkerProcess(number, desk, handover)
    alive.add(worker)
    const over = worker.ended.then((how) => {
      alive.delete(worker)
      if (dismissed && how !== 0) faults.push(how)
      return how
    })
    const fault = await worker.link
      .ask('start', sources.assignment(number), START)
      .catch(async (cause: Error) => {
        worker.kill()
        return { message: `worker ${number} ended with ${await over} before it was ready: ${cause.message}` }
      })
    if (fault !== undefined) {
      worker.kill()
      await over
      throw asFault(fault)
    }
    const since = now()
    ready.set(number, worker)
    if (dismissed) worker.link.ask('stop', undefined, START).catch(() => {})
    else handover.join(worker)
    void over.then((how) => {
      ready.delete(number)
      sources.lost(worker)
      if (dismissed) return
      deaths += 1
      const young = now() - since < YOUNG
      restless.set(number, young ? (restless.get(number) ?? 0) + 1 : 0)
      log.error(
        { worker: number, process: worker.pid, how },
        'a worker has died: its sessions are cut, it is replaced',
      )
      void replace(number)
    })
  }

  const replace = async (number: number): Promise<void> => {
    let failed = 0
    await pause(pauseAfter(restless.get(number) ?? 0))
    while (!dismissed) {
      try {
        await turns(() => (dismissed ? Promise.resolve() : startOne(number)))
        if (!dismissed) log.info({ worker: number }, 'a worker was replaced')
        return
      } catch (fault) {
        const code = (fault as { code?: string }).code ?? ''
        failed += PASSING.includes(code) ? 0 : 1
        log.error({ worker: number, attempt: failed, ...faultFacts(fault) }, 'a worker could not be replaced')
        if (failed >= ATTEMPTS) {
          if (!dismissed) sources.giveUp(fault as Error)
          return
        }
        await pause(pauseAfter(Math.max(1, failed)))
      }
    }
  }

  const startAll = async () => {
    await startOne(1)
    const numbers = Array.from({ length: count - 1 }, (_, index) => index + 2)
    const lane = async () => {
      for (let number = numbers.shift(); number !== undefined && !dismissed; number = numbers.shift())
        await startOne(number)
    }
    await Promise.all(Array.from({ length: ABREAST }, lane))
  }

  const kill = () => {
    for (const worker of alive) worker.kill()
  }

  return {
    start: () =>
      turns(startAll).catch(async (fault: unknown) => {
        dismissed = true
        kill()
        await Promise.all([...alive].map(({ ended }) => ended))
        throw fault
      }),
    ready: () => [...ready.values()],
    missing: () =>
      Array.from({ length: count }, (_, index) => index + 1).filter((number) => !ready.has(number)),
    get deaths() {
      return deaths
    },
    settled: turns,
    dismiss() {
      dismissed = true
    },
    async gone() {
      while (alive.size > 0) await Promise.all([...alive].map(({ ended }) => ended))
      return faults
    },
    kill,
  }
}

function pauseAfter(times: number): number {
  return times === 0 ? 0 : Math.min(LAST_PAUSE, FIRST_PAUSE * 2 ** (times - 1))
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })
}
