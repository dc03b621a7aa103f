/** One worker and its queue: a text at a time, and a new worker after anything but an answer. */
import { Worker } from 'node:worker_threads'
import { GatehouseError } from '@gatehouse/core'
import type { PackedCatalog } from './packed-catalog.js'
import type { Answer, Question } from './serve.js'

export interface LaneLimits {
  /** The longest that one text may take, in milliseconds. */
  readonly milliseconds: number
  readonly memoryMiB: number
}

export interface Lane<Ask, Found> {
  /** Starts the worker, which the first question does otherwise; settles when it can be asked. */
  start(): Promise<void>
  /** Why no answer came, when it is a string. */
  analyse(ask: Ask): Promise<Found | string>
  /** Texts that are asked from here on are read against this catalog. */
  learn(catalog: Promise<PackedCatalog>): Promise<void>
  close(): Promise<void>
}

const STACK_MIB = 16
/** Milliseconds in which a worker has taken in the largest catalog. */
const LEARNING = 60_000

/** `script`: the compiled file that the worker loads; `start`: what it begins with. */
export function createLane<Ask, Found>(
  script: URL,
  start: { readonly catalog: PackedCatalog },
  limits: LaneLimits,
): Lane<Ask, Found> {
  let current = start
  let closed = false
  let number = 0
  let worker: Promise<Worker> | undefined
  let tail: Promise<unknown> = Promise.resolve()

  /** Whoever answered wrongly is asked nothing more. Its end is not awaited: a parser deep in a text does not hear of it. */
  function replace(old: Worker | undefined): void {
    void old?.terminate()
    worker = undefined
    if (!closed) running()
  }

  function running(): Promise<Worker> {
    worker ??= launch(script, current, limits)
    worker.catch(() => undefined)
    return worker
  }

  async function put(question: (id: number) => Question<Ask>): Promise<Answer<Found> | string> {
    let asked: Worker | undefined
    try {
      asked = await running()
    } catch {
      replace(undefined)
      return 'the parser could not be started'
    }
    number++
    const asking = question(number)
    const patience = asking.kind === 'learn' ? Math.max(LEARNING, limits.milliseconds) : limits.milliseconds
    const answer = await exchange<Found>(asked, asking, patience)
    if (typeof answer === 'string') replace(asked)
    return answer
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = tail.then(work)
    tail = turn.catch(() => undefined)
    return turn
  }

  return {
    start: async () => {
      if (!closed) await running()
    },
    analyse: (ask) =>
      inTurn(async () => {
        if (closed) return 'the reader is closed'
        const answer = await put((id) => ({ kind: 'analyse', id, ask }))
        if (typeof answer === 'string') return answer
        return answer.kind === 'analysed' ? answer.analysed : 'the parser failed'
      }),
    learn: (packing) =>
      inTurn(async () => {
        const catalog = await packing
        current = { ...current, catalog }
        if (!closed && worker) await put((id) => ({ kind: 'learn', id, catalog }))
      }),
    async close() {
      closed = true
      const last = await worker?.catch(() => undefined)
      await last?.terminate()
    },
  }
}

async function launch(script: URL, start: unknown, limits: LaneLimits): Promise<Worker> {
  const worker = new Worker(script, {
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
function exchange<Found>(
  worker: Worker,
  question: { readonly id: number },
  milliseconds: number,
): Promise<Answer<Found> | string> {
  return new Promise((resolve) => {
    const settle = (answer: Answer<Found> | string) => {
      clearTimeout(timer)
      worker.off('message', onMessage)
      worker.off('error', onError)
      worker.off('exit', onError)
      resolve(answer)
    }
    const onError = () => settle('the parser failed')
    const onMessage = (answer: Answer<Found>) => {
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
