/** Plays attacks at the doors and says what came of them. */

import { describePart } from '@gatehouse/workbench'
import type { Document } from 'bson'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Attack, title } from './attack.js'
import type { Attacker } from './attacker.js'
import { createScene, type DoorName, type Scene } from './scene.js'
import { findTraces, type Trace } from './traces.js'

interface Outcome {
  readonly answers: readonly Document[]
  readonly traces: readonly Trace[]
  /** Something of the shop is not as it was. */
  readonly changed: boolean
}

/** `server`: not through the gateway. */
type Place = DoorName | 'server'

/** The suite: no byte of any answer shows a personal value to who sees it masked, and what is refused changed nothing. */
export function testAttacks(name: string, attacks: readonly Attack[]): void {
  describePart('ferretdb', name, () => {
    let scene: Scene
    let theatre: Theatre
    beforeAll(async () => {
      scene = await createScene()
      theatre = await createTheatre(scene)
    })
    afterAll(async () => {
      theatre?.close()
      await scene?.close()
      expect(Object.values(scene?.stages ?? {}).flatMap(({ faults }) => faults)).toEqual([])
    })

    describe.each([...new Set(attacks.map(({ row }) => row))])('%s', (row) => {
      for (const attack of attacks.filter((each) => each.row === row))
        test(title(attack), async () => {
          const outcome = await theatre.play(attack, 'masked')
          expect(outcome.traces, told(outcome)).toEqual([])
          const refused = outcome.answers.every(({ ok }) => ok !== 1)
          if (refused || attack.unmasked === 'harms')
            expect(outcome.changed, `changed: ${told(outcome)}`).toBe(false)
        })
    })

    // Proves that the suite above can fail: at the server itself every one of them succeeds.
    describe('not through the gateway', () => {
      for (const attack of attacks.filter(({ unmasked }) => unmasked !== 'idle'))
        test(`${attack.unmasked}: ${title(attack)}`, async () => {
          const outcome = await theatre.play(attack, 'server')
          if (attack.unmasked === 'reveals') expect(outcome.traces.length, told(outcome)).toBeGreaterThan(0)
          else expect(outcome.changed, told(outcome)).toBe(true)
        })
    })

    // And that it is not for want of understanding that they fail at the other.
    test('what reveals is answered by the gateway where nobody is masked', async () => {
      const revealing = attacks.filter(({ unmasked, steps }) => unmasked === 'reveals' && steps.length === 1)
      const unread: string[] = []
      for (const attack of revealing) {
        const outcome = await theatre.play(attack, 'unmasked')
        if (outcome.traces.length === 0) unread.push(`${title(attack)}: ${told(outcome)}`)
      }
      expect(unread.length, unread.join('\n')).toBeLessThanOrEqual(revealing.length / 20)
    })
  })
}

const told = ({ answers }: Outcome) => JSON.stringify(answers).slice(0, 2000)

/** Of commands that change nothing by themselves. */
const READS = /^(find|count|distinct|explain|listCollections|listIndexes|getMore)$/

function writes({ steps }: Attack): boolean {
  return steps.some((step) => {
    const [name = ''] = Object.keys(step)
    if (name === 'aggregate') return /"\$(out|merge)"/.test(JSON.stringify(step))
    return !READS.test(name)
  })
}

interface Theatre {
  play(attack: Attack, place: Place): Promise<Outcome>
  close(): void
}

async function createTheatre(scene: Scene): Promise<Theatre> {
  let calm = await scene.state('shop')
  const sessions = new Map<Place, Attacker>()
  const enter = async (place: Place): Promise<Attacker> => {
    const known = sessions.get(place)
    const session =
      known === undefined || known.closed
        ? await (place === 'server' ? scene.openDirect() : scene.open(place))
        : known
    sessions.set(place, session)
    session.forget()
    return session
  }
  return {
    async play(attack, place) {
      const attacker = await enter(place)
      const answers: Document[] = []
      for (const step of attack.steps) if (!attacker.closed) answers.push(...(await attacker.run(step)))
      const traces = findTraces(attacker.received(), answers)
      // What the gateway has refused whole has not come to the server.
      const reached = answers.some(({ errInfo }) => errInfo?.gatehouse === undefined)
      const changed = reached && writes(attack) && (await scene.state('shop')) !== calm
      if (changed) {
        await scene.restore('shop')
        calm = await scene.state('shop')
      }
      return { answers, traces, changed }
    },
    close() {
      for (const session of sessions.values()) session.close()
    },
  }
}
