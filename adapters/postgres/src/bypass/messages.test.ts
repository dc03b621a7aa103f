/** The known bypasses 13, 20, 25, 29 and 30 by messages of one's own making, where no statement's text says what happens. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cstring, FRONTEND, int32, message } from '../messages.js'
import type { Answer, Attacker } from './attacker.js'
import { createScene, type Scene } from './scene.js'
import { findTraces } from './traces.js'

let scene: Scene

beforeAll(async () => {
  scene = await createScene()
})

afterAll(async () => {
  await scene.close()
  expect(Object.values(scene.stages).flatMap(({ faults }) => faults)).toEqual([])
})

const int16 = (value: number) => Uint8Array.of((value >> 8) & 255, value & 255)
const parse = (name: string, text: string, ...types: number[]) =>
  message(FRONTEND.Parse, cstring(name), cstring(text), int16(types.length), ...types.map(int32))
const bind = (
  portal: string,
  name: string,
  formats: readonly number[] = [1],
  values: readonly string[] = [],
) =>
  message(
    FRONTEND.Bind,
    cstring(portal),
    cstring(name),
    int16(0),
    int16(values.length),
    ...values.flatMap((value) => [int32(value.length), Buffer.from(value)]),
    int16(formats.length),
    ...formats.map(int16),
  )
const execute = (portal: string, rows = 0) => message(FRONTEND.Execute, cstring(portal), int32(rows))
const describeIt = (kind: 'S' | 'P', name: string) =>
  message(FRONTEND.Describe, Buffer.from(kind), cstring(name))
const closeIt = (kind: 'S' | 'P', name: string) => message(FRONTEND.Close, Buffer.from(kind), cstring(name))
const query = (text: string) => message(FRONTEND.Query, cstring(text))
const sync = message(FRONTEND.Sync)
const flush = message(FRONTEND.Flush)

/** Each inner list is sent at once and answered up to one ReadyForQuery. */
type Script = readonly (readonly Uint8Array[])[]

const SSN = 'select ssn, email, birth_date, salary from customers order by id'

