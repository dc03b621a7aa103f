/** A worker's side of a lane: it holds one parser and one catalog, and answers one text at a time. */
import { parentPort, workerData } from 'node:worker_threads'
import { type PackedCatalog, unpackCatalog } from './packed-catalog.js'

export type Question<Ask> =
  | { readonly kind: 'learn'; readonly id: number; readonly catalog: PackedCatalog }
  | { readonly kind: 'analyse'; readonly id: number; readonly ask: Ask }

/** `fault`: the parser failed in a way that leaves it unusable. */
export type Answer<Found> =
  | { readonly kind: 'ready' }
  | { readonly kind: 'learned'; readonly id: number }
  | { readonly kind: 'analysed'; readonly id: number; readonly analysed: Found }
  | { readonly kind: 'fault'; readonly id: number; readonly message: string }

export interface Served<Ask, Catalog, Found> {
  analyse(ask: Ask): Found
  learn(catalog: Catalog): void
}

/** Does nothing outside of a worker. */
export async function serve<Start extends { readonly catalog: Catalog }, Ask, Catalog, Found>(
  make: (start: Start) => Promise<Served<Ask, Catalog, Found>>,
): Promise<void> {
  const port = parentPort
  if (!port) return
  const start = workerData as Omit<Start, 'catalog'> & { readonly catalog: PackedCatalog }
  const served = await make({ ...start, catalog: unpackCatalog(start.catalog) } as unknown as Start)
  const post = (answer: Answer<Found>) => port.postMessage(answer)
  port.on('message', (question: Question<Ask>) => {
    try {
      if (question.kind === 'learn') {
        served.learn(unpackCatalog(question.catalog) as Catalog)
        post({ kind: 'learned', id: question.id })
      } else post({ kind: 'analysed', id: question.id, analysed: served.analyse(question.ask) })
    } catch (error) {
      post({ kind: 'fault', id: question.id, message: error instanceof Error ? error.message : 'unknown' })
    }
  })
  post({ kind: 'ready' })
}
