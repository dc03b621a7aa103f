/** The worker that parses and analyses Postgres' texts: it holds one grammar and one catalog. */
import type { Catalog } from '../catalog.js'
import { serve } from '../reading/serve.js'
import { createReader, type ReaderParts } from './analysis.js'
import { loadParser } from './grammar.js'
import type { Grammar } from './grammars.js'
import type { ReadingContext } from './plan.js'
import type { Analysed } from './unreadable.js'

export interface WorkerStart extends Omit<ReaderParts, 'parser'> {
  readonly grammar: Grammar
}

export interface Ask {
  readonly text: string
  readonly parameterTypes: readonly number[]
  readonly context: ReadingContext
}

await serve<WorkerStart, Ask, Catalog, Analysed>(async (start) => {
  const reader = createReader({ ...start, parser: await loadParser(start.grammar) })
  return {
    analyse: ({ text, parameterTypes, context }) => reader.analyse(text, parameterTypes, context),
    learn: (catalog) => reader.learn(catalog),
  }
})
