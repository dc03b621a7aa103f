/** One thread of the fuzzer: it plays seeds in a world of its own. */
import { carryOut } from '@gatehouse/workbench'
import { type Kind, playSeed } from './fuzz.js'
import { named, OLD } from './layout.js'
import { createWorld } from './world.js'

/** What it can be asked to play. */
export type Playable = Kind

/** Seeds take turns between them. */
const worlds = [await createWorld('mariadb'), await createWorld('mysql')] as const
await carryOut(async ({ kind, length }, seed) => {
  const world = worlds[seed % 2 === 0 ? 0 : 1]
  const { scenario, ...told } = await playSeed(world, kind as Playable, seed, length)
  const who = `${scenario.masked ? 'masked' : 'unmasked'} ${named(scenario.layout ?? OLD)} ${scenario.disturbance ?? ''}`
  return { ...told, says: `${who}: ${scenario.requests.map(({ says }) => says).join(' ')}` }
})
for (const world of worlds) await world.close()
