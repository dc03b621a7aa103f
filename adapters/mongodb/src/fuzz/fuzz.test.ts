/** Commands in any order, whole, broken, cut and late, from both sides: what holds whatever comes (issue of limits, R30). */
import { playAll } from '@gatehouse/workbench'
import { describe, expect, test } from 'vitest'
import { KINDS, PLAYABLE } from './fuzz.js'
import type { Playable } from './player.js'

// From src/ as from dist/ it is the compiled file that a thread can load; compiled it also runs several times as fast.
const PLAYER = new URL('../../dist/fuzz/player.js', import.meta.url)

const long = process.env.GATEHOUSE_LONG === '1'
const first = Number(process.env.GATEHOUSE_SEED ?? (long ? Date.now() % 1_000_000_000 : 4_200))
/** In all: the short form counts sequences, the long one goes on until it has seen as many frames. */
const SEQUENCES = 2_100
const FRAMES = Number(process.env.GATEHOUSE_FRAMES ?? 10_000_000)
/** Requests of a sequence at most; longer ones get deeper, and waste less on beginnings. */
const LENGTH = long ? 40 : 14

const PROMISES: Readonly<Record<Playable, string>> = {
  orders: 'R23 are answered one by one, each by its own answer, and run by permits of their own',
  broken: 'R30 get an error or an end when they are none of the protocol, and nothing of them gets upstream',
  ending: 'R30 end with the connection where somebody signs in twice or leaves',
  disturbed:
    'R24 R23 leave one outcome for each decision, whoever goes, is cancelled or cannot write meanwhile',
  unasked: 'W50 end the session when the server speaks out of turn',
  hostile: 'R30 W50 are survived in reverse: documents that lie show nothing that is masked',
  rows: 'R21 show no document over the limit, of one cursor in however many batches',
  'sign-ins': 'R30 let nobody in by what was spoiled on its way, and end whatever is said, on either side',
}

const share = (of: number) => Math.ceil(of / KINDS.length)
/** Keys are derived for each sign-in. */
const amountOf = (kind: Playable) =>
  kind === 'sign-ins'
    ? { sequences: long ? 5_000 : 150, frames: 0 }
    : long
      ? { sequences: 0, frames: share(FRAMES) }
      : { sequences: share(SEQUENCES), frames: 0 }

describe('sequences of commands', () => {
  test.each(PLAYABLE)(
    '%s',
    async (kind) => {
      const { played, frames, found } = await playAll(PLAYER, {
        ...{ kind, first, length: LENGTH },
        ...amountOf(kind),
      })
      console.log(
        `fuzz: mongodb ${kind}, from seed ${first}: ${played} sequences, ${frames} frames, ${found.length} found`,
        ...found,
      )
      expect(found, `${PROMISES[kind]}\n${found.join('\n')}`).toEqual([])
    },
    7_200_000,
  )
})
