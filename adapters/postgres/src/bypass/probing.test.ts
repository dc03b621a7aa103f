/** R16, R17: no statement answers a question about a masked value, by rows, order, number, error or time. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Attacker, FORMS } from './attacker.js'
import { LOOKUPS, PROBES } from './probes.js'
import { createScene, type DoorName, type Scene } from './scene.js'

const MASKED = ['reader', 'watched'] as const
/** Names of functions that come with extensions, or that the shop lacks. */
const ABSENT = /levenshtein|total_of/

let scene: Scene
const sessions = new Map<string, Attacker>()

beforeAll(async () => {
  scene = await createScene()
})

afterAll(async () => {
  for (const session of sessions.values()) await session.close()
  await scene.close()
  expect(Object.values(scene.stages).flatMap(({ faults }) => faults)).toEqual([])
})

/** An expression of total functions may be answered with what says nothing. */
const isMasked = (cell: Buffer | null) => cell === null || cell.equals(Buffer.from('***'))

async function enter(door: DoorName): Promise<Attacker> {
  const known = sessions.get(door)
  const session = known === undefined || known.closed ? await scene.open(door) : known
  sessions.set(door, session)
  return session
}

describe('R16 a use of a masked field is refused', () => {
  for (const probe of PROBES) {
    test.each(FORMS)(`%s: ${probe.replaceAll(/[%$]/g, '$&$&')}`, async (form) => {
      const before = await scene.state()
      for (const door of MASKED) {
        const { error, rows } = await (await enter(door)).run(probe, form)
        if (error === undefined && rows.length > 0 && rows.flat().every(isMasked)) continue
        expect(error?.detail, `${door}: ${rows.length} rows, ${error?.code} ${error?.message}`).toMatch(
          /gatehouse: \{"code":"GH_(PROBING|FLOW|OPAQUE|FORBIDDEN|UNREADABLE|NEVER)"/,
        )
      }
      expect(await scene.state()).toBe(before)
    })
  }

  test.each(PROBES.filter((probe) => !ABSENT.test(probe)))(
    'and it would be answered unmasked: %s',
    async (probe) => {
      const session = await enter('unmasked')
      await session.run("begin; set local statement_timeout = '1s'", 'simple')
      const { error } = await session.run(probe, 'simple')
      await session.run('rollback', 'simple')
      // Failing on a value is an answer, and so is the time; a statement that can never run is no probe.
      expect(error?.code ?? '22000', error?.message).toMatch(/^(22|23|21|57014)/)
    },
  )
})

describe('R17 a lookup by one equality is answered, and shows the mask', () => {
  test.each(LOOKUPS)('%s', async (text) => {
    for (const form of FORMS) {
      const answer = await (await enter('reader')).run(text, form)
      expect(answer.error).toBeUndefined()
    }
  })
})
