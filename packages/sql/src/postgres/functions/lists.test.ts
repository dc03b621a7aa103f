/** The closed list of built-ins held against the server's own catalog. */
import { type PostgresServer, startPostgres } from '@gatehouse/workbench'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ACTING } from './acting.js'
import { AGGREGATING, CLEAN, CLEAN_OPERATORS, TOTAL_OPERATORS } from './clean.js'
import { COMPARING_FUNCTIONS, OPERATOR_FUNCTIONS } from './operator-functions.js'
import { RESULT_COLUMNS } from './result-columns.js'
import { TOTAL, TOTAL_ALONE, TOTAL_FIRST, TOTAL_INTEGER_POSITIONS } from './total.js'

const harmless = new Set([
  ...TOTAL,
  ...TOTAL_ALONE,
  ...TOTAL_FIRST,
  ...TOTAL_INTEGER_POSITIONS,
  ...CLEAN,
  'count',
])

/** Volatile, and yet they only tell: the time, chance, sizes, positions in the log, settings. */
const VOLATILE_BUT_TELLING = new Set(
  `array_sample array_shuffle clock_timestamp gen_random_uuid json_populate_record lastval pg_blocking_pids
  pg_collation_actual_version pg_current_wal_flush_lsn pg_current_wal_insert_lsn pg_current_wal_lsn
  pg_database_collation_actual_version pg_database_size pg_filenode_relation pg_get_sequence_data pg_get_viewdef
  pg_indexes_size pg_is_in_recovery pg_jit_available pg_partition_ancestors pg_partition_tree pg_is_wal_replay_paused pg_last_wal_receive_lsn pg_last_wal_replay_lsn
  pg_last_xact_replay_timestamp pg_listening_channels pg_notification_queue_usage pg_relation_size
  pg_safe_snapshot_blocking_pids pg_show_all_settings pg_stat_get_db_numbackends pg_table_size pg_tablespace_databases
  pg_tablespace_size pg_timezone_names pg_total_relation_size pg_xact_commit_timestamp pg_xact_status random
  random_normal setseed timeofday txid_status ts_debug uuidv4 uuidv7`.split(/\s+/),
)

interface Routine {
  readonly name: string
  readonly volatile: boolean
  readonly internal: boolean
  readonly kind: string
  readonly behind: boolean
  readonly out: readonly string[] | null
}

describe('R3 the closed list', () => {
  let server: PostgresServer
  let routines: readonly Routine[]
  let operators: ReadonlySet<string>

  beforeAll(async () => {
    server = await startPostgres({ major: 18 })
    const client = new Client({ connectionString: server.url })
    await client.connect()
    const found = await client.query<Routine>(`
      select proname as name, provolatile = 'v' as volatile, prokind as kind,
        exists (select from pg_operator o where o.oprcode = p.oid)
          or exists (select from pg_amproc a where a.amproc = p.oid) as behind,
        proargnames[array_position(proargmodes, 'o'):] as out,
        prorettype in ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype)
          or 'internal'::regtype = any (proargtypes) as internal
      from pg_proc p where pronamespace = 'pg_catalog'::regnamespace or proname = '_pg_expandarray'`)
    routines = found.rows
    const symbols = await client.query<{ name: string }>('select distinct oprname as name from pg_operator')
    operators = new Set(symbols.rows.map((row) => row.name))
    await client.end()
  })

  afterAll(() => server?.stop())

  test('names only what the server has', () => {
    // Grammar keywords that become calls, casts in function form, and what Postgres 15 to 17 had.
    const grammarsOwn = new Set('current_catalog user json jsonb tsquery_phrase'.split(' '))
    const names = new Set(routines.map((routine) => routine.name))
    const missing = [...harmless, ...ACTING.keys()].filter(
      (name) => !names.has(name) && !grammarsOwn.has(name),
    )
    expect(missing).toEqual(['pg_timezone_abbrevs', 'pg_rotate_logfile_old', 'pg_read_file_old'])
  })

  test("holds no function of the server's inside", () => {
    const inside = routines.filter((routine) => routine.internal && harmless.has(routine.name))
    expect(inside.map((routine) => routine.name)).toEqual([])
  })

  test('holds no volatile function but those that only tell', () => {
    const volatile = routines.filter((routine) => routine.volatile && harmless.has(routine.name))
    expect(
      new Set(volatile.map((routine) => routine.name).filter((name) => !VOLATILE_BUT_TELLING.has(name))),
    ).toEqual(new Set())
  })

  test.each([
    'query_to_xml',
    'table_to_xml',
    'database_to_xml',
    'schema_to_xml',
    'cursor_to_xml',
    'ts_stat',
    'ts_rewrite',
    'lo_get',
    'loread',
    'lowrite',
    'lo_put',
    'pg_stat_get_activity',
    'pg_stat_get_backend_activity',
    'pg_cursor',
    'pg_prepared_statement',
    'currtid2',
    'pg_input_is_valid',
    'pg_get_backend_memory_contexts',
    'pg_mcv_list_items',
    'pg_ls_dir',
    'pg_read_file',
    'pg_read_binary_file',
  ])('keeps %s out', (name) => {
    expect(harmless.has(name)).toBe(false)
  })

  test('holds every aggregate by what it does', () => {
    const aggregates = new Set(
      routines.filter((routine) => routine.kind === 'a').map((routine) => routine.name),
    )
    for (const name of AGGREGATING) expect(aggregates).toContain(name)
  })

  test("holds of operators' functions only what the server's operators and operator classes run", () => {
    const own = new Set(routines.filter(({ behind }) => behind).map(({ name }) => name))
    expect([...OPERATOR_FUNCTIONS, ...COMPARING_FUNCTIONS].filter((name) => !own.has(name))).toEqual([])
  })

  test("holds exactly the server's operators", () => {
    const listed = new Set([...TOTAL_OPERATORS, ...CLEAN_OPERATORS])
    expect([...listed].filter((name) => !operators.has(name))).toEqual([])
    expect([...operators].filter((name) => !listed.has(name))).toEqual([])
  })

  test.each([...RESULT_COLUMNS].map(([name, columns]) => ({ name, columns })))(
    'names the columns of $name',
    ({ name, columns }) => {
      const found = routines.find((routine) => routine.name === name)
      expect(found?.out).toEqual([...columns])
    },
  )
})
