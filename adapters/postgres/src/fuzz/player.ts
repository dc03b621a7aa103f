/** One thread of the fuzzer: it plays seeds in a world of its own. */
import { createDice } from '@gatehouse/adapter-contract'
import { carryOut } from '@gatehouse/workbench'
import { type PLAYABLE, playSeed } from './fuzz.js'
import { playSignIn } from './sign-ins.js'
import { createWorld } from './world.js'

/** What it can be asked to play. */
export type Playable = (typeof PLAYABLE)[number]

const world = await createWorld()
await carryOut(async ({ kind: asked, length }, seed) => {
  const kind = asked as Playable
  if (kind === 'sign-ins') return playSignIn(createDice(seed))
  const { scenario, ...told } = await playSeed(world, kind, seed, length)
  const who = `${scenario.masked ? 'masked' : 'unmasked'} ${scenario.disturbance ?? ''}`
  return { ...told, says: `${who}: ${scenario.requests.map(({ says }) => says).join(' ')}` }
})
await world.close()
