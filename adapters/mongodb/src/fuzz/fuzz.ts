/** Sequences by seed: each can be played again by its own number. */
import { createDice, DISTURBANCES, pick } from '@gatehouse/adapter-contract'
import { OUT_OF_TURN } from './hostile.js'
import { type Played, play, type Scenario } from './play.js'

export const KINDS = ['orders', 'broken', 'ending', 'disturbed', 'unasked', 'hostile', 'rows'] as const
export type Kind = (typeof KINDS)[number]
/** Signing in is no session yet: it is played by itself. */
export const PLAYABLE = [...KINDS, 'sign-ins'] as const

export async function playSeed(
  kind: Kind,
  seed: number,
  most = 14,
): Promise<Played & { readonly scenario: Scenario }> {
  const dice = createDice(seed)
  for (let warm = 0; warm < 3; warm += 1) dice(2)
  const scenario: Scenario = {
    masked: dice(3) > 0,
    counted: kind === 'rows',
    compresses: dice(2) === 0,
    length: dice(most),
    last: kind === 'broken' || kind === 'ending' ? kind : 'known',
    hostile: kind === 'hostile',
    disturbance:
      kind === 'disturbed' || (kind === 'rows' && dice(4) === 0) ? pick(dice, DISTURBANCES) : undefined,
    outOfTurn: kind === 'unasked' ? pick(dice, OUT_OF_TURN) : undefined,
  }
  return { scenario, ...(await play(dice, scenario)) }
}
