/** What Prometheus scrapes; every label comes from a closed set (R28), every figure is read at the scrape. */
import { Counter, Gauge, type Histogram, Registry } from 'prom-client'
import { BUCKETS, type ListenerFigures, type Spread } from './listener-figures.js'

/** Everything that a scrape reads besides listeners. */
export interface Depths {
  spool(): { readonly bytes: number; readonly records: number; readonly dropped: number }
  /** Age of the oldest record in the spool. */
  oldestSeconds(): Promise<number>
  /** Undefined where no Kafka is configured. */
  kafka():
    | {
        readonly lagRecords: number
        readonly lagSeconds: number
        readonly shipped: number
        readonly failures: number
      }
    | undefined
}

export interface ListenerSource {
  readonly name: string
  readonly figures: ListenerFigures
  /** Seconds since the catalog was last known to be current. */
  catalogAge(): number
}

export interface MetricsSource {
  listeners(): readonly ListenerSource[]
  readonly depths: Depths
  readonly version: string
  readonly policyRevision: () => string
  readonly reloads: { done: number; refused: number }
}

export function createMetrics(source: MetricsSource): Registry {
  const registry = new Registry()
  const registers = [registry]
  const gauge = (
    name: string,
    help: string,
    read: (set: (value: number, listener?: string) => void) => void | Promise<void>,
    { per = true, aggregator = 'sum' }: { readonly per?: boolean; readonly aggregator?: 'sum' | 'max' } = {},
  ) =>
    new Gauge({
      name,
      help,
      registers,
      aggregator,
      labelNames: per ? ['listener'] : [],
      async collect() {
        this.reset()
        await read((value, listener) => this.set(listener === undefined ? {} : { listener }, value))
      },
    })
  const counter = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    read: (add: (labels: Partial<Record<Label, string>>, value: number) => void) => void,
  ) =>
    new Counter({
      name,
      help,
      registers,
      labelNames,
      collect() {
        this.reset()
        read((labels, value) => this.inc(labels, value))
      },
    })
  const each = (then: (listener: ListenerSource) => void) => source.listeners().forEach(then)
  /** `aggregator`: what several workers' figures come to. */
  const perListener = (
    name: string,
    help: string,
    value: (listener: ListenerSource) => number,
    aggregator: 'sum' | 'max' = 'sum',
  ) => gauge(name, help, (set) => each((listener) => set(value(listener), listener.name)), { aggregator })
  const single = (
    name: string,
    help: string,
    value: () => number | undefined | Promise<number>,
    aggregator: 'sum' | 'max' = 'sum',
  ) =>
    gauge(
      name,
      help,
      async (set) => {
        const now = await value()
        if (now !== undefined) set(now)
      },
      { per: false, aggregator },
    )

  perListener('gatehouse_connections', 'Open client connections', ({ figures }) => figures.connections)
  perListener('gatehouse_sessions', 'Signed-in sessions', ({ figures }) => figures.sessions)
  perListener(
    'gatehouse_catalog_age_seconds',
    'Seconds since the catalog was known to be current',
    (listener) => listener.catalogAge(),
    'max',
  )
  counter(
    'gatehouse_connections_dropped_total',
    'Connections closed unheard over the ceiling',
    ['listener'],
    (add) => each(({ name, figures }) => add({ listener: name }, figures.dropped)),
  )
  counter('gatehouse_sign_ins_total', 'Sign-ins by result', ['listener', 'result'], (add) =>
    each(({ name, figures }) => {
      for (const [result, value] of Object.entries(figures.signIns)) add({ listener: name, result }, value)
    }),
  )
  for (const unit of ['statements', 'exchanges'] as const)
    counter(`gatehouse_${unit}_total`, `Decided ${unit} by decision`, ['listener', 'decision'], (add) =>
      each(({ name, figures }) => {
        for (const [decision, value] of Object.entries(figures[unit]))
          add({ listener: name, decision }, value)
      }),
    )
  histogram(
    registry,
    'gatehouse_overhead_seconds',
    'Time that the gateway held a chunk of bytes',
    source,
    'overhead',
  )
  histogram(
    registry,
    'gatehouse_upstream_seconds',
    'Time that the database took to begin its answer',
    source,
    'upstream',
  )

  single('gatehouse_spool_bytes', 'Bytes in the audit spool', () => source.depths.spool().bytes)
  single('gatehouse_spool_records', 'Records in the audit spool', () => source.depths.spool().records)
  single(
    'gatehouse_spool_oldest_seconds',
    'Age of the oldest record in the spool',
    () => source.depths.oldestSeconds(),
    'max',
  )
  counter('gatehouse_spool_dropped_total', 'Records dropped by retention', [], (add) =>
    add({}, source.depths.spool().dropped),
  )
  single(
    'gatehouse_kafka_lag_records',
    'Records that Kafka has not acknowledged',
    () => source.depths.kafka()?.lagRecords,
  )
  single(
    'gatehouse_kafka_lag_seconds',
    'Age of the oldest record that Kafka has not acknowledged',
    () => source.depths.kafka()?.lagSeconds,
    'max',
  )
  counter('gatehouse_shipped_total', 'Records that Kafka has acknowledged', [], (add) =>
    add({}, source.depths.kafka()?.shipped ?? 0),
  )
  counter('gatehouse_kafka_failures_total', 'Attempts to publish that failed', [], (add) =>
    add({}, source.depths.kafka()?.failures ?? 0),
  )
  counter('gatehouse_reloads_total', 'Reloads by result', ['result'], (add) => {
    add({ result: 'done' }, source.reloads.done)
    add({ result: 'refused' }, source.reloads.refused)
  })
  processFigures(registry)
  const build = new Gauge({
    name: 'gatehouse_build_info',
    help: 'Always 1; the version and the revision of the policy stand in its labels',
    registers,
    aggregator: 'first',
    labelNames: ['version', 'policy'],
    collect() {
      this.reset()
      build.set({ version: source.version, policy: source.policyRevision() }, 1)
    },
  })
  return registry
}

/** Of this process; several workers' are summed. */
export function processFigures(registry: Registry): void {
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'CPU time of the gateway',
    registers: [registry],
    collect() {
      const { user, system } = process.cpuUsage()
      this.reset()
      this.inc((user + system) / 1e6)
    },
  })
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory of the gateway',
    registers: [registry],
    collect() {
      this.set(process.memoryUsage.rss())
    },
  })
}

/** A histogram whose buckets are kept by `observe`: the library's own costs a microsecond per observation. */
function histogram(
  registry: Registry,
  name: string,
  help: string,
  source: MetricsSource,
  which: 'overhead' | 'upstream',
): void {
  const values = () =>
    source.listeners().flatMap(({ name: listener, figures }) => spreadValues(name, listener, figures[which]))
  const metric = {
    name,
    help,
    type: 'histogram',
    get: async () => ({ name, help, type: 'histogram', aggregator: 'sum', values: values() }),
  }
  registry.registerMetric(metric as unknown as Histogram)
}

function spreadValues(name: string, listener: string, spread: Spread): object[] {
  let total = 0
  const buckets = [...BUCKETS.map(String), '+Inf'].map((le, index) => {
    total += spread.counts[index] as number
    return { metricName: `${name}_bucket`, labels: { le, listener }, value: total }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: { listener }, value: spread.sum },
    { metricName: `${name}_count`, labels: { listener }, value: total },
  ]
}
