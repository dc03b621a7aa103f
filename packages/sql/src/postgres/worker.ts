/** The worker that parses and analyses: it holds one grammar and one catalog, and answers one text at a time. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Catalog } from '../catalog.js'
import { type Analysed, createReader, type ReaderParts } from './analysis.js'
import { loadParser } from './grammar.js'
import type { Grammar } from './grammars.js'
import type { ReadingContext } from './plan.js'

export interface WorkerStart extends Omit<ReaderParts, 'parser'> {
  readonly grammar: Grammar
}

export type Question =
  | { readonly kind: 'learn'; readonly id: number; readonly catalog: Catalog }
  | {
      readonly kind: 'analyse'
      readonly id: number
      readonly text: string
      readonly parameterTypes: readonly number[]
      readonly context: ReadingContext
    }

/** `fault`: the parser failed in a way that leaves it unusable. */
export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'learned'; readonly id: number }
  | { readonly kind: 'analysed'; readonly id: number; readonly analysed: Analysed }
  | { readonly kind: 'fault'; readonly id: number; readonly message: string }

async function serve(port: NonNullable<typeof parentPort>, start: WorkerStart): Promise<void> {
  const parser = await loadParser(start.grammar)
  const reader = createReader({ ...start, parser })
  const post = (answer: Answer) => port.postMessage(answer)
  port.on('message', (question: Question) => {
    try {
      if (question.kind === 'learn') {
        reader.learn(question.catalog)
        post({ kind: 'learned', id: question.id })
      } else {
        const { text, parameterTypes, context } = question
        post({ kind: 'analysed', id: question.id, analysed: reader.analyse(text, parameterTypes, context) })
      }
    } catch (error) {
      post({ kind: 'fault', id: question.id, message: error instanceof Error ? error.message : 'unknown' })
    }
  })
  post({ kind: 'ready' })
}

if (parentPort) await serve(parentPort, workerData as WorkerStart)
