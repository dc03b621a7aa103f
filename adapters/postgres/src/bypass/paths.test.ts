/** Bypasses 19 and 20: values that the server cuts, casts or folds on their way into a setting, and the gateway does not. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasMajor } from '../rules/world.js'
import { B, E, P, S } from '../wire/requests.js'
import { scriptTitle } from '../wire/transcript.js'
import { createScene, type Scene } from './scene.js'
import { findTraces } from './traces.js'

const LONG = 'n'.repeat(63)
/** Notes of other schemas, whose body is personal. */
const OTHERS = [LONG, 'hr']
const NOTES = "select body || '' from notes"

type Steps = readonly (string | readonly Uint8Array[])[]

/** A call that sets search_path, bound and not yet run. */
const bound = (schema: string) => [
  P('p', `select set_config('search_path', '${schema}', false)`),
  B({ portal: 'q', statement: 'p' }),
  S,
]

/** After each, a bare name would be looked for in another schema than a careless reader thinks. */
const TURNS: readonly Steps[] = [
  [`set search_path = '${LONG}x', public`],
  [`set local search_path = '${LONG}x', public; ${NOTES}`],
  [`select set_config('search_path', '${LONG}x, public', false)`],
  [`select set_config('search_path', '"${LONG}x"', false)`],
  ["select set_config('search_path', 'hrx, public'::varchar(2), false)"],
  ["select set_config('search_path', cast('hrx, public' as char(2)), false)"],
  ["select set_config('search_path', 'hrx, public'::varchar(2)::text, false)"],
  ["select set_config('search_pathx'::varchar(11), 'hr', false)"],
  [`select set_config('search_path', '${LONG}x, public'::name, false)`],
  ['set search_path = hr', "begin; select set_config('search_path', 'public', 'on'); commit"],
  ['set search_path = hr', "begin; select set_config('search_path', 'public', ' true'); commit"],
  ['set search_path = hr', "begin; select set_config('search_path', 'public', 'yes'::bool); commit"],
  ['set search_path = hr', "select set_config('search_path', 'public', '1')"],
  ['prepare x (text) as select $1', "explain execute x (set_config('search_path', 'hr', false))"],
  // A portal that pauses has run.
  ['begin', bound('hr'), [E('q', 1), S]],
  [
    "prepare x as select set_config('search_path', 'hr', false)",
    'begin',
    [P('', 'execute x'), B({ portal: 'q' }), E('q', 1), S],
  ],
  // What is left of it runs nothing more.
  ['begin', bound('public'), [E('q', 1), S], 'set search_path = hr', [E('q'), S]],
  ['begin', bound('public'), 'fetch all from q', 'set search_path = hr', [E('q'), S]],
  ['begin', bound('public'), 'move all in q', 'set search_path = hr', [E('q'), S]],
]

const STARTS: readonly Readonly<Record<string, string>>[] = [
  { search_path: `${LONG}x, public` },
  { search_path: `"${LONG}x", public` },
  { options: `-c search_path=${LONG}x,public` },
]

describe.each([15, 18] as const)('Postgres %i', (major) => {
  if (!hasMajor(major)) {
    console.log(`SKIPPED postgres-${major}: no binaries for this platform — npm run setup on linux-x64`)
    test.skip(`Postgres ${major} has no binaries here`, () => {})
    return
  }
  let scene: Scene

  beforeAll(async () => {
    scene = await createScene(false, major)
    for (const schema of OTHERS) {
      await scene.direct.query(`create schema ${schema}`)
      await scene.direct.query(
        `create view ${schema}.notes as select id, city as subject, ssn as body from public.customers`,
      )
    }
    const reader = await scene.open('watched')
    while ((await reader.run('select id from hr.notes where false', 'simple')).error !== undefined)
      await new Promise((resolve) => setTimeout(resolve, 20))
    await reader.close()
  })
  afterAll(async () => {
    await scene.close()
    expect(Object.values(scene.stages).flatMap(({ faults }) => faults)).toEqual([])
  })

  async function play(
    door: 'reader' | 'watched' | 'unmasked',
    steps: Steps,
    settings: Readonly<Record<string, string>> = {},
  ) {
    const attacker = await scene.open(door, settings)
    const answers = []
    for (const step of [...steps, NOTES])
      answers.push(
        typeof step === 'string' ? await attacker.run(step, 'simple') : await attacker.send(...step),
      )
    await attacker.close()
    return findTraces(
      attacker.received(),
      answers.flatMap(({ rows }) => rows),
    )
  }

  test.each(TURNS.map((steps) => [scriptTitle(steps), steps] as const))('%s', async (_, steps) => {
    for (const door of ['reader', 'watched'] as const) expect(await play(door, steps), door).toEqual([])
  })

  test.each(STARTS)('%o', async (settings) => {
    for (const door of ['reader', 'watched'] as const)
      expect(await play(door, [], settings), door).toEqual([])
    expect((await play('unmasked', [], settings)).length).toBeGreaterThan(0)
  })

  test('what names the schemas plainly still does', async () => {
    for (const turn of ["set search_path = 'hr'", "select set_config('search_path', 'hr', false)"])
      expect((await play('unmasked', [turn])).length).toBeGreaterThan(0)
  })

  test('R13 no cast hides which setting is set', async () => {
    const attacker = await scene.open('unmasked')
    for (const text of [
      "select set_config('rolex'::varchar(4), 'clerk', false)",
      "select set_config('standard_conforming_stringsx'::varchar(27), 'off', false)",
      "select set_config('application_namex'::varchar(16), 'nobody', false)",
    ])
      expect((await attacker.run(text, 'simple')).error?.detail, text).toContain('gatehouse: {')
    await attacker.close()
  })
})