const SCRIPTS: Readonly<Record<string, Script>> = {
  'a named statement, bound twice': [
    [parse('p', SSN), describeIt('S', 'p'), bind('', 'p'), execute(''), sync],
    [bind('q', 'p', [0, 1, 1, 0]), describeIt('P', 'q'), execute('q'), sync],
  ],
  'a portal fetched row by row': [
    [parse('', SSN), bind('q', ''), execute('q', 1), execute('q', 1), flush, execute('q', 1), sync],
  ],
  'a portal kept over several exchanges of a transaction': [
    [query('begin')],
    [parse('p', SSN), bind('q', 'p'), sync],
    [execute('q', 2), sync],
    [describeIt('P', 'q'), execute('q', 2), sync],
    [query('rollback')],
  ],
  'one format for each column, or one for all': [
    [parse('', SSN), bind('a', '', [1, 1, 1, 1]), execute('a'), bind('b', '', []), execute('b'), sync],
  ],
  'a name that means another statement after Close, in one pipeline': [
    [
      parse('p', 'select city from customers'),
      bind('', 'p'),
      execute(''),
      closeIt('S', 'p'),
      parse('p', 'select ssn from customers'),
      bind('', 'p'),
      execute(''),
      sync,
    ],
  ],
  'the unnamed statement replaced between Bind and Execute': [
    [
      parse('', 'select ssn from customers'),
      bind('q', ''),
      parse('', 'select city from customers'),
      describeIt('S', ''),
      execute('q'),
      sync,
    ],
  ],
  'the unnamed portal replaced after Describe': [
    [
      parse('a', 'select city from customers'),
      parse('b', 'select ssn from customers'),
      bind('', 'a', [0]),
      describeIt('P', ''),
      bind('', 'b', [0]),
      execute(''),
      sync,
    ],
  ],
  'a Parse that fails, and the name it would have had': [
    [
      parse('p', 'select ssn from customers'),
      parse('p', 'select city from customers'),
      bind('', 'p'),
      execute(''),
      sync,
    ],
    [bind('', 'p'), execute(''), sync],
  ],
  'PREPARE, then Bind by its name': [
    [query('prepare p as select ssn, email from customers')],
    [bind('', 'p'), describeIt('P', ''), execute(''), sync],
  ],
  'Parse, then EXECUTE by its name': [
    [parse('p', 'select ssn from customers'), sync],
    [query('execute p')],
    [parse('', 'execute p'), bind('', '', [1]), execute(''), sync],
  ],
  'Parse and DEALLOCATE, then PREPARE': [
    [parse('p', 'select city from customers'), sync],
    [query('deallocate p; prepare p as select ssn from customers')],
    [bind('', 'p', [0]), execute(''), sync],
    [query('deallocate all')],
    [bind('', 'p', [0]), execute(''), sync],
  ],
  'PREPARE in a transaction that is rolled back': [
    [query('begin')],
    [query('prepare p as select ssn from customers')],
    [query('rollback')],
    [bind('', 'p', [0]), execute(''), sync],
  ],
  'DECLARE, then Execute of the portal': [
    [query('begin; declare c cursor for select ssn from customers')],
    [describeIt('P', 'c'), execute('c'), sync],
    [query('rollback')],
  ],
  'Bind, then FETCH from the portal': [
    [query('begin')],
    [parse('', 'select ssn from customers'), bind('c', '', [1]), sync],
    [query('fetch all from c')],
    [query('rollback')],
  ],
  'a cursor closed and declared anew over a bound portal': [
    [query('begin; declare c cursor for select city from customers')],
    [query('close c; declare c cursor for select ssn from customers')],
    [execute('c'), sync],
    [query('rollback')],
  ],
  'a portal that outlives the table it was described for': [
    [query('begin')],
    [parse('p', 'select body from notes'), describeIt('S', 'p'), sync],
    [query('alter table notes rename to old_notes')],
    [query('create view notes as select ssn as body from customers')],
    [bind('', 'p', [0]), execute(''), sync],
    [query('rollback')],
  ],
  'a statement whose names mean something else under a later search_path': [
    [query('create temp table notes as select ssn as body from public.customers')],
    [parse('p', 'select body from notes'), bind('', 'p', [0]), execute(''), sync],
    [query('set search_path = public, pg_temp')],
    [bind('', 'p', [0]), execute(''), sync],
    [query('reset search_path')],
    [bind('', 'p', [0]), execute(''), sync],
    [query('drop table if exists pg_temp.notes')],
  ],
  'a cast that fails over a parameter': [
    [parse('', 'select (ssn || $1)::int from customers', 25), bind('', '', [0], ['x']), execute(''), sync],
  ],
  'a parameter that is the masked value': [
    [parse('', 'select coalesce($1, ssn) from customers', 25), bind('', '', [1], ['']), execute(''), sync],
    [parse('', 'select concat($1::text, ssn) from customers'), bind('', '', [1], ['q']), execute(''), sync],
  ],
  'COPY by Execute': [
    [
      parse('', 'copy (select ssn from customers) to stdout (format binary)'),
      bind('', ''),
      execute(''),
      sync,
    ],
  ],
  'statements after a refused one, up to the Sync': [
    [
      parse('', 'drop table orders cascade'),
      bind('', ''),
      execute(''),
      parse('', SSN),
      bind('', ''),
      execute(''),
      sync,
    ],
    [parse('', SSN), bind('', ''), execute(''), sync],
  ],
}

async function play(attacker: Attacker, script: Script): Promise<Answer[]> {
  const answers: Answer[] = []
  for (const frames of script) {
    if (!attacker.closed) answers.push(await attacker.send(...frames))
  }
  await attacker.close()
  return answers
}

const told = (answers: readonly Answer[]) => JSON.stringify(answers.map(({ error, tags }) => error ?? tags))

