/** postgres-wire §8, rows 21–24: start-up parameters and the settings that go with a session. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, startFixture } from './fixture.js'
import type { RawClient } from './raw-client.js'
import { Q } from './requests.js'
import { errorOf, rowsOf } from './transcript.js'

let house: Fixture
beforeAll(async () => {
  house = await startFixture({
    schema: `create schema evil;
      create table evil.items(id int, label text); insert into evil.items values (666, 'evil');
      create function evil.version() returns text language sql as $$ select 'evil' $$;`,
  })
})
afterAll(() => house.close())

type Parameters = readonly (readonly [string, string])[]
const enter = (parameters: Parameters, user = 'adam') => house.client(user, { parameters })

async function value(client: RawClient, text: string): Promise<string | null | undefined> {
  client.send(Q(text))
  const heard = await client.until('Z')
  if (heard.some(({ type }) => type === 'E')) return errorOf(heard).get('C')
  return rowsOf(heard)[0]?.[0]
}

describe('start-up parameters', () => {
  for (const replication of ['database', 'true', 'on', '1', 'yes', 'Database', 'nonsense', '']) {
    test(`W21 replication=\`${replication}\` ends in one clean FATAL`, async () => {
      await expect(enter([['replication', replication]])).rejects.toMatchObject({
        severity: 'FATAL',
        native: '28000',
      })
    })
  }

  for (const off of ['false', 'off', '0']) {
    test(`W21 replication=${off} is an ordinary session`, async () => {
      expect(await value(await enter([['replication', off]]), 'select 1')).toBe('1')
    })
  }

  const OPTIONS: readonly (readonly [string, string, string, string])[] = [
    ['-c name=value and --name=value', '-c search_path=evil --work-mem=1MB', 'show work_mem', '1MB'],
    ['-cname=value', '-cwork_mem=2MB', 'show work_mem', '2MB'],
    ['an escaped blank before the name', '-c\\ work_mem=3MB', '22023', ''],
    ['an escaped blank in a value', '-c search_path=evil,\\ public', 'show search_path', 'evil, public'],
    ['a bare flag', '-Z', '28000', ''],
    ['a bare word', 'work_mem=1MB', '28000', ''],
    ['-c at the end', '-c', '28000', ''],
    ['role', '-c role=postgres', '22023', ''],
    ['session_authorization', '--session-authorization=postgres', '22023', ''],
    ['row_security', '-c row_security=off', '22023', ''],
    ['log to the client', '-c client_min_messages=debug5', '22023', ''],
    ['standard_conforming_strings off', '-c standard_conforming_strings=off', '22023', ''],
  ]
  for (const [name, options, text, expected] of OPTIONS) {
    test(`W21 options: ${name}`, async () => {
      if (expected === '') {
        await expect(enter([['options', options]])).rejects.toMatchObject({ severity: 'FATAL', native: text })
      } else expect(await value(await enter([['options', options]]), text)).toBe(expected)
    })
  }

  for (const name of [
    'no_such_setting',
    'app.tenant',
    'session_preload_libraries',
    'role',
    'debug_print_plan',
  ]) {
    test(`W21 the parameter ${name} is refused, and never with 42704`, async () => {
      await expect(enter([[name, 'x']])).rejects.toMatchObject({ severity: 'FATAL', native: '22023' })
    })
  }

  const REFUSED: readonly (readonly [string, string, string])[] = [
    ['search_path', 'a,,b', 'invalid value for parameter "search_path": "a,,b"'],
    ['DateStyle', 'nonsense', 'invalid value for parameter "DateStyle": "nonsense"'],
    ['work_mem', '1kB', 'the database takes none of your sessions with these start-up settings: "work_mem"'],
  ]
  for (const [name, given, text] of REFUSED) {
    test(`W21 ${name}=${given} is answered by what the server has against it`, async () => {
      await expect(enter([['options', `-c ${name}=${given}`]])).rejects.toMatchObject({
        severity: 'FATAL',
        native: '22023',
        message: expect.stringContaining(text),
      })
    })
  }

  for (const encoding of ["'utf-8'", 'UNICODE', 'utf8', 'UTF8', 'Utf_8']) {
    test(`W22 client_encoding ${encoding} is UTF8`, async () => {
      const client = await enter([['client_encoding', encoding]])
      expect(client.parameters.get('client_encoding')).toBe('UTF8')
      expect(await value(client, "select 'ü'")).toBe('ü')
    })
  }
  for (const encoding of ['LATIN1', 'SJIS', 'EUC_JP', 'nonsense', 'utf16']) {
    test(`W22 client_encoding ${encoding} is refused`, async () => {
      await expect(enter([['client_encoding', encoding]])).rejects.toMatchObject({ native: '22023' })
    })
  }
  test('W22 client_encoding SQL_ASCII gets what is not converted: UTF8', async () => {
    const client = await enter([['client_encoding', 'SQL_ASCII']])
    expect(await value(client, "select 'ü'")).toBe('ü')
  })

  const APPLICATIONS: readonly (readonly [string, string, string])[] = [
    ['empty', '', 'gh:adam'],
    ['of 200 bytes', 'a'.repeat(200), `gh:adam/${'a'.repeat(55)}`],
    ['with an emoji', 'app 🐘', 'gh:adam/app ?'],
    ['with a line break', 'a\nb', 'gh:adam/a?b'],
  ]
  for (const [name, application, stamped] of APPLICATIONS) {
    test(`W22 an application_name ${name}: the client hears its own, the database the stamp`, async () => {
      const client = await enter([['application_name', application]])
      expect(client.parameters.get('application_name')).toBe(application)
      const rows = await house.admin(
        `select application_name from pg_stat_activity where application_name like 'gh:adam%'`,
      )
      expect(rows.map((row) => String(row.application_name).replaceAll('??', '?'))).toContain(stamped)
      await client.close()
    })
  }

  test('W23 extra_float_digits in the packet and as SET', async () => {
    const client = await enter([['extra_float_digits', '0']])
    expect(await value(client, 'select 0.1::float8 + 0.2::float8')).toBe('0.3')
    client.send(Q('set extra_float_digits = 3'))
    expect(await client.hears('Z')).toBe('C:SET Z:I')
    expect(await value(client, 'select 0.1::float8 + 0.2::float8')).toBe('0.30000000000000004')
  })

  test('W24 a start-up search_path binds the session and none of the gateway’s own lookups', async () => {
    const client = await enter([['search_path', 'evil, pg_catalog, public']])
    expect(await value(client, 'select id from items')).toBe('666')
    expect(await value(client, 'show search_path')).toBe('evil, pg_catalog, public')
    const { completed } = house.stage.evidence
    const read = completed
      .flatMap(({ decided }) => decided.statement.actions)
      .filter(({ verb }) => verb === 'read')
    expect(read.at(-1)?.resource.path).toEqual(['shop', 'evil', 'items'])
    const other = await enter([])
    expect(await value(other, 'select id from items order by id limit 1')).toBe('1')
    const all = await house.admin(
      `select distinct query from pg_stat_activity where usename = 'gw' and query like '%evil%'`,
    )
    expect(all.map(({ query }) => query).filter((query) => !String(query).startsWith('select id'))).toEqual(
      [],
    )
  })

  test('W24 an empty search_path and a path that cannot be read', async () => {
    expect(await value(await enter([['search_path', '']]), 'select count(*) from public.items')).toBe('20')
    const odd = await enter([['search_path', '"public']]).then(
      (client) => value(client, 'select id from items'),
      (fault: { native?: string }) => fault.native,
    )
    expect(odd).not.toBe('1')
  })
})
