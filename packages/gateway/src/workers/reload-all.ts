/** A new configuration for all workers or for none: each prepares it, and when all said yes, all take it. */
import { readAll } from '../commands/read-all.js'
import { faultLine } from '../configuration/fault.js'
import type { Configuration } from '../configuration/read-configuration.js'
import { faultFacts, type Log } from '../log.js'
import { needsRestart } from '../reload.js'
import { type Inputs, noteInputs } from './inputs.js'
import { asFault } from './said-fault.js'
import type { WorkerProcess } from './worker-process.js'

/** What every worker runs by, its successors too. */
export interface InForce {
  readonly configuration: Configuration
  readonly inputs: Inputs
}

export interface ReloadSources {
  readonly file: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly log: Log
  readonly workers: readonly WorkerProcess[]
  readonly inForce: InForce
  /** Called once all have said yes, before the first takes it. */
  decide(next: InForce): void
}

/** Milliseconds: an upstream that does not answer is given up sooner by the worker itself. */
const PREPARE = 120_000
const COMMIT = 60_000

/** False: refused, and said so once. */
export async function reloadAll({
  file,
  env,
  log,
  workers,
  inForce,
  decide,
}: ReloadSources): Promise<boolean> {
  const files = noteInputs()
  const read = readAll(file, { env }, true, files)
  if (read.kind === 'faults') {
    for (const fault of read.faults) log.error({}, faultLine(fault))
    log.error({ faults: read.faults.length }, 'reload refused: what was in force stays in force')
    return false
  }
  const next: InForce = { configuration: read.configuration, inputs: files.inputs(file) }
  const refusals = await askAll(workers, next.inputs)
  if (refusals.length > 0) {
    await Promise.allSettled(workers.map(({ link }) => link.ask('abandon', undefined, COMMIT)))
    // What all say is one report.
    for (const [message, fault] of new Map(refusals.map((each) => [each.message, each])))
      log.error({ ...faultFacts(fault), fault: message }, 'reload refused: what was in force stays in force')
    return false
  }
  decide(next)
  const ended = await commitAll(workers, log)
  for (const warning of next.configuration.warnings) log.warn({}, warning)
  const restart = needsRestart(inForce.configuration, next.configuration)
  if (restart.length > 0) log.warn({ keys: restart }, 'these keys take a restart')
  log.info({ policy: read.policies.policy.revision, ended }, 'reloaded')
  return true
}

async function askAll(workers: readonly WorkerProcess[], inputs: Inputs): Promise<Error[]> {
  const asked = workers.map(async (worker): Promise<Error | undefined> => {
    try {
      const fault = await worker.link.ask('prepare', inputs, PREPARE)
      return fault === undefined ? undefined : asFault(fault)
    } catch (cause) {
      // Whoever is dead holds no old configuration: its successor gets what is in force then.
      return worker.gone ? undefined : (cause as Error)
    }
  })
  return (await Promise.all(asked)).filter((fault) => fault !== undefined)
}

/** Invariant: no worker goes on with the old configuration. One that cannot take the new one ends, and its successor has it. */
async function commitAll(workers: readonly WorkerProcess[], log: Log): Promise<number> {
  const each = workers.map(async (worker) => {
    const result = await worker.link
      .ask('commit', undefined, COMMIT)
      .catch((cause: Error) => ({ kind: 'refused', fault: { message: cause.message } }) as const)
    if (result.kind === 'done') return result.ended
    if (worker.gone) return 0
    log.error(
      { worker: worker.number, ...faultFacts(asFault(result.fault)) },
      'a worker could not take the new configuration: it ends and is replaced',
    )
    worker.kill()
    return 0
  })
  return (await Promise.all(each)).reduce((sum, ended) => sum + ended, 0)
}
