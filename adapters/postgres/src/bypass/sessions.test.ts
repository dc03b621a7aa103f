/** R11, R13, R14: what would change who one is, or how the server reads, needs a rule that names it, or no rule can permit it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Attacker, FORMS } from './attacker.js'
import { createScene, type DoorName, type Scene } from './scene.js'

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

async function enter(door: DoorName): Promise<Attacker> {
  const known = sessions.get(door)
  const session = known === undefined || known.closed ? await scene.open(door) : known
  sessions.set(door, session)
  return session
}

/** Refused whatever the policy says, `observe` included. */
const NEVER = [
  "alter role current_user password 'x'",
  "alter role gw password 'x'",
  "ALTER USER current_user WITH ENCRYPTED PASSWORD 'x'",
  "alter role session_user valid until '2000-01-01'",
  'alter role "gw" nologin',
  'alter role U&"\\0067w" nologin',
  "alter role current_role set search_path = 'pg_temp'",
  'alter role gw in database shop set row_security = off',
  'alter role gw reset all',
  "alter role all set role = 'clerk'",
  'alter role current_user connection limit 0',
  'alter role gw rename to other',
  'grant clerk to gw',
  'revoke clerk from gw',
  'revoke clerk from current_user',
  'grant gw to clerk',
  'reassign owned by current_user to clerk',
  'reassign owned by gw to clerk',
  'drop owned by gw',
  'drop owned by current_user cascade',
  'drop role gw',
  'drop role if exists nobody, gw',
  'drop user gw',
  'alter group clerk drop user gw',
  'alter group clerk add user gw',
  'create role other admin gw',
  'create role other role gw',
  "alter database shop set role = 'clerk'",
  'alter database shop set role to clerk',
  'alter database shop set session authorization clerk',
]

/** Refused to whoever no rule names them for. */
const NAMED = [
  'set role clerk',
  'SET LOCAL ROLE clerk',
  "set role 'clerk'",
  'set session role clerk',
  "set role to 'clerk'",
  'set session authorization clerk',
  'set local session authorization default',
  "set session_authorization to 'clerk'",
  "select set_config('role', 'clerk', false)",
  "select pg_catalog.set_config('ro' || 'le', 'clerk', false)",
  "select set_config(n, 'clerk', false) from (values ('role')) v(n)",
  "select set_config(setting_name => 'role', new_value => 'clerk', is_local => true)",
  "update pg_settings set setting = 'clerk' where name = 'role'",
  "set app.tenant = '7'",
  'set local "app.tenant" to 7',
  'set app . tenant = 7',
  "select set_config('app.tenant', '7', false)",
  "select set_config('app' || '.tenant', '7', true)",
  'set session_replication_role = replica',
  'set enable_seqscan = off',
  'set plan_cache_mode = force_generic_plan',
  'set jit_debugging_support = on',
  'set debug_print_parse = on',
  "set default_tablespace = 'x'",
  "set local_preload_libraries = 'x'",
  "set dynamic_library_path = '/tmp'",
  "set session_preload_libraries to 'x'",
  "set log_statement = 'none'",
  'set allow_system_table_mods = on',
  'set check_function_bodies = off',
  "set default_table_access_method = 'x'",
  'begin; set local app.tenant = 1; commit',
  "prepare transaction 'x'",
  "commit prepared 'x'",
  "rollback prepared 'x'",
  'select pg_export_snapshot()',
  'lock customers',
  'lock table orders in access exclusive mode nowait',
  'select * from orders for update',
  'select id from orders for share of orders skip locked',
  'select id from orders for no key update nowait',
  'select * from (select id from orders for key share) q',
  'select pg_advisory_lock(1)',
  'select pg_try_advisory_xact_lock(1, 2)',
  'select pg_advisory_lock_shared(id) from orders',
  'select pg_terminate_backend(pg_backend_pid())',
  'select pg_cancel_backend(1)',
  'select pg_sleep(0)',
  'select pg_reload_conf()',
  'alter system set work_mem = 1',
  'vacuum',
  'analyze customers',
  'reindex table customers',
  'cluster',
  'checkpoint',
  'create role other',
  'grant select on customers to public',
  'revoke all on customers from gw',
  'alter default privileges grant select on tables to public',
  'alter table customers owner to clerk',
  'alter table customers disable trigger all',
  'alter table customers no force row level security',
  'create policy p on customers using (true)',
  'create schema other authorization clerk',
  'alter schema public owner to clerk',
  'alter database shop connection limit 0',
  'alter database shop owner to clerk',
  "security label on table customers is 'x'",
  "comment on column customers.ssn is 'nothing'",
  'create event trigger e on ddl_command_end execute function announce()',
  'create trigger t after insert on notes for each row execute function announce()',
  'create rule r as on insert to notes do also delete from orders',
  'create cast (int as text) with inout',
  'create operator ### (function = dotted, leftarg = text, rightarg = int)',
  'alter function quiet_of(int) owner to clerk',
  'drop function quiet_of(int)',
  'do $$ begin end $$',
  'call tell(1)',
  "notify changes, 'x'",
  "select pg_notify('changes', 'x')",
  'select * from pg_authid',
  'select * from pg_shadow',
  'select rolpassword from pg_catalog.pg_authid',
  'select usename, query from pg_stat_activity',
  'select * from pg_stat_get_activity(null)',
  'select * from pg_prepared_statements',
  'select * from pg_cursors',
  'select * from pg_locks',
  'select * from pg_stat_statements',
  'select * from pg_largeobject',
  'select * from pg_user_mappings',
  'select * from pg_hba_file_rules',
  'select * from pg_prepared_xacts',
  "select pg_get_functiondef('quiet_of'::regproc), pg_stat_get_backend_activity(1)",
]

describe('R11 the upstream account is changed by no rule', () => {
  for (const text of NEVER) {
    test(text, async () => {
      const before = await scene.state()
      for (const door of ['reader', 'watched', 'unmasked'] as const) {
        for (const form of FORMS) {
          const { error } = await (await enter(door)).run(text, form)
          expect(error?.detail, `${door} ${form}: ${error?.message ?? 'done'}`).toContain('gatehouse: {')
          if (door === 'unmasked') expect(error?.detail).toContain('GH_NEVER')
        }
      }
      expect(await scene.state()).toBe(before)
    })
  }
})

describe('R13 R14 R20 what changes meaning, locks or listens in needs a rule that names it', () => {
  for (const text of NAMED) {
    test(text, async () => {
      const before = await scene.state()
      for (const form of FORMS) {
        const attacker = await enter('reader')
        const { error, status } = await attacker.run(text, form)
        expect(error?.code, `${form}: ${error?.message ?? 'done'}`).toMatch(/^(42501|42601|42P01|XG001)$/)
        expect(error?.detail).toContain('gatehouse: {')
        if (status !== 'I') await attacker.run('rollback', 'simple')
      }
      expect(await scene.state()).toBe(before)
    })
  }
})
