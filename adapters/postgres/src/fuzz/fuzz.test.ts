/** Messages in any order, whole, broken, cut and late, from both sides: what holds whatever comes (issue of limits, R30). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KINDS, type Kind, playSeed } from './fuzz.js'
import { createWorld, type World } from './world.js'

const long = process.env.GATEHOUSE_LONG === '1'
const first = Number(process.env.GATEHOUSE_SEED ?? (long ? Date.now() % 1_000_000_000 : 4_200))
/** Sequences of each kind; the long form goes on until it has seen as many frames. */
const SEQUENCES = 2_000
const FRAMES = Number(process.env.GATEHOUSE_FRAMES ?? 10_000_000) / KINDS.length

let world: World
const astray: unknown[] = []
const onAstray = (fault: unknown) => astray.push(fault)
beforeAll(async () => {
  world = await createWorld()
  process.on('unhandledRejection', onAstray)
})
afterAll(async () => {
  process.off('unhandledRejection', onAstray)
  await world?.close()
})

const PROMISES: Readonly<Record<Kind, string>> = {
  orders: 'W3 R23 are answered as the server answers them, in any order, portions and delays',
  mutated: 'W3 R23 with texts that nobody wrote, too',
  broken: 'R30 end the session natively when they are none of the protocol, and nothing gets upstream',
  disturbed:
    'R24 R23 leave one outcome for each decision, whoever goes, is cancelled or cannot write meanwhile',
  unasked: 'W9 let the server speak unasked, and never out of turn',
  hostile: 'R30 are survived in reverse: a server that lies gets nobody out of step with the records',
}

describe('sequences of messages', () => {
  test.each(KINDS)(
    '%s',
    async (kind) => {
      let frames = 0
      let played = 0
      const found: string[] = []
      for (let seed = first; long ? frames < FRAMES : played < SEQUENCES; seed += 1) {
        const { wrong, scenario, ...heard } = await playSeed(world, kind, seed)
        frames += heard.frames
        played += 1
        if (wrong.length > 0 && found.length < 5) {
          const says = scenario.requests.map((request) => request.says).join(' ')
          const who = `${scenario.masked ? 'masked' : 'unmasked'} ${scenario.disturbance ?? ''}`
          found.push(
            `${kind} ${seed} ${who}: ${says}\n  ${wrong.join('\n  ')}\n  heard ${heard.heard.join(' ')}`,
          )
          if (found.length === 5) break
        }
      }
      console.log(
        `fuzz: ${kind}, from seed ${first}: ${played} sequences, ${frames} frames, ${found.length} found`,
      )
      expect(found, `${PROMISES[kind]}\n${found.join('\n')}`).toEqual([])
      expect(astray).toEqual([])
    },
    7_200_000,
  )
})
