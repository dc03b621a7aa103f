/** The toy adapter keeps the whole contract; so does one that can neither mask nor count, by refusing. */
import { describe, test } from 'vitest'
import { runContract } from '../../contract.js'
import { openToy, toyManifest } from './adapter.js'
import { toySpeaker } from './speaker.js'

runContract({
  manifest: toyManifest,
  speaker: toySpeaker,
  open: async (place) => openToy(place),
  describe,
  test,
})

const honours = { mask: false, keys: false, rows: false, bytes: false, affected: false }
runContract({
  manifest: { ...toyManifest, name: 'plain toy', honours },
  speaker: toySpeaker,
  open: async (place) => openToy(place, { parts: { honours } }),
  describe,
  test,
})
