/** `gatehouse serve`: runs the listeners until it is told to stop. */
import { availableParallelism } from 'node:os'
import process from 'node:process'
import { type Gateway, startGateway } from '../compose.js'
import { faultLine } from '../configuration/fault.js'
import type { Configuration } from '../configuration/read-configuration.js'
import { createLog, faultFacts, type Log, type LogLevel } from '../log.js'
import type { LoadedPolicies } from '../policies/load-policies.js'
import { EXIT, type ExitCode } from '../terminal.js'
import { type Inputs, noteInputs } from '../workers/inputs.js'
import { type Primary, startPrimary } from '../workers/primary.js'
import { MOST_WORKERS } from '../workers/station.js'
import type { Context } from './context.js'
import { readAll, sayFaults } from './read-all.js'

export interface ServeOptions {
  readonly config: string
  readonly logLevel: LogLevel
}

/** After a fault that nobody caught, records get this long to reach the disk. */
const LAST_WORDS = 5_000

/** One process or several: to signals they are the same. */
type Served = Pick<Primary, 'listening' | 'metrics' | 'drain' | 'stop' | 'kill'> & {
  reload(): Promise<void>
}

interface Start {
  readonly configuration: Configuration
  readonly policies: LoadedPolicies
  readonly inputs: Inputs
}

export async function serve(options: ServeOptions, context: Context): Promise<ExitCode> {
  const files = noteInputs()
  const read = readAll(options.config, context, true, files)
  if (read.kind === 'faults') {
    sayFaults(context, read.faults)
    return EXIT.usage
  }
  const start: Start = { ...read, inputs: files.inputs(options.config) }
  const log = createLog(read.configuration.instance, options.logLevel)
  let served: Served | undefined
  const ending = watchForEnd(log, () => served)
  // Still starting: the files were read already, and may have changed since.
  let missed = false
  const reload = serially(async () => {
    if (served === undefined) missed = true
    else await served.reload()
  })
  process.on('SIGHUP', reload)
  try {
    const { workers } = read.configuration
    const count = workers === 'auto' ? Math.min(MOST_WORKERS, availableParallelism()) : workers
    served =
      count === 1
        ? await serveAlone(start, options, context, log)
        : await serveTogether(start, count, options, context, log, ending.giveUp)
  } catch (fault) {
    ending.forget()
    process.off('SIGHUP', reload)
    log.fatal(faultFacts(fault), 'the gateway could not start')
    return EXIT.failed
  }
  for (const each of served.listening) context.terminal.out(JSON.stringify({ event: 'listening', ...each }))
  if (served.metrics !== undefined)
    context.terminal.out(JSON.stringify({ event: 'metrics', ...served.metrics }))
  if (missed) reload()
  try {
    const code = await ending.ended
    log.info({}, 'the gateway has stopped')
    return code
  } finally {
    process.off('SIGHUP', reload)
  }
}

async function serveAlone(
  { configuration, policies }: Start,
  options: ServeOptions,
  context: Context,
  log: Log,
): Promise<Served> {
  const { now, random } = context
  const gateway = await startGateway(configuration, policies, { log, now, random })
  return {
    ...gateway,
    reload: () => reloadFrom(options, context, log, gateway),
    kill() {},
  }
}

function serveTogether(
  { configuration, inputs }: Start,
  count: number,
  { logLevel }: ServeOptions,
  { env, now }: Context,
  log: Log,
  gaveUp: () => void,
): Promise<Served> {
  return startPrimary({ configuration, inputs }, { count, logLevel, log, env, now, gaveUp })
}

interface Ending {
  /** Resolves when the gateway has stopped, with how. */
  readonly ended: Promise<ExitCode>
  /** It has stopped because it could not go on. */
  giveUp(): void
  forget(): void
}

/** The first SIGTERM or SIGINT drains, the second ends at once; so does a fault that nobody caught, with its own code. */
function watchForEnd(log: Log, served: () => Served | undefined): Ending {
  let stopping = false
  let resolve: (code: ExitCode) => void = () => {}
  const ended = new Promise<ExitCode>((settle) => {
    resolve = settle
  })
  const onSignal = (signal: NodeJS.Signals) => {
    const running = served()
    if (stopping) {
      running?.kill()
      process.exit(EXIT.failed)
    }
    stopping = true
    if (running === undefined) process.exit(EXIT.failed)
    log.info({ signal }, 'draining: running exchanges may finish')
    running.drain().then(
      () => resolve(EXIT.done),
      (fault: unknown) => {
        log.error(faultFacts(fault), 'could not stop cleanly')
        resolve(EXIT.failed)
      },
    )
  }
  const onFault = (fault: unknown) => {
    log.fatal(
      { ...faultFacts(fault), stack: fault instanceof Error ? fault.stack : undefined },
      'a fault that nobody caught',
    )
    setTimeout(() => process.exit(EXIT.failed), LAST_WORDS)
    Promise.resolve(served()?.stop()).then(
      () => process.exit(EXIT.failed),
      () => process.exit(EXIT.failed),
    )
  }
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal)
  process.on('uncaughtException', onFault).on('unhandledRejection', onFault)
  return {
    ended,
    giveUp: () => resolve(EXIT.failed),
    forget() {
      process.off('SIGTERM', onSignal).off('SIGINT', onSignal)
      process.off('uncaughtException', onFault).off('unhandledRejection', onFault)
    },
  }
}

async function reloadFrom(
  { config }: ServeOptions,
  context: Context,
  log: Log,
  gateway: Gateway,
): Promise<void> {
  const read = readAll(config, context)
  if (read.kind === 'faults') {
    for (const fault of read.faults) log.error({}, faultLine(fault))
    log.error({ faults: read.faults.length }, 'reload refused: what was in force stays in force')
    return
  }
  const result = await gateway.reload(read.configuration, read.policies)
  if (result.kind === 'refused') {
    log.error(faultFacts(result.fault), 'reload refused: what was in force stays in force')
    return
  }
  if (result.restart.length > 0) log.warn({ keys: result.restart }, 'these keys take a restart')
  log.info({ policy: read.policies.policy.revision, ended: result.ended }, 'reloaded')
}

/** One at a time; what comes meanwhile is done once more afterwards. */
function serially(work: () => Promise<void>): () => void {
  let running = false
  let again = false
  const run = async () => {
    running = true
    do {
      again = false
      await work().catch(() => {})
    } while (again)
    running = false
  }
  return () => {
    if (running) again = true
    else void run()
  }
}
