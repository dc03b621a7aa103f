/** postgres-wire §8, row 53: pg_dump and psql themselves, and what graphical tools and drivers say when they connect. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describePart, findTool } from '@gatehouse/workbench'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, startFixture } from './fixture.js'
import { B, E, P, PBE, Q, S } from './requests.js'

let house: Fixture
beforeAll(async () => {
  // The tools' own version: pg_dump refuses a server that is newer than itself.
  house = await startFixture({ major: 15 })
})
afterAll(() => house.close())

const run = promisify(execFile)

function arguments_(port: number, user: string): { args: string[]; env: Record<string, string> } {
  return {
    args: ['-h', '127.0.0.1', '-p', String(port), '-U', user],
    env: { PGPASSWORD: user === 'gw' ? 'gw' : `secret of ${user}`, PGSSLMODE: 'prefer', LC_ALL: 'C' },
  }
}

describePart(['pg_dump', 'psql'], 'Postgres’ own tools', () => {
  const dump = async (port: number, user: string, more: readonly string[] = []) => {
    const { args, env } = arguments_(port, user)
    const { stdout } = await run(findTool('pg_dump') as string, [...args, ...more, 'shop'], {
      env,
      maxBuffer: 1 << 26,
    })
    // Newer releases write a key of their own making into each dump.
    return stdout.replace(/^\\(un)?restrict .*$/gm, '')
  }

  test('W53 pg_dump through the gateway gives what it gives without', async () => {
    const expected = await dump(house.server.port, 'gw')
    expect(expected).toContain('COPY public.customers')
    expect(expected).toContain("set_config('search_path', '', false)")
    expect(await dump(house.stage.port, 'adam')).toBe(expected)
    expect(await dump(house.stage.port, 'adam', ['--inserts'])).toContain('INSERT INTO public.customers')
  })

  test('W53 pg_dump as a viewer with masks: a dump without the values', async () => {
    const masked = await dump(house.stage.port, 'ann').catch((fault: Error) => fault.message)
    expect(masked).not.toMatch(/user[1-5]@example/)
  })

  test('W53 psql’s \\d, \\dt and \\copy through the gateway give what they give without', async () => {
    const script = [
      '-X',
      '-v',
      'ON_ERROR_STOP=1',
      ...[
        '\\d',
        '\\dt',
        '\\d customers',
        '\\df',
        '\\l shop',
        '\\copy items to stdout',
        'select 1; select 2',
      ].flatMap((line) => ['-c', line]),
    ]
    const psql = async (port: number, user: string) => {
      const { args, env } = arguments_(port, user)
      return (await run(findTool('psql') as string, [...args, '-d', 'shop', ...script], { env })).stdout
    }
    expect(await psql(house.stage.port, 'adam')).toBe(await psql(house.server.port, 'gw'))
  })
})

/** What clients were seen to send when they connect (postgres-wire §7), the statements of each in order. */
const OPENINGS: Readonly<Record<string, readonly string[]>> = {
  pgAdmin: [
    `SET DateStyle=ISO; SET client_min_messages=notice; SELECT set_config('bytea_output','hex',false) FROM pg_show_all_settings() WHERE name = 'bytea_output'; SET client_encoding='UTF8';`,
    'SELECT version()',
    `SELECT db.oid as did, db.datname, db.datallowconn, pg_encoding_to_char(db.encoding) AS serverencoding, has_database_privilege(db.oid, 'CREATE') as cancreate, datistemplate FROM pg_catalog.pg_database db WHERE db.datname = current_database()`,
    'SELECT roles.oid as id, roles.rolname as name, roles.rolsuper as is_superuser, roles.rolcreaterole as can_create_role FROM pg_catalog.pg_roles as roles WHERE rolname = current_user',
  ],
  DBeaver: [
    'SET extra_float_digits = 3',
    "SET application_name = 'DBeaver 24 - Main'",
    'SELECT current_schema(),session_user',
    'SHOW search_path',
    'SELECT n.oid,n.*,d.description FROM pg_catalog.pg_namespace n LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=n.oid AND d.objsubid=0 AND d.classoid=$$pg_namespace$$::regclass ORDER BY nspname',
    'SELECT db.oid,db.* FROM pg_catalog.pg_database db WHERE 1=1 AND datallowconn AND NOT datistemplate ORDER BY db.datname',
    "select * from pg_catalog.pg_settings where name='standard_conforming_strings'",
    `select string_agg(word, ',') from pg_catalog.pg_get_keywords() where word <> ALL ('{a,abs}'::text[])`,
  ],
  DataGrip: [
    'select version()',
    'SET application_name = $$IntelliJ$$'.replaceAll('$$', "'"),
    'show transaction isolation level',
    'select current_database() as a, current_schemas(false) as b',
    'select N.oid::bigint as id, datname as name, D.description from pg_catalog.pg_database N left join pg_catalog.pg_shdescription D on N.oid = D.objoid order by case when datname = pg_catalog.current_database() then -1::bigint else N.oid::bigint end',
    'select N.oid::bigint as id, N.xmin as state_number, nspname as name, D.description, pg_catalog.pg_get_userbyid(N.nspowner) as owner from pg_catalog.pg_namespace N left join pg_catalog.pg_description D on N.oid = D.objoid order by 1',
    "select 'keep alive'",
  ],
  'psycopg2 and SQLAlchemy': [
    'BEGIN',
    'select pg_catalog.version()',
    'select current_schema()',
    'show transaction isolation level',
    'show standard_conforming_strings',
    'ROLLBACK',
  ],
  asyncpg: [
    "SELECT current_setting('jit') AS cur, set_config('jit', 'off', false) AS new",
    'SELECT pg_advisory_unlock_all(); CLOSE ALL; UNLISTEN *; RESET ALL;',
  ],
  Rails: [
    "SET client_min_messages TO 'warning'",
    'SET standard_conforming_strings = on',
    "SET SESSION timezone TO 'UTC'",
    'SET intervalstyle = iso_8601',
    'SELECT t.oid, t.typname, t.typelem, t.typdelim, t.typinput, r.rngsubtype, t.typtype, t.typbasetype FROM pg_type as t LEFT JOIN pg_range as r ON oid = rngtypid WHERE t.typname IN ($$int2$$, $$int4$$)',
    'SELECT pg_try_advisory_lock(4854)',
    'SELECT pg_advisory_unlock(4854)',
  ],
  'others on closing': ['DEALLOCATE ALL', 'DISCARD ALL', '-- ping', ';'],
}

