/** FerretDB for tests, bench and examples: whether it is here, and what would provide it. */
import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { whyNoFerretdb } from '@gatehouse/embedded'
import { type Availability, PROVIDE } from './available.js'

export function ferretdbAvailable(): Availability {
  const why = whyNoFerretdb()
  if (why === undefined) return { ok: true }
  // Without root or Go nothing provides it.
  const promised = process.getuid?.() === 0 && spawnSync('go', ['version']).status === 0
  return { ok: false, why, remedy: PROVIDE, promised }
}
