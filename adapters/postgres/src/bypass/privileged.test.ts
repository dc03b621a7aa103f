/** The known bypasses 11 and 25 where the gateway's account may do anything: what the server holds elsewhere than in tables. */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PEOPLE } from '@gatehouse/adapter-contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createScene, type Scene } from './scene.js'
import { findTraces } from './traces.js'

const ssn = PEOPLE[0]?.ssn ?? ''
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-'))
// The server may run as another user than the tests.
chmodSync(folder, 0o777)
let scene: Scene

beforeAll(async () => {
  scene = await createScene(true)
})

afterAll(async () => {
  await scene.close()
  rmSync(folder, { recursive: true, force: true })
  expect(Object.values(scene.stages).flatMap(({ faults }) => faults)).toEqual([])
})

const file = (name: string) => join(folder, name)

/** Whole scripts; the last step shows what the ones before brought out. */
const PLACES: readonly (readonly string[])[] = [
  [`copy customers to '${file('a')}'`, `select pg_read_file('${file('a')}')`],
  [
    `copy (select ssn from customers) to '${file('b')}'`,
    'begin',
    `copy notes (body) from '${file('b')}'`,
    'select body from notes',
    'rollback',
  ],
  [
    `copy customers to program 'cat > ${file('c')}'`,
    'begin',
    `copy notes (body) from program 'cat ${file('c')}'`,
    'table notes',
    'rollback',
  ],
  ['checkpoint', "select pg_read_binary_file(pg_relation_filepath('customers'))"],
  ['checkpoint', "select encode(pg_read_binary_file(pg_relation_filepath('customers')), 'escape')"],
  ['checkpoint', "select length(b), b from pg_read_binary_file(pg_relation_filepath('customers')) as b"],
  [
    'checkpoint',
    'begin',
    "select lo_import((select setting from pg_settings where name = 'data_directory') || '/' || pg_relation_filepath('customers'), 5151)",
    'select lo_get(5151)',
    'rollback',
  ],
  [
    'begin',
    'select lo_from_bytea(5152, (select ssn::bytea from customers where id = 1))',
    'select data from pg_largeobject where loid = 5152',
    'rollback',
  ],
  ['select stavalues1 from pg_statistic s'],
  ['select s from pg_statistic s'],
  ['copy pg_statistic to stdout'],
  ["select staattnum, stavalues1::text from pg_catalog.pg_statistic where starelid = 'customers'::regclass"],
]

async function play(door: 'watched' | 'unmasked', steps: readonly string[]) {
  const attacker = await scene.open(door)
  const answers = []
  for (const step of steps) if (!attacker.closed) answers.push(await attacker.run(step, 'simple'))
  await attacker.close()
  const rows = answers.flatMap((answer) => answer.rows)
  const told = JSON.stringify(answers.map(({ error, tags }) => error ?? tags))
  return { traces: findTraces(attacker.received(), rows), told }
}

describe('bypass 11 places beyond the tables', () => {
  for (const steps of PLACES) {
    test(steps.join('; ').replaceAll(folder, ''), async () => {
      const { traces, told } = await play('watched', steps)
      expect(traces, told).toEqual([])
    })

    test(`${steps.join('; ').replaceAll(folder, '')}, unmasked`, async () => {
      const { traces, told } = await play('unmasked', steps)
      expect(traces.length, told).toBeGreaterThan(0)
    })
  }

  test('R19 what is not personal may still be exported', async () => {
    const attacker = await scene.open('watched')
    const { error } = await attacker.run(
      `copy (select id, city from customers) to '${file('clear')}'`,
      'simple',
    )
    await attacker.close()
    expect(error).toBeUndefined()
    expect(readFileSync(file('clear'), 'utf8')).toContain('Berlin')
  })
})

describe('bypass 25 what the server tells of other sessions', () => {
  const TELLING = [
    'select query from pg_stat_activity',
    'select a from pg_stat_activity a',
    'select query from pg_stat_get_activity(null)',
    'select string_agg(pg_stat_get_backend_activity(b), chr(10)) from pg_stat_get_backend_idset() b',
    'select to_jsonb(a) from pg_catalog.pg_stat_activity a',
    'copy (select query from pg_stat_activity) to stdout',
  ]

  test.each(TELLING)('%s', async (text) => {
    await scene.direct.query(`select '${ssn}' as wanted`)
    expect((await play('unmasked', [text])).traces.length).toBeGreaterThan(0)
    const { traces, told } = await play('watched', [text])
    expect(traces, told).toEqual([])
  })
})

describe('bypass 6 what another server is asked for', () => {
  const far = (columns: string) =>
    `create foreign table far (${columns}) server near options (schema_name 'public', table_name 'customers')`
  /** What an administrator made before, if anything, and what is then tried over it. */
  const ATTEMPTS: readonly (readonly [string | undefined, string])[] = [
    [undefined, far("id int, note text options (column_name 'ssn')")],
    [
      far("id int, note text options (column_name 'city')"),
      "alter foreign table far alter column note options (set column_name 'ssn')",
    ],
    [far('id int'), "alter foreign table far add column note text options (column_name 'ssn')"],
  ]

  beforeAll(async () => {
    const { host, port } = scene.server
    const { told } = await play('unmasked', [
      'create extension postgres_fdw',
      `create server near foreign data wrapper postgres_fdw options (host '${host}', port '${port}', dbname 'shop')`,
      "create user mapping for current_user server near options (user 'gw', password 'gw')",
    ])
    expect(told).not.toContain('"code"')
  })

  test.each(ATTEMPTS)('%s; %s', async (made, tried) => {
    for (const door of ['watched', 'unmasked'] as const) {
      if (made !== undefined) expect((await play('unmasked', [made])).told).not.toContain('"code"')
      const { traces, told } = await play(door, [tried, "select note || '' from far"])
      if (door === 'watched') expect(traces, told).toEqual([])
      else expect(traces.length, told).toBeGreaterThan(0)
      await play('unmasked', ['drop foreign table if exists far'])
    }
  })
})