describe('what tools say when they connect', () => {
  for (const [tool, statements] of Object.entries(OPENINGS)) {
    for (const form of ['simple', 'extended'] as const) {
      test(`W53 ${tool}, ${form}`, async () => {
        const client = await house.client('adam', {
          parameters: [
            ['application_name', tool],
            ['extra_float_digits', '2'],
          ],
        })
        for (const text of statements) {
          const single = form === 'extended' && !text.replace(/;\s*$/, '').includes(';')
          client.send(...(single ? [PBE(text), S] : [Q(text)]))
          expect(`${text}: ${await client.hears('Z')}`).not.toMatch(/: .*\bE!?:/)
        }
        await client.close()
      })
    }
  }

  test('W53 an empty search_path, as pg_dump and pg_restore set it: names must be whole from then on', async () => {
    const client = await house.client()
    client.send(Q("select pg_catalog.set_config('search_path', '', false)"))
    await client.until('Z')
    client.send(Q('select id from items'), Q('select count(*) from public.items'))
    expect(await client.hears('Z', 2)).toMatch(/^E:(42P01|42501) Z:I T D C:SELECT_1 Z:I$/)
    client.send(P('', 'copy public.items (id, label) to stdout'), B(), E(), S)
    expect(await client.hears('Z')).toMatch(/^1 2 H( d){20} c C:COPY_20 Z:I$/)
    await client.close()
  })
})
