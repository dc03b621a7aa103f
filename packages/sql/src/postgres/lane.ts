/** One worker and its queue: a text at a time, and a new worker after anything but an answer. */
import { Worker } from 'node:worker_threads'
import { GatehouseError } from '@gatehouse/core'
import type { Catalog } from '../catalog.js'
import type { Analysed } from './analysis.js'
import type { ReadingContext } from './plan.js'
import type { Answer, Question, WorkerStart } from './worker.js'

export interface LaneLimits {
  /** The longest that one text may take, in milliseconds. */
  readonly milliseconds: number
  readonly memoryMiB: number
}

export interface Lane {
  /** Settles when the worker can be asked. */
  readonly ready: Promise<void>
  /** Why no answer came, when it is a string. */
  analyse(
    text: string,
    parameterTypes: readonly number[],
    context: ReadingContext,
  ): Promise<Analysed | string>
  learn(catalog: Catalog): Promise<void>
  close(): Promise<void>
}

// From src/ as from dist/ it is the compiled file that a worker can load.
const WORKER = new URL('../../dist/postgres/worker.js', import.meta.url)
const STACK_MIB = 16

type Unnumbered<Q> = Q extends Question ? Omit<Q, 'id'> : never

export function createLane(start: WorkerStart, limits: LaneLimits): Lane {
  let current = start
  let closed = false
  let number = 0
  let worker: Promise<Worker> = launch(current, limits)
  worker.catch(() => undefined)
  let tail: Promise<unknown> = Promise.resolve()

  /** Whoever answered wrongly is asked nothing more. Its end is not awaited: a parser deep in a text does not hear of it. */
  function replace(old: Worker | undefined): void {
    void old?.terminate()
    if (closed) return
    worker = launch(current, limits)
    worker.catch(() => undefined)
  }

  async function put(question: Unnumbered<Question>): Promise<Answer | string> {
    let asked: Worker | undefined
    try {
      asked = await worker
    } catch {
      replace(undefined)
      return 'the parser could not be started'
    }
    number++
    const answer = await exchange(asked, { ...question, id: number } as Question, limits.milliseconds)
    if (typeof answer === 'string') replace(asked)
    return answer
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = tail.then(work)
    tail = turn.catch(() => undefined)
    return turn
  }

  return {
    ready: worker.then(() => undefined),
    analyse: (text, parameterTypes, context) =>
      inTurn(async () => {
        if (closed) return 'the reader is closed'
        const answer = await put({ kind: 'analyse', text, parameterTypes, context })
        if (typeof answer === 'string') return answer
        return answer.kind === 'analysed' ? answer.analysed : 'the parser failed'
      }),
    learn: (catalog) =>
      inTurn(async () => {
        current = { ...current, catalog }
        if (!closed) await put({ kind: 'learn', catalog })
      }),
    async close() {
      closed = true
      const last = await worker.catch(() => undefined)
      await last?.terminate()
    },
  }
}

async function launch(start: WorkerStart, limits: LaneLimits): Promise<Worker> {
  const worker = new Worker(WORKER, {
    workerData: start,
    resourceLimits: { stackSizeMb: STACK_MIB, maxOldGenerationSizeMb: limits.memoryMiB },
    execArgv: [],
    env: {},
    stdout: true,
    stderr: true,
  })
  try {
    await started(worker)
  } catch (cause) {
    await worker.terminate()
    throw new GatehouseError('GH_INVARIANT', 'the parser could not be started', { cause })
  }
  // Between questions nobody else listens: an error then is found by the next question.
  worker.on('error', () => undefined)
  return worker
}

function started(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (outcome: () => void) => {
      worker.off('message', onMessage)
      worker.off('error', onError)
      worker.off('exit', onExit)
      outcome()
    }
    const onMessage = () => settle(resolve)
    const onError = (error: unknown) => settle(() => reject(error))
    const onExit = () => settle(() => reject(new Error('the worker ended before it was ready')))
    worker.on('message', onMessage)
    worker.on('error', onError)
    worker.on('exit', onExit)
  })
}

/** The answer to this question, or why there is none. */
function exchange(worker: Worker, question: Question, milliseconds: number): Promise<Answer | string> {
  return new Promise((resolve) => {
    const settle = (answer: Answer | string) => {
      clearTimeout(timer)
      worker.off('message', onMessage)
      worker.off('error', onError)
      worker.off('exit', onError)
      resolve(answer)
    }
    const onError = () => settle('the parser failed')
    const onMessage = (answer: Answer) => {
      if (answer.kind === 'fault') settle('the parser failed')
      else if (answer.kind !== 'ready' && answer.id === question.id) settle(answer)
    }
    const timer = setTimeout(() => settle('the statement took too long to read'), milliseconds)
    worker.on('message', onMessage)
    worker.on('error', onError)
    worker.on('exit', onError)
    worker.postMessage(question)
  })
}
