/** Plays attacks at the three doors, each in three forms, and says what came of them. */

import type { Trace } from '@gatehouse/adapter-contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Attack } from './attack.js'
import { type Answer, type Attacker, FORMS, type Form } from './attacker.js'
import { createScene, type DoorName, type Scene } from './scene.js'
import { findTraces } from './traces.js'

interface Outcome {
  readonly answers: readonly Answer[]
  readonly traces: readonly Trace[]
  /** Something of the shop or of its roles is not as it was. */
  readonly changed: boolean
}

type Play = (attack: Attack, door: DoorName, form: Form) => Promise<Outcome>

/** The suite: no byte of any answer shows a personal cell to who sees it masked, and what is refused changed nothing. */
export function testAttacks(attacks: readonly Attack[]): void {
  let scene: Scene
  let theatre: { readonly play: Play; close(): Promise<void> }

  beforeAll(async () => {
    scene = await createScene()
    theatre = await createTheatre(scene)
  })

  afterAll(async () => {
    await theatre.close()
    await scene.close()
    expect(Object.values(scene.stages).flatMap(({ faults }) => faults)).toEqual([])
  })

  const rows = [...new Set(attacks.map(({ row }) => row))].sort((a, b) => a - b)
  describe.each(rows)('bypass %i', (row) => {
    for (const attack of attacks.filter((each) => each.row === row)) {
      test.each(FORMS)(`%s: ${title(attack)}`, async (form) => {
        expectNothingSeen(await theatre.play(attack, 'reader', form), attack, 'reader')
        if (attack.unmasked === 'harms') return
        expectNothingSeen(await theatre.play(attack, 'watched', form), attack, 'watched')
      })
    }
  })

  // Proves that the suite above can fail: where nobody is masked, every one of them succeeds.
  describe('where nobody is masked', () => {
    for (const attack of attacks.filter(({ unmasked }) => unmasked !== 'idle')) {
      test(`${attack.unmasked}: ${title(attack)}`, async () => {
        const outcome = await theatre.play(attack, 'unmasked', 'simple')
        const { traces, changed } = outcome
        if (attack.unmasked === 'reveals') expect(traces.length, told(outcome)).toBeGreaterThan(0)
        else expect(changed, told(outcome)).toBe(true)
      })
    }
  })
}

function expectNothingSeen(outcome: Outcome, attack: Attack, door: DoorName): void {
  const { answers, traces, changed } = outcome
  expect(traces, `${door}: ${told(outcome)}`).toEqual([])
  const refused = answers.every(({ error }) => error !== undefined)
  if (refused || attack.unmasked === 'harms') expect(changed, `changed by the ${door}`).toBe(false)
  if (attack.unmasked !== 'idle' || door !== 'reader') return
  const byGateway = answers.some(({ error }) => error?.detail.includes('gatehouse: {'))
  expect(byGateway, `refused by the gateway: ${told(outcome)}`).toBe(true)
}

const title = ({ steps }: Attack) => steps.join('; ').slice(0, 150).replaceAll(/[%$]/g, '$&$&')
const told = ({ answers }: Outcome) => JSON.stringify(answers.map(({ error, tags }) => error ?? tags))

async function createTheatre(scene: Scene): Promise<{ readonly play: Play; close(): Promise<void> }> {
  let calm = await scene.state()
  const sessions = new Map<string, Attacker>()

  /** Attacks of one statement share a session; longer ones leave things behind and have one of their own. */
  const enter = async ({ steps }: Attack, door: DoorName, form: Form) => {
    if (steps.length > 1) return scene.open(door)
    const key = `${door} ${form}`
    const known = sessions.get(key)
    const session = known === undefined || known.closed ? await scene.open(door) : known
    sessions.set(key, session)
    session.forget()
    return session
  }

  return {
    async play(attack, door, form) {
      const attacker = await enter(attack, door, form)
      const answers: Answer[] = []
      for (const step of attack.steps) {
        if (!attacker.closed) answers.push(await attacker.run(step, form))
      }
      if (attack.steps.length > 1) await attacker.close()
      else if (!attacker.closed && answers.at(-1)?.status !== 'I') await attacker.run('rollback', 'simple')
      const received = attacker.received()
      const changed = (await scene.state()) !== calm
      if (changed) {
        await scene.restore()
        calm = await scene.state()
      }
      const rows = answers.flatMap((answer) => answer.rows)
      return { answers, traces: findTraces(received, rows), changed }
    },
    async close() {
      for (const session of sessions.values()) await session.close()
    },
  }
}
