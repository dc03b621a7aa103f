/** One thread of the fuzzer: it plays seeds in a world of its own. */
import { carryOut } from '@gatehouse/workbench'
import { type Kind, playSeed } from './fuzz.js'
import { named, OLD } from './layout.js'
import { createWorld } from './world.js'

/** What it can be asked to play. */
export type Playable = Kind

const world = await createWorld()
await carryOut(async ({ kind, length }, seed) => {
  const { scenario, ...told } = await playSeed(world, kind as Playable, seed, length)
  const who = `${scenario.masked ? 'masked' : 'unmasked'} ${named(scenario.layout ?? OLD)} ${scenario.disturbance ?? ''}`
  return { ...told, says: `${who}: ${scenario.requests.map(({ says }) => says).join(' ')}` }
})
await world.close()