describe('bypass 13: prepared statements and portals', () => {
  for (const [name, script] of Object.entries(SCRIPTS)) {
    test(name, async () => {
      const before = await scene.state()
      for (const door of ['reader', 'watched'] as const) {
        const attacker = await scene.open(door)
        const answers = await play(attacker, script)
        const rows = answers.flatMap((answer) => answer.rows)
        expect(findTraces(attacker.received(), rows), `${door}: ${told(answers)}`).toEqual([])
      }
      if ((await scene.state()) !== before) await scene.restore()
    })

    test(`${name}, unmasked`, async () => {
      const attacker = await scene.open('unmasked')
      const answers = await play(
        attacker,
        script.filter((frames) => !frames.includes(DROP)),
      )
      const rows = answers.flatMap((answer) => answer.rows)
      const shown = findTraces(attacker.received(), rows)
      if (REFUSED_TO_ALL.has(name)) expect(shown, told(answers)).toEqual([])
      else expect(shown.length, told(answers)).toBeGreaterThan(0)
      await scene.restore()
    })
  }
})

/** Nobody here knows whether the server still runs the plan that it made before. */
const REFUSED_TO_ALL: ReadonlySet<string> = new Set(['a portal that outlives the table it was described for'])

/** What would leave nothing to see for the rest of its script. */
const DROP = SCRIPTS['statements after a refused one, up to the Sync']?.[0]?.[0] as Uint8Array

describe('bypass 29: the fast path', () => {
  test.each(['contact_of', 'quiet_of', 'pg_read_file', 'lower'])(
    'FunctionCall of %s is refused',
    async (name) => {
      const found = await scene.direct.query('select min(oid::int) as oid from pg_proc where proname = $1', [
        name,
      ])
      const call = message(
        FRONTEND.FunctionCall,
        int32(found.rows[0].oid),
        int16(1),
        int16(0),
        int16(1),
        int32(1),
        Buffer.from('1'),
        int16(0),
      )
      for (const door of ['reader', 'watched', 'unmasked'] as const) {
        const attacker = await scene.open(door)
        const { error } = await attacker.send(call)
        expect(error?.detail).toContain('gatehouse: {')
        expect((await attacker.run('select 1', 'simple')).error).toBeUndefined()
        await attacker.close()
        expect(findTraces(attacker.received(), [])).toEqual([])
      }
    },
  )
})

const STARTS: readonly Readonly<Record<string, string>>[] = [
  { replication: 'true' },
  { replication: 'database' },
  { replication: '1' },
  { client_encoding: 'SJIS' },
  { client_encoding: 'LATIN1' },
  { standard_conforming_strings: 'off' },
  { backslash_quote: 'on' },
  { role: 'clerk' },
  { session_authorization: 'clerk' },
  { options: '-c role=clerk' },
  { options: '-c standard_conforming_strings=off' },
  { options: '-cclient_encoding=SJIS' },
  { options: '--client-encoding=SJIS --role=clerk' },
  { options: '-c search_path=pg_temp,public -c app.tenant=1' },
  { options: '-c session_replication_role=replica' },
  { options: '-e -O -P -c allow_system_table_mods=on' },
  { search_path: 'pg_temp, public, pg_catalog' },
  { 'app.tenant': '7' },
  { row_security: 'off' },
  { DateStyle: 'German', IntervalStyle: 'iso_8601', bytea_output: 'escape' },
  { client_min_messages: 'debug5', debug_print_plan: 'on' },
  { _pq_compression: 'on', '_pq_.compression': 'zstd' },
]

describe('bypasses 20, 25, 28 and 30 at sign-in', () => {
  test.each(STARTS)('%o: refused, ignored or masked', async (settings) => {
    for (const door of ['reader', 'watched'] as const) {
      const attacker = await scene.open(door, settings).catch((fault: Error) => fault)
      if (attacker instanceof Error) continue
      const attempts = [
        SSN,
        "select 'x\\' || ssn || '' from customers",
        'select birth_date::text from customers',
      ]
      const answers = []
      for (const text of attempts) if (!attacker.closed) answers.push(await attacker.run(text, 'simple'))
      const shown = await attacker.run('show role', 'simple')
      await attacker.close()
      expect(
        findTraces(
          attacker.received(),
          answers.flatMap(({ rows }) => rows),
        ),
      ).toEqual([])
      expect(shown.rows.flat().map(String)).not.toContain('clerk')
    }
  })
})
