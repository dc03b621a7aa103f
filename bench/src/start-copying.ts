/** The proxy that only copies, in front of any server. */
import { type Started, startProcess } from './start-process.js'

export const startCopying = (upstream: number): Promise<Started> =>
  startProcess('copying-proxy.js', String(upstream))
