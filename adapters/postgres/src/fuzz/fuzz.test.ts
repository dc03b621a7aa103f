/** Messages in any order, whole, broken, cut and late, from both sides: what holds whatever comes (issue of limits, R30). */
import { playAll } from '@gatehouse/workbench'
import { describe, expect, test } from 'vitest'
import { KINDS, PLAYABLE } from './fuzz.js'
import type { Playable } from './player.js'

// From src/ as from dist/ it is the compiled file that a thread can load; compiled it also runs several times as fast.
const PLAYER = new URL('../../dist/fuzz/player.js', import.meta.url)

const long = process.env.GATEHOUSE_LONG === '1'
const first = Number(process.env.GATEHOUSE_SEED ?? (long ? Date.now() % 1_000_000_000 : 4_200))
/** In all: the short form counts sequences, the long one goes on until it has seen as many frames. */
const SEQUENCES = 100_000
const FRAMES = Number(process.env.GATEHOUSE_FRAMES ?? 10_000_000)
/** Requests of a sequence at most; longer ones get deeper, and waste less on beginnings. */
const LENGTH = long ? 40 : 14

const PROMISES: Readonly<Record<Playable, string>> = {
  orders: 'W3 R23 are answered as the server answers them, in any order, portions and delays',
  mutated: 'W3 R23 with texts that nobody wrote, too',
  broken: 'R30 end the session natively when they are none of the protocol, and nothing gets upstream',
  disturbed:
    'R24 R23 leave one outcome for each decision, whoever goes, is cancelled or cannot write meanwhile',
  unasked: 'W9 let the server speak unasked, and never out of turn',
  hostile: 'R30 are survived in reverse: a server that lies gets nobody out of step with the records',
  rows: 'R21 W3 show no row over the limit, and are in step behind it',
  bytes: 'R21 W3 show no byte of a row over the limit, and are in step behind it',
  affected: 'R21 W3 commit no change over the limit, and are in step behind it',
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

describe('sequences of messages', () => {
  test.each(PLAYABLE)(
    '%s',
    async (kind) => {
      const { played, frames, found } = await playAll(PLAYER, {
        ...{ kind, first, length: LENGTH },
        ...amountOf(kind),
      })
      console.log(
        `fuzz: ${kind}, from seed ${first}: ${played} sequences, ${frames} frames, ${found.length} found`,
        ...found,
      )
      expect(found, `${PROMISES[kind]}\n${found.join('\n')}`).toEqual([])
    },
    7_200_000,
  )
})
