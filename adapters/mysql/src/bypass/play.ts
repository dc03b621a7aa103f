/** Plays attacks at the doors, in each form, and says what came of them. */

import type { Trace } from '@gatehouse/adapter-contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeFlavours, type Flavour } from '../wire/fixture.js'
import { type Attack, attacksOn } from './attack.js'
import { type Answer, type Attacker, type Form, TRIED } from './attacker.js'
import { createScene, type DoorName, type Scene } from './scene.js'
import { findTraces } from './traces.js'

interface Outcome {
  readonly answers: readonly Answer[]
  readonly traces: readonly Trace[]
  /** Something of the shop is not as it was. */
  readonly changed: boolean
}

/** `server`: not through the gateway. */
type Place = DoorName | 'server'

/** The suite: no byte of any answer shows a personal cell to who sees it masked, and what is refused changed nothing. */
export function testAttacks(name: string, attacks: readonly Attack[]): void {
  describeFlavours(name, (flavour) => testOn(flavour, attacksOn(flavour, attacks)))
}

function testOn(flavour: Flavour, attacks: readonly Attack[]): void {
  let scene: Scene
  let theatre: Theatre

  beforeAll(async () => {
    scene = await createScene(flavour)
    theatre = await createTheatre(scene)
  })

  afterAll(async () => {
    await theatre?.close()
    await scene?.close()
    expect(Object.values(scene?.stages ?? {}).flatMap(({ faults }) => faults)).toEqual([])
  })

  describe.each([...new Set(attacks.map(({ row }) => row))])('%s', (row) => {
    for (const attack of attacks.filter((each) => each.row === row)) {
      test.each(TRIED)(`%s: ${title(attack)}`, async (form) => {
        expectNothingSeen(await theatre.play(attack, 'reader', form), attack, 'reader')
        if (attack.unmasked !== 'harms')
          expectNothingSeen(await theatre.play(attack, 'watched', form), attack, 'watched')
      })
    }
  })

  // Proves that the suite above can fail: at the server itself every one of them succeeds.
  describe('not through the gateway', () => {
    for (const attack of attacks.filter(({ unmasked }) => unmasked !== 'idle')) {
      test(`${attack.unmasked}: ${title(attack)}`, async () => {
        const outcome = await theatre.play(attack, 'server', 'text')
        if (attack.unmasked === 'reveals') expect(outcome.traces.length, told(outcome)).toBeGreaterThan(0)
        else expect(outcome.changed, told(outcome)).toBe(true)
      })
    }
  })

  // And that it is not for want of understanding that they fail at the others.
  test('most of what reveals is answered by the gateway where nobody is masked', async () => {
    const revealing = attacks.filter(({ unmasked, steps }) => unmasked === 'reveals' && steps.length === 1)
    const unread: string[] = []
    for (const attack of revealing) {
      const { traces } = await theatre.play(attack, 'unmasked', 'text')
      if (traces.length === 0) unread.push(title(attack))
    }
    expect(unread.length, unread.join('\n')).toBeLessThan(revealing.length / 4)
  })
}

function expectNothingSeen(outcome: Outcome, attack: Attack, door: DoorName): void {
  const { answers, traces, changed } = outcome
  expect(traces, `${door}: ${told(outcome)}`).toEqual([])
  const refused = answers.every(({ error }) => error !== undefined)
  if (refused || attack.unmasked === 'harms') expect(changed, `changed by the ${door}`).toBe(false)
  if (attack.unmasked !== 'idle' || door !== 'reader') return
  const byGateway = answers.some(({ error }) => error?.message.includes('gatehouse: {'))
  expect(byGateway, `refused by the gateway: ${told(outcome)}`).toBe(true)
}

/** Of one statement, or of several that only read. */
const READS =
  /^[\s(]*(?:select|with|values|table|show|explain|describe|desc)\b(?!.*(?:;|\b(?:into|update|delete|insert|call)\b))/is

const title = ({ steps }: Attack) => steps.join('; ').slice(0, 150).replaceAll(/[%$]/g, '$&$&')
const told = ({ answers }: Outcome) => JSON.stringify(answers.map(({ error, rows }) => error ?? rows))

interface Theatre {
  play(attack: Attack, place: Place, form: Form): Promise<Outcome>
  close(): Promise<void>
}

async function createTheatre(scene: Scene): Promise<Theatre> {
  let calm = await scene.state()
  const sessions = new Map<string, Attacker>()

  /** Attacks of one statement share a session; longer ones leave things behind and have one of their own. */
  const enter = async ({ steps }: Attack, place: Place) => {
    const open = () => (place === 'server' ? scene.direct() : scene.open(place))
    if (steps.length > 1) return open()
    const known = sessions.get(place)
    const session = known === undefined || known.closed ? await open() : known
    sessions.set(place, session)
    session.forget()
    return session
  }

  return {
    async play(attack, place, form) {
      const attacker = await enter(attack, place)
      const answers: Answer[] = []
      try {
        for (const step of attack.steps) if (!attacker.closed) answers.push(await attacker.run(step, form))
      } catch (fault) {
        // Whatever comes now is out of step with what is asked.
        sessions.delete(place)
        throw fault
      }
      if (attack.steps.length > 1) await attacker.close()
      const received = attacker.received()
      // What the gateway has refused whole has not come to the server: the next state that is asked for would show it.
      // Neither does what only reads change anything; asking for the state takes longer than playing.
      const reached = answers.some(({ error }) => !error?.message.includes('gatehouse: {'))
      const writes = attack.unmasked === 'harms' || !attack.steps.every((step) => READS.test(step))
      const changed = reached && writes && (await scene.state()) !== calm
      if (changed) {
        await scene.restore()
        calm = await scene.state()
        // Their default database may be gone.
        for (const session of sessions.values()) await session.close()
        sessions.clear()
      }
      const rows = answers.flatMap((answer) => answer.rows)
      return { answers, traces: findTraces(received, rows), changed }
    },
    async close() {
      for (const session of sessions.values()) await session.close()
    },
  }
}
