/** One thread of the fuzzer: it plays seeds in a world of its own. */
import { createDice } from '@gatehouse/adapter-contract'
import { carryOut } from '@gatehouse/workbench'
import { type PLAYABLE, playSeed } from './fuzz.js'
import { named, OLD } from './layout.js'
import { playSignIn } from './sign-ins.js'
import { createWorld } from './world.js'

/** What it can be asked to play. */
export type Playable = (typeof PLAYABLE)[number]

/** Seeds take turns between them. */
const worlds = [await createWorld('mariadb'), await createWorld('mysql')] as const
await carryOut(async ({ kind: asked, length }, seed) => {
  const kind = asked as Playable
  if (kind === 'sign-ins') return playSignIn(createDice(seed))
  const world = worlds[seed % 2 === 0 ? 0 : 1]
  const { scenario, ...told } = await playSeed(world, kind, seed, length)
  const who = `${scenario.masked ? 'masked' : 'unmasked'} ${named(scenario.layout ?? OLD)} ${scenario.disturbance ?? ''}`
  return { ...told, says: `${who}: ${scenario.requests.map(({ says }) => says).join(' ')}` }
})
for (const world of worlds) await world.close()
