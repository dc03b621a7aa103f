/** One thread of the fuzzer: it plays seeds of its own. */
import { carryOut } from '@gatehouse/workbench'
import { type Kind, playSeed } from './fuzz.js'

/** What it can be asked to play. */
export type Playable = Kind

await carryOut(async ({ kind, length }, seed) => {
  const { scenario, asked, ...told } = await playSeed(kind as Playable, seed, length)
  const { masked, compresses, disturbance = '' } = scenario
  const who = `${masked ? 'masked' : 'unmasked'}${compresses ? ' compressing' : ''} ${disturbance}`
  return { ...told, expected: [], says: `${who}: ${asked.join('\n    ')}` }
})
