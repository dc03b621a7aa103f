/** Faults on their way between processes: what a log line says of them, and nothing else. */
import { faultFacts } from '../log.js'
import type { SaidFault } from './messages.js'

export function sayFault(fault: unknown): SaidFault {
  const { fault: message, ...more } = faultFacts(fault) as { fault: string; code?: string; cause?: string }
  return { message, ...more }
}

/** For whoever prints it with `faultFacts`. */
export function asFault({ message, code, cause }: SaidFault): Error {
  const fault = new Error(message, cause === undefined ? {} : { cause: new Error(cause) })
  return code === undefined ? fault : Object.assign(fault, { code })
}
