/** Where a worker's process begins. The primary alone starts it, and it ends with the primary. */
import { randomBytes } from 'node:crypto'
import process from 'node:process'
import { faultFacts } from '../log.js'
import { EXIT } from '../terminal.js'
import { processPort } from './process-port.js'
import { runWorker } from './worker.js'

/** Milliseconds that records get to reach the disk once nobody is left to tell us anything. */
const LAST_WORDS = 15_000

// What a terminal or a supervisor sends to all processes alike is for the primary to carry out.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

if (process.send === undefined) {
  process.stderr.write('gatehouse: a worker is started by `gatehouse serve`, never by hand\n')
  process.exit(EXIT.usage)
}

const worker = runWorker({
  port: processPort(process),
  env: process.env,
  now: Date.now,
  random: (size) => randomBytes(size),
  over: () => process.exit(EXIT.done),
})

const endBadly = () => {
  setTimeout(() => process.exit(EXIT.failed), LAST_WORDS)
  worker.stop().then(
    () => process.exit(EXIT.failed),
    () => process.exit(EXIT.failed),
  )
}
const onFault = (fault: unknown) => {
  const stack = fault instanceof Error ? fault.stack : undefined
  worker.log?.fatal({ ...faultFacts(fault), stack }, 'a fault that nobody caught')
  endBadly()
}
process.on('uncaughtException', onFault).on('unhandledRejection', onFault)
process.once('disconnect', () => {
  worker.log?.error({}, 'the primary has gone: this worker ends')
  endBadly()
})
