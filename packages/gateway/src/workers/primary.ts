/** Several workers as one gateway: the primary listens, hands clients over, answers for all, and never reads a byte of theirs. */
import type { Listening } from '../compose.js'
import { bindDoor, type Door } from '../door.js'
import type { Health, HealthDetail } from '../health.js'
import { faultFacts, type Log, type LogLevel } from '../log.js'
import { type MetricsListener, openMetricsListener } from '../metrics/metrics-listener.js'
import { createCrew } from './crew.js'
import { createDesk } from './desk.js'
import { gatherFigures } from './gathered-figures.js'
import { gatherHealth, type Reported } from './gathered-health.js'
import { createHandover } from './handover.js'
import { type InForce, reloadAll } from './reload-all.js'
import { seekSession } from './seek-session.js'
import type { WorkerProcess } from './worker-process.js'

export interface Primary {
  readonly listening: readonly Listening[]
  readonly metrics: { readonly address: string; readonly port: number } | undefined
  reload(): Promise<void>
  /** Resolves when every worker has finished. Throws when one did not end well. */
  drain(): Promise<void>
  /** Stops now; every record is in its spool when it resolves. */
  stop(): Promise<void>
  /** Ends every process now. */
  kill(): void
}

export interface PrimarySources {
  readonly count: number
  readonly logLevel: LogLevel
  readonly log: Log
  readonly env: Readonly<Record<string, string | undefined>>
  readonly now: () => number
  /** A worker cannot be replaced: nothing runs any more. */
  gaveUp(fault: Error): void
}

/** Milliseconds. */
const HEALTH = 1_000
/** What one worker asks of another is answered from memory, once that one has time. */
const SIBLING = 10_000
/** Beyond `drain`: what sessions, Kafka and disks get to end in. */
const ENDING = 30_000

/** Throws when the start must be refused; nothing is left running then. */
export async function startPrimary(first: InForce, sources: PrimarySources): Promise<Primary> {
  const { count, log, now } = sources
  let inForce = first
  let draining = false
  const dropped = new Map<string, number>()
  const doors: { readonly listening: Listening; readonly door: Door }[] = []
  const reloads = { done: 0, refused: 0 }

  const handover = createHandover<WorkerProcess>((listener) =>
    dropped.set(listener, (dropped.get(listener) ?? 0) + 1),
  )
  const desk = createDesk(now, {
    cancel: (number, request) =>
      crew
        .ready()
        .find((worker) => worker.number === number)
        ?.link.tell('cancel', request),
    stopSession: (call) => seekSession(crew.ready(), call),
    sibling: async ({ to, ...call }) => {
      const worker = crew.ready().find(({ number }) => number === to)
      if (worker === undefined) throw new Error('there is no such worker')
      return worker.link.ask('sibling', call, SIBLING)
    },
  })
  const crew = createCrew({
    count,
    log,
    now,
    desk,
    handover,
    assignment: (number) => ({
      station: { number, of: count },
      logLevel: sources.logLevel,
      inputs: inForce.inputs,
    }),
    lost: (worker) => figures.lost(worker),
    giveUp(fault) {
      log.fatal(faultFacts(fault), 'a worker dies again and again at its start: the gateway gives up')
      stop().then(
        () => sources.gaveUp(fault),
        () => sources.gaveUp(fault),
      )
    },
  })
  const figures = gatherFigures({ count, ready: crew.ready, deaths: () => crew.deaths, reloads, dropped })

  const health = async (): Promise<Health> => {
    const reports = crew.ready().map(async ({ number, link }): Promise<Reported> => {
      return { number, health: await link.ask('health', undefined, HEALTH).catch(() => undefined) }
    })
    const own = doors.map(
      ({ listening: { listener }, door }): HealthDetail => ({
        part: `listener ${listener}`,
        ...(door.open ? { colour: 'green' } : { colour: 'red', message: 'is not listening' }),
      }),
    )
    const stopping: HealthDetail[] = draining
      ? [{ part: 'gateway', colour: 'red', message: 'is draining' }]
      : []
    return gatherHealth(await Promise.all(reports), draining ? [] : crew.missing(), [...own, ...stopping])
  }

  const openDoors = async () => {
    for (const settings of inForce.configuration.listeners) {
      const { name, protocol } = settings
      const door = await bindDoor(settings, {
        enter: (socket) => handover.offer(name, socket),
        failed: (fault) => log.error(faultFacts(fault), `listener \`${name}\` could not accept`),
        unread: true,
      })
      doors.push({ listening: { listener: name, protocol, address: door.address, port: door.port }, door })
    }
  }

  let metrics: MetricsListener | undefined
  const close = async () => {
    // Not waited for: a door counts clients that other processes held as its own.
    for (const { door } of doors) void door.close()
    handover.close()
    await metrics?.close()
  }

  const end = async (how: 'drain' | 'stop', within: number) => {
    draining = true
    crew.dismiss()
    const late = setTimeout(() => {
      log.error({}, 'a worker does not end: it is killed')
      crew.kill()
    }, within)
    for (const { link } of crew.ready()) link.ask(how, undefined, within).catch(() => {})
    const faults = await crew.gone()
    clearTimeout(late)
    await close()
    return faults
  }

  const stop = async () => {
    await end('stop', ENDING)
  }

  try {
    for (const warning of inForce.configuration.warnings) log.warn({}, warning)
    await crew.start()
    await openDoors()
    const { listen } = inForce.configuration.metrics ?? {}
    if (listen !== undefined) metrics = await openMetricsListener({ listen, registry: figures, health })
  } catch (fault) {
    await stop()
    throw fault
  }

  return {
    listening: doors.map(({ listening }) => listening),
    metrics: metrics && { address: metrics.address, port: metrics.port },
    reload: () =>
      crew.settled(async () => {
        if (draining) return
        const done = await reloadAll({
          file: inForce.inputs.file,
          env: sources.env,
          log,
          workers: crew.ready(),
          inForce,
          decide(next) {
            inForce = next
          },
        })
        reloads[done ? 'done' : 'refused'] += 1
      }),
    async drain() {
      const faults = await end('drain', inForce.configuration.drain + ENDING)
      if (faults.length > 0) throw new Error(`a worker ended with ${faults.join(', ')}`)
    },
    stop,
    kill: crew.kill,
  }
}
