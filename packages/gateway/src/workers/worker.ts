/** One worker: a gateway whose clients, configuration and orders come from the primary. */
import { readAll } from '../commands/read-all.js'
import { type Gateway, startGateway } from '../compose.js'
import { faultLine } from '../configuration/fault.js'
import type { Configuration } from '../configuration/read-configuration.js'
import { createLog, type Log } from '../log.js'
import type { LoadedPolicies } from '../policies/load-policies.js'
import type { Preparing } from '../reload.js'
import { createHandedDoors } from './handed-door.js'
import { fromInputs, type Inputs } from './inputs.js'
import { createLink, type Port } from './link.js'
import type { Assignment, Ended, Figures, PrimarySide, SaidFault, WorkerSide } from './messages.js'
import { remoteShared } from './remote-shared.js'
import { sayFault } from './said-fault.js'
import { instanceOf } from './station.js'

export interface WorkerSources {
  readonly port: Port
  readonly env: Readonly<Record<string, string | undefined>>
  readonly now: () => number
  readonly random: (size: number) => Uint8Array
  /** Everything is closed. */
  readonly over: () => void
}

export interface Worker {
  readonly log: Log | undefined
  /** Ends sessions now; every record is in the spool when it resolves. */
  stop(): Promise<void>
}

type Read =
  | { readonly kind: 'read'; readonly configuration: Configuration; readonly policies: LoadedPolicies }
  | { readonly kind: 'refused'; readonly fault: SaidFault }

export function runWorker({ port, env, now, random, over }: WorkerSources): Worker {
  const doors = createHandedDoors()
  let log: Log | undefined
  let gateway: Gateway | undefined
  let arrived = false
  /** Grows with each question whether a configuration can be taken, and when one is given up. */
  let asked = 0
  let prepared: Extract<Preparing, { kind: 'prepared' }> | undefined

  const read = (inputs: Inputs): Read => {
    const found = readAll(inputs.file, { env }, true, fromInputs(inputs))
    if (found.kind === 'faults')
      return { kind: 'refused', fault: { message: found.faults.map(faultLine).join('; ') } }
    // The primary has these to itself: it says warnings once, and answers for all.
    const configuration = { ...found.configuration, warnings: [], metrics: undefined }
    return { kind: 'read', configuration, policies: found.policies }
  }

  const start = async ({ station, logLevel, inputs }: Assignment): Promise<SaidFault | undefined> => {
    const found = read(inputs)
    if (found.kind === 'refused') return found.fault
    log = createLog(instanceOf(found.configuration.instance, station), logLevel)
    const shared = remoteShared({ station, link, openDoor: doors.openDoor, random })
    try {
      gateway = await startGateway(found.configuration, found.policies, { log, now, random, shared })
      return undefined
    } catch (fault) {
      return sayFault(fault)
    }
  }

  const prepare = async (inputs: Inputs): Promise<SaidFault | undefined> => {
    const found = read(inputs)
    if (found.kind === 'refused') return found.fault
    asked += 1
    const mine = asked
    const preparing = await running().prepare(found.configuration, found.policies)
    if (preparing.kind === 'refused') return sayFault(preparing.fault)
    // Given up meanwhile: the primary waits no longer.
    if (mine === asked) prepared = preparing
    else await preparing.abandon()
    return undefined
  }

  const commit = async (): Promise<Ended> => {
    const result = await prepared?.commit()
    prepared = undefined
    if (result === undefined) return { kind: 'refused', fault: { message: 'nothing was prepared' } }
    return result.kind === 'done'
      ? { kind: 'done', ended: result.ended }
      : { kind: 'refused', fault: sayFault(result.fault) }
  }

  const running = (): Gateway => {
    if (gateway === undefined) throw new Error('the worker is still starting')
    return gateway
  }

  const stop = async () => {
    await gateway?.stop()
  }

  const link = createLink<WorkerSide, PrimarySide>(port, {
    answers: {
      start,
      prepare,
      commit,
      async abandon() {
        asked += 1
        await prepared?.abandon()
        prepared = undefined
        return undefined
      },
      figures: async () => (await running().registry.getMetricsAsJSON()) as unknown as Figures,
      health: () => running().health(),
      async drain() {
        await running().drain()
        setImmediate(over)
        return undefined
      },
      'stop-session': ({ listener, request }) => gateway?.stopSession(listener, request) ?? false,
      sibling: ({ from, ...call }) => running().answerSibling(from, call),
      async stop() {
        await stop()
        setImmediate(over)
        return undefined
      },
    },
    hears: {
      client({ listener }, socket) {
        arrived = true
        if (socket !== undefined && !doors.has(listener)) {
          // Closed before the loop looks at it: what the client said is still there for whoever gets it next.
          socket.destroy()
          link.tell('declined', undefined)
          return
        }
        link.tell('took', undefined)
        socket?.on('error', () => {})
        socket?.once('close', () => link.tell('left', undefined))
        if (socket === undefined) link.tell('left', undefined)
        else doors.enter(listener, socket)
      },
      sent() {
        if (!arrived) link.tell('missed', undefined)
        arrived = false
      },
      cancel: ({ processId, key }) => void gateway?.present(processId, key),
    },
  })
  return {
    get log() {
      return log
    },
    stop,
  }
}
