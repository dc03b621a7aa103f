/** Sequences by seed: each can be played again by its own number. */
import { createDice, DISTURBANCES, type Dice, pick } from '@gatehouse/adapter-contract'
import * as ask from '../wire/requests.js'
import { anotherUser, nobody } from './another-user.js'
import { elsewhere, loading, misplaced, otherFile } from './files.js'
import { OUT_OF_TURN } from './hostile.js'
import { anyLayout } from './layout.js'
import { type Played, play, type Scenario } from './play.js'
import { asked, createGenerator, type Request } from './requests.js'
import { COUNTED, type World } from './world.js'

export const KINDS = [
  'orders',
  'mutated',
  'broken',
  'disturbed',
  'unasked',
  'hostile',
  'rows',
  'bytes',
  'affected',
  'users',
  'files',
] as const
export type Kind = (typeof KINDS)[number]
/** Signing in is no session yet: it is played by itself. */
export const PLAYABLE = [...KINDS, 'sign-ins'] as const

/** What is left standing shows itself: every statement is asked for. */
const PROBES: readonly Request[] = [1, 2, 3, ask.LAST_PREPARED].map((id) =>
  asked(`RESET(${id})`, ask.resetStatement(id)),
)
/** However it went, the session is in step at its end. */
const ENDING: readonly Request[] = ['rollback', 'set autocommit = 1', 'select 98'].map((text) =>
  asked(`Q(${text})`, ask.query(text)),
)

/** What a limit undid shows in the status of its first. */
const ENDED = ENDING.length - 1

/** Puts changes of user among them: what is before is on its way, what is behind may come along with the proof. */
function changing(dice: Dice, requests: Request[]): void {
  for (let times = 1 + dice(3); times > 0; times -= 1) {
    const at = dice(requests.length + 1)
    // Not between a change and its proof.
    if (requests[at]?.becomes !== undefined) continue
    const next = requests[at]
    if (next !== undefined && dice(2) === 0) requests[at] = { ...next, waits: true }
    requests.splice(at, 0, ...anotherUser(dice(2) === 0))
  }
}

/** Puts files among them, such as the server will not ask for, too. */
function filing(dice: Dice, requests: Request[]): void {
  for (let times = 1 + dice(4); times > 0; times -= 1) {
    const at = dice(requests.length + 1)
    // Not between a text and its file.
    if (requests[at]?.file !== undefined) continue
    requests.splice(at, 0, ...(dice(5) === 0 ? [elsewhere(dice)] : loading(dice)))
  }
}

export async function playSeed(
  world: World,
  kind: Kind,
  seed: number,
  most = 14,
): Promise<Played & { readonly scenario: Scenario }> {
  const dice = createDice(seed)
  for (let warm = 0; warm < 3; warm += 1) dice(2)
  const generator = createGenerator(dice, kind === 'mutated')
  const requests = Array.from({ length: 1 + dice(most) }, generator.next)
  if (kind === 'users') changing(dice, requests)
  if (kind === 'files') filing(dice, requests)
  if (kind === 'users' && dice(4) === 0) requests.push(nobody(dice, generator.next()))
  else if (kind === 'files' && dice(4) === 0) requests.push(...misplaced(dice))
  else if (kind === 'broken') requests.push(generator.broken())
  else requests.push(...(dice(3) === 0 ? PROBES : []), ...ENDING)
  const isCounted = COUNTED.some((each) => each === kind)
  const scenario: Scenario = {
    masked: dice(2) === 0,
    layout: anyLayout(dice),
    counted: COUNTED.find((each) => each === kind),
    requests,
    ending: kind === 'broken' ? 0 : ENDED,
    files: kind === 'files' && dice(8) > 0,
    hostile: kind === 'hostile' || (kind === 'files' && dice(8) === 0),
    instead: kind === 'files' && dice(8) === 0 ? otherFile(dice) : undefined,
    outOfTurn: kind === 'unasked' ? pick(dice, OUT_OF_TURN) : undefined,
    disturbance:
      kind === 'disturbed' || ((isCounted || kind === 'users' || kind === 'files') && dice(4) === 0)
        ? pick(dice, DISTURBANCES)
        : undefined,
  }
  return { scenario, ...(await play(world, dice, scenario)) }
}
