/** The figures of all workers as one answer: sums never fall, whoever dies. */
import { AggregatorRegistry, Counter, Gauge, Registry } from 'prom-client'
import { processFigures } from '../metrics/metrics.js'
import type { Figures } from './messages.js'
import type { WorkerProcess } from './worker-process.js'

export interface GatheredSources {
  readonly count: number
  ready(): readonly WorkerProcess[]
  deaths(): number
  readonly reloads: { readonly done: number; readonly refused: number }
  /** Clients for whom no worker had room, by listener. */
  readonly dropped: ReadonlyMap<string, number>
}

export interface GatheredFigures {
  readonly contentType: Registry['contentType']
  metrics(): Promise<string>
  /** What it has counted goes on counting. */
  lost(worker: WorkerProcess): void
}

/** Milliseconds; a worker that is busy for longer is shown as it was last seen. */
const ANSWER = 2_000

export function gatherFigures(sources: GatheredSources): GatheredFigures {
  const own = ownFigures(sources)
  const seen = new Map<WorkerProcess, Figures>()
  let departed: Figures = []

  const look = async (worker: WorkerProcess): Promise<void> => {
    const figures = await worker.link.ask('figures', undefined, ANSWER).catch(() => undefined)
    if (figures !== undefined && sources.ready().includes(worker)) seen.set(worker, figures)
  }

  return {
    contentType: own.contentType,
    async metrics() {
      await Promise.all(sources.ready().map(look))
      const mine = (await own.getMetricsAsJSON()) as unknown as Figures
      return AggregatorRegistry.aggregate(
        [...seen.values(), departed, mine].map((each) => [...each]),
      ).metrics()
    },
    lost(worker) {
      const last = seen.get(worker)
      seen.delete(worker)
      if (last !== undefined) departed = addUp(departed, last)
    },
  }
}

/** Counters and histograms; what a dead process held, it holds no more. */
function addUp(departed: Figures, last: Figures): Figures {
  const counted = last.filter(({ type }) => ['counter', 'histogram'].includes(String(type)))
  const known = new Map(departed.map((metric) => [metric.name, metric]))
  const keyOf = (value: Figures[number]['values'][number]) => {
    const labels = Object.entries(value.labels).sort(([a], [b]) => (a < b ? -1 : 1))
    return JSON.stringify([value.metricName, labels])
  }
  return counted.map((metric) => {
    const before = new Map(known.get(metric.name)?.values.map((value) => [keyOf(value), value.value]))
    const values = metric.values.map((value) => ({
      ...value,
      value: value.value + (before.get(keyOf(value)) ?? 0),
    }))
    return { ...metric, values }
  })
}

function ownFigures({ count, ready, deaths, reloads, dropped }: GatheredSources): Registry {
  const registry = new Registry()
  const registers = [registry]
  processFigures(registry)
  new Gauge({
    name: 'gatehouse_workers',
    help: 'Worker processes by state',
    registers,
    labelNames: ['state'],
    collect() {
      this.set({ state: 'ready' }, ready().length)
      this.set({ state: 'missing' }, count - ready().length)
    },
  })
  new Counter({
    name: 'gatehouse_worker_deaths_total',
    help: 'Worker processes that died and were to be replaced',
    registers,
    collect() {
      this.reset()
      this.inc(deaths())
    },
  })
  new Counter({
    name: 'gatehouse_reloads_total',
    help: 'Reloads by result',
    registers,
    labelNames: ['result'],
    collect() {
      this.reset()
      this.inc({ result: 'done' }, reloads.done)
      this.inc({ result: 'refused' }, reloads.refused)
    },
  })
  new Counter({
    name: 'gatehouse_connections_dropped_total',
    help: 'Connections closed unheard over the ceiling',
    registers,
    labelNames: ['listener'],
    collect() {
      this.reset()
      for (const [listener, value] of dropped) this.inc({ listener }, value)
    },
  })
  return registry
}
