/** Puts a gateway together from a configuration, and takes it apart again. */
import { createHmac } from 'node:crypto'
import type { OpenAdapter, StopRequest } from '@gatehouse/adapter-kit'
import { createGate, type Identity } from '@gatehouse/core'
import type { Registry } from 'prom-client'
import { certificateNotes } from './configuration/certificate-notes.js'
import type { Configuration } from './configuration/read-configuration.js'
import { keptSecret, openDataFolder } from './data-folder.js'
import { type Health, judgeHealth } from './health.js'
import { openListener } from './listener.js'
import { type ListenerState, limitsOf } from './listener-state.js'
import { faultFacts } from './log.js'
import { countedSink } from './metrics/counted-sink.js'
import { createListenerFigures } from './metrics/listener-figures.js'
import { createMetrics } from './metrics/metrics.js'
import { type MetricsListener, openMetricsListener } from './metrics/metrics-listener.js'
import { createIds } from './new-id.js'
import type { LoadedPolicies } from './policies/load-policies.js'
import { openRecordKeeping } from './record-keeping.js'
import { type Preparing, prepareReload, type ReloadResult } from './reload.js'
import { createRoster } from './roster.js'
import type { GatewaySources, OpenedListener, Running } from './running.js'
import { answerSibling, openAdapter } from './siblings.js'
import { makeStanding } from './standing.js'
import { stopHere } from './stopping.js'
import { VERSION } from './version.js'
import { createWatch } from './watch.js'
import type { SiblingCall } from './workers/messages.js'
import { ownShared } from './workers/shared.js'

export interface Listening {
  readonly listener: string
  readonly protocol: string
  readonly address: string
  readonly port: number
}

export interface Gateway {
  readonly listening: readonly Listening[]
  readonly metrics: { readonly address: string; readonly port: number } | undefined
  /** Every figure, read when it is asked. */
  readonly registry: Registry
  /** Opens what a new configuration needs, and changes nothing yet. */
  prepare(configuration: Configuration, policies: LoadedPolicies): Promise<Preparing>
  /** All of the new configuration but addresses, spool and Kafka; or nothing of it. */
  reload(configuration: Configuration, policies: LoadedPolicies): Promise<ReloadResult>
  /** Lets running exchanges finish for `configuration.drain`, then stops. */
  drain(): Promise<void>
  /** Stops now; every record is in the spool when it resolves. */
  stop(): Promise<void>
  health(): Health
  /** A cancel request that came in elsewhere; silent whether or not somebody holds the key. */
  present(processId: number, key: Uint8Array): Promise<void>
  /** A request that another process could not meet: false where no session here is meant. */
  stopSession(listener: string, request: StopRequest): boolean
  /** What an adapter in another process asks of its own kind. Rejects where there is none. */
  answerSibling(from: number, call: SiblingCall): Promise<unknown>
}

/**
 * One process, whatever `workers` says: several are started by the command `serve`. Throws GatehouseError when the start must
 * be refused; nothing is left running then.
 */
