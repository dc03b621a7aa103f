/** One thread of the fuzzer: it plays seeds of its own. */
import { createDice } from '@gatehouse/adapter-contract'
import { carryOut } from '@gatehouse/workbench'
import { type PLAYABLE, playSeed } from './fuzz.js'
import { playSignIn } from './sign-ins.js'

/** What it can be asked to play. */
export type Playable = (typeof PLAYABLE)[number]

await carryOut(async (order, seed) => {
  const kind = order.kind as Playable
  if (kind === 'sign-ins') return { ...(await playSignIn(createDice(seed))), expected: [] }
  const { scenario, asked, ...told } = await playSeed(kind, seed, order.length)
  const { masked, compresses, disturbance = '' } = scenario
  const who = `${masked ? 'masked' : 'unmasked'}${compresses ? ' compressing' : ''} ${disturbance}`
  return { ...told, expected: [], says: `${who}: ${asked.join('\n    ')}` }
})
