/** FerretDB for tests, bench and examples: whether it is here, and what would provide it. */
import { spawnSync } from 'node:child_process'
import { whyNeverFerretdb, whyNoFerretdb } from '@gatehouse/embedded'
import { type Availability, PROVIDE } from './available.js'

export function ferretdbAvailable(): Availability {
  const why = whyNoFerretdb()
  if (why === undefined) return { ok: true }
  const promised = whyNeverFerretdb() === undefined && spawnSync('go', ['version']).status === 0
  return { ok: false, why, remedy: PROVIDE, promised }
}
