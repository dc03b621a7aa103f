/** Sequences by seed: each can be played again by its own number. */

import { createDice, DISTURBANCES, pick } from '@gatehouse/adapter-contract'
import * as ask from '../wire/requests.js'
import { OUT_OF_TURN } from './hostile.js'
import { type Played, play, QUICK, type Scenario } from './play.js'
import { createGenerator, PORTALS, type Request, STATEMENTS } from './requests.js'
import { COUNTED, type World } from './world.js'

export const KINDS = [
  'orders',
  'broken',
  'disturbed',
  'mutated',
  'unasked',
  'hostile',
  'rows',
  'bytes',
  'affected',
] as const
export type Kind = (typeof KINDS)[number]
/** Signing in is no session yet: it is played by itself. */
export const PLAYABLE = [...KINDS, 'sign-ins'] as const

/** What is left standing shows itself: every name is asked for, then a last answer. */
const PROBES: readonly Request[] = [
  { says: 'f', bytes: ask.f('no') },
  { says: 'S', bytes: ask.S },
  ...STATEMENTS.flatMap((name) => [
    { says: `DS(${name})`, bytes: ask.DS(name) },
    { says: 'S', bytes: ask.S },
  ]),
  ...PORTALS.flatMap((name) => [
    { says: `DP(${name})`, bytes: ask.DP(name) },
    { says: 'S', bytes: ask.S },
  ]),
]
/** However it went, the session is in step at its end. */
const ENDING: readonly Request[] = [
  { says: 'f', bytes: ask.f('no') },
  { says: 'S', bytes: ask.S },
  { says: 'Q(rollback)', bytes: ask.Q('rollback') },
  { says: 'Q(select 98)', bytes: ask.Q('select 98') },
]

/** Answers to its last two. */
const ENDED = 6

/** Sequences of up to so many requests are those of which there are very many. */
const FEW = 14

export async function playSeed(
  world: World,
  kind: Kind,
  seed: number,
  most = FEW,
): Promise<Played & { readonly scenario: Scenario }> {
  const dice = createDice(seed)
  for (let warm = 0; warm < 3; warm += 1) dice(2)
  const generator = createGenerator(dice, kind === 'mutated')
  const requests = Array.from({ length: 1 + dice(most) }, generator.next)
  if (kind === 'broken') requests.push(generator.broken())
  else requests.push(...(dice(3) === 0 ? PROBES : []), ...ENDING)
  const isCounted = COUNTED.some((each) => each === kind)
  const scenario: Scenario = {
    masked: dice(2) === 0,
    counted: COUNTED.find((each) => each === kind),
    requests,
    paces: most <= FEW ? QUICK : undefined,
    ending: kind === 'broken' ? 0 : ENDED,
    tampering: kind === 'unasked' || kind === 'hostile' ? kind : undefined,
    outOfTurn: kind === 'unasked' ? pick(dice, OUT_OF_TURN) : undefined,
    disturbance: kind === 'disturbed' || (isCounted && dice(4) === 0) ? pick(dice, DISTURBANCES) : undefined,
  }
  return { scenario, ...(await play(world, dice, scenario)) }
}