export async function startGateway(
  configuration: Configuration,
  policies: LoadedPolicies,
  sources: GatewaySources,
): Promise<Gateway> {
  const { log, now, random, shared = ownShared(sources) } = sources
  const undo: (() => Promise<void> | void)[] = []
  const unwind = async () => {
    for (const step of undo.reverse())
      await Promise.resolve(step()).catch((fault) => log.error(faultFacts(fault), 'could not stop cleanly'))
    undo.length = 0
  }
  try {
    for (const warning of [...configuration.warnings, ...certificateNotes(configuration, now())])
      log.warn({}, warning)
    openDataFolder(configuration.dataDir)
    const signInSecret = keptSecret(configuration.dataDir, 'sign-in.key', random)
    const siteSecret = createHmac('sha256', signInSecret).update('sites').digest()
    const standing = await makeStanding(configuration, policies, { signInSecret, now })
    const newId = createIds({ now, random })
    const records = await openRecordKeeping(configuration, shared.station, { log, now, newId })
    undo.push(() => records.close())

    let draining = false
    const listeners = new Map<string, OpenedListener>()
    const sink = countedSink(records.spool, (name) => listeners.get(name)?.state.figures)
    const watched = createWatch({ log, tick: () => performance.now(), speaks: shared.station.number === 1 })
    const stopSession = (listener: string, request: StopRequest) => stopHere(listeners, listener, request)
    const running: Running = {
      standing,
      listeners,
      sources,
      stopElsewhere: async (listener, request) =>
        stopSession(listener, request) || (await shared.stopElsewhere?.(listener, request)) === true,
      shared,
      marks: new WeakMap(),
      signInSecret,
      siteSecret,
      house: {
        gate: createGate({ policy: () => running.standing.policies.policy, sink, now, newId }),
        sink,
        delays: shared.delays,
        places: shared.places,
        cancelKeys: shared.cancelKeys,
        roster: createRoster(),
        log,
        now,
        newId,
        random,
        identities: () => running.standing.identities,
        stillKnown: (identity: Identity) => running.standing.knows(identity),
        draining: () => draining,
      },
    }
    for (const fault of await standing.issuers.warm())
      log.warn(faultFacts(fault), 'an issuer cannot be reached yet')
    await openAll(running, undo)
    await watched.look(running)
    const reloads = { done: 0, refused: 0 }
    const health = () => judgeHealth([...records.details(), ...watched.details(running, draining)])
    const registry = createMetrics({
      listeners: () =>
        [...listeners].map(([name, { state }]) => ({
          name,
          figures: state.figures,
          catalogAge: () => watched.catalogAge(name, state.adapter),
        })),
      depths: records.depths,
      version: VERSION,
      policyRevision: () => running.standing.policies.policy.revision,
      reloads,
    })
    const metrics = await openMetrics(configuration, registry, health)
    if (metrics !== undefined) undo.push(() => metrics.close())

    const stop = async () => {
      draining = true
      await Promise.all([...listeners.values()].map(({ listener }) => listener.close()))
      await unwind()
    }
    const prepare = async (next: Configuration, nextPolicies: LoadedPolicies): Promise<Preparing> => {
      const preparing = await prepareReload(running, next, nextPolicies)
      if (preparing.kind === 'refused') return preparing
      return {
        ...preparing,
        async commit() {
          const result = await preparing.commit()
          if (result.kind === 'done') await watched.look(running)
          return result
        },
      }
    }
    return {
      listening: [...listeners].map(([name, { listener, state }]) => ({
        listener: name,
        protocol: state.settings.protocol,
        address: listener.address,
        port: listener.port,
      })),
      metrics: metrics && { address: metrics.address, port: metrics.port },
      registry,
      prepare,
      async reload(next, nextPolicies) {
        const preparing = await prepare(next, nextPolicies)
        const result = preparing.kind === 'prepared' ? await preparing.commit() : preparing
        reloads[result.kind === 'done' ? 'done' : 'refused'] += 1
        return result
      },
      async drain() {
        draining = true
        const finished = Promise.all([...listeners.values()].map(({ listener }) => listener.drain()))
        await Promise.race([finished, patience(running.standing.configuration.drain)])
        await stop()
      },
      stop,
      health,
      present: (processId, key) => shared.cancelKeys.present(processId, key),
      stopSession,
      answerSibling: (from, call) => answerSibling(listeners, running.marks, from, call),
    }
  } catch (fault) {
    await unwind()
    throw fault
  }
}

async function openAll(running: Running, undo: (() => Promise<void> | void)[]): Promise<void> {
  const {
    standing,
    listeners,
    house,
    shared: { openDoor },
  } = running
  const { configuration, policies } = standing
  for (const settings of configuration.listeners) {
    const adapter = await openAdapter(running, configuration, settings, policies)
    undo.push(async () => {
      const opened = listeners.get(settings.name)
      await Promise.all(
        [
          ...new Set([adapter, ...(opened === undefined ? [] : [opened.state.adapter, ...opened.retired])]),
        ].map((each) => each.close()),
      )
    })
    const state: ListenerState = {
      settings,
      limits: limitsOf(settings),
      adapter,
      figures: createListenerFigures(),
    }
    const opened = { state, retired: new Set<OpenAdapter>() }
    const listener = await openListener(house, () => listeners.get(settings.name)?.state ?? state, openDoor)
    undo.push(() => listener.close())
    listeners.set(settings.name, { ...opened, listener })
  }
}

async function openMetrics(
  { metrics }: Configuration,
  registry: Registry,
  health: () => Health,
): Promise<MetricsListener | undefined> {
  if (metrics === undefined) return undefined
  return openMetricsListener({ listen: metrics.listen, registry, health })
}

function patience(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref()
  })
}
