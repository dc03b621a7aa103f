import { type PostgresServer, startPostgres } from '@gatehouse/workbench'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCatalogWatch } from './catalog-watch.js'
import { type CatalogClient, connectCatalog } from './client.js'
import { isCatalog } from './is-catalog.js'
import { fingerprint, readAccountRights, readCatalog } from './read-catalog.js'
import type { Classify } from './read-relations.js'

let server: PostgresServer
let admin: Client
let reader: CatalogClient

const classify: Classify = ({ columns }) =>
  columns.map(({ name }) => (name.includes('ssn') ? ['national-id'] : []))

beforeAll(async () => {
  server = await startPostgres()
  admin = new Client({ connectionString: server.url })
  await admin.connect()
  await admin.query(`
    create table people (id int primary key, ssn text not null, born date, twice int generated always as (id * 2) stored);
    create view names as select id, ssn as code from people;
    create materialized view kept as select ssn from people;
    create table parts (at date, n int) partition by range (at);
    create table parts_2025 partition of parts for values from ('2025-01-01') to ('2026-01-01');
    create function total(n int, m int default 2) returns int language sql as 'select n * m';
    create function atomic(n int) returns int begin atomic select n + 1; end;
    create function code() returns trigger language plpgsql as 'begin return new; end';
    create trigger watch before insert on people for each row execute function code();
    create type mood as enum ('good', 'bad');
    create domain positive as int check (value > 0);
    create operator @@@ (leftarg = int, rightarg = int, function = total);
    create role reader login password 'x' nosuperuser;
    grant pg_read_all_data to reader;
  `)
  reader = await connectCatalog({ connectionString: server.url })
})

afterAll(async () => {
  await reader?.end()
  await admin?.end()
  await server?.stop()
})

describe('a reading of the catalog', () => {
  test('holds what users made, and the relations of the system', async () => {
    const catalog = await readCatalog(reader, { classify })
    const find = (name: string) => catalog.relations.find((relation) => relation.name === name)
    expect(catalog).toMatchObject({ engine: 'postgres', major: 18, database: 'postgres', epoch: 1 })
    expect(catalog.schemas).toEqual(expect.arrayContaining(['public', 'pg_catalog', 'information_schema']))
    expect(find('people')).toMatchObject({
      kind: 'table',
      triggers: true,
      columns: [
        { name: 'id', number: 1, type: 23, nullable: false },
        { name: 'ssn', classes: ['national-id'] },
        { name: 'born' },
        { name: 'twice', generated: '(id * 2)' },
      ],
    })
    expect(find('names')).toMatchObject({
      kind: 'view',
      definition: expect.stringContaining('public.people'),
    })
    expect(find('kept')?.definition).toContain('ssn')
    expect(find('parts_2025')?.parents).toEqual([find('parts')?.oid])
    expect(find('people_pkey')?.kind).toBe('index')
    expect(find('pg_class')?.columns.map((column) => column.name)).toContain('relname')
    const routine = (name: string) => catalog.routines.find((each) => each.name === name)
    expect(routine('total')).toMatchObject({
      arguments: [23, 23],
      defaults: 1,
      language: 'sql',
      body: 'select n * m',
    })
    expect(routine('atomic')?.body).toContain('BEGIN ATOMIC')
    expect(routine('lower')).toBeUndefined()
    expect(catalog.operators).toContainEqual(
      expect.objectContaining({ name: '@@@', routine: routine('total')?.oid }),
    )
    expect(catalog.types.find((type) => type.name === 'positive')).toMatchObject({ kind: 'domain', base: 23 })
    const kept: unknown = JSON.parse(JSON.stringify(catalog))
    expect(isCatalog(kept)).toBe(true)
    expect(kept).toEqual(catalog)
  })

  test('R2 a held lock costs one relation its definition and nobody else theirs', async () => {
    const holder = new Client({ connectionString: server.url })
    await holder.connect()
    await holder.query('begin; create or replace view names as select id, ssn as code from people')
    const catalog = await readCatalog(reader, { classify })
    await holder.query('rollback')
    await holder.end()
    const definition = (name: string) =>
      catalog.relations.find((relation) => relation.name === name)?.definition
    expect(definition('names')).toBeUndefined()
    expect(definition('kept')).toContain('ssn')
  })

  test('R6 classes outlive rename, retype and a name that says nothing, until a document speaks', async () => {
    const first = await readCatalog(reader, { classify })
    await admin.query('alter table people rename column ssn to body; alter table people rename to folk')
    const second = await readCatalog(reader, { classify, previous: first })
    const body = second.relations
      .find(({ name }) => name === 'folk')
      ?.columns.find(({ name }) => name === 'body')
    expect(body?.classes).toEqual(['national-id'])
    const document: Classify = ({ columns }) => columns.map(() => ({ only: [] }))
    const third = await readCatalog(reader, { classify: document, previous: second })
    expect(third.relations.find(({ name }) => name === 'folk')?.columns[1]?.classes).toEqual([])
    expect([first.epoch, second.epoch, third.epoch]).toEqual([1, 2, 3])
    await admin.query('alter table folk rename to people; alter table people rename column body to ssn')
  })
})

const CHANGES = [
  `comment on column people.born is 'x'`,
  'alter table people rename column born to day',
  'create or replace view names as select id, ssn || id::text as code from people',
  'create function fresh() returns int language sql as $$ select 1 $$',
  'create or replace function fresh() returns int language sql as $$ select 2 $$',
  'alter table people add column note text',
  'alter table people alter column note set default now()',
  'drop trigger watch on people',
  'create schema other',
  'alter table parts detach partition parts_2025',
  'create cast (mood as int) with inout',
  'alter table people alter column note type varchar(99)',
]

test.each(CHANGES)('R2 the fingerprint moves after: %s', async (change) => {
  const before = await fingerprint(reader)
  await admin.query(change)
  expect(await fingerprint(reader)).not.toBe(before)
})

test('the fingerprint stands still for rows, statistics and temporary tables', async () => {
  await admin.query('analyze people')
  const before = await fingerprint(reader)
  await admin.query(`insert into people (id, ssn) values (7, 'x')`)
  await admin.query('vacuum analyze people')
  await admin.query('create temp table passing (a int generated always as (1) stored, b text default 1)')
  expect(await fingerprint(reader)).toBe(before)
})

test('R12 what the account may do is read, and nothing is taken for granted', async () => {
  expect(await readAccountRights(reader)).toMatchObject({
    account: 'postgres',
    superuser: true,
    bypassrls: true,
  })
  const plain = await connectCatalog({ ...reachable(), user: 'reader', password: 'x' })
  expect(await readAccountRights(plain)).toEqual({
    account: 'reader',
    superuser: false,
    bypassrls: false,
    replication: false,
    createrole: false,
    memberOf: ['pg_read_all_data'],
  })
  await plain.end()
})

function reachable() {
  return { host: server.host, port: server.port, database: server.database }
}

test('R2 a watch sees changes, survives its connection and says when it is stale', async () => {
  let now = 0
  const seen: number[] = []
  const clients: CatalogClient[] = []
  const watch = await createCatalogWatch({
    connect: async () => {
      const client = await connectCatalog({ connectionString: server.url })
      clients.push(client)
      return client
    },
    classify,
    refreshMs: 3_600_000,
    staleAfterMs: 1000,
    onChange: (catalog) => void seen.push(catalog.epoch),
    now: () => now,
  })
  expect([watch.current, watch.catalog.epoch]).toEqual([true, 1])
  expect(await watch.refresh()).toBe(false)
  await admin.query('create table fresh_one (a int)')
  expect(await Promise.all([watch.refresh(), watch.refresh()])).toEqual([true, false])
  expect(watch.catalog.relations.some(({ name }) => name === 'fresh_one')).toBe(true)
  now = 5000
  expect(watch.current).toBe(false)
  await admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'gatehouse catalog'`,
  )
  await expect(watch.refresh()).rejects.toThrow()
  expect(watch.current).toBe(false)
  expect(await watch.refresh()).toBe(false)
  expect([watch.current, clients.length, seen]).toEqual([true, 2, [1, 2]])
  await watch.close()
  reader = await connectCatalog({ connectionString: server.url })
})

test('R2 a definition that a lock withheld is read once the lock is gone, though nothing changed', async () => {
  let now = 0
  const holder = new Client({ connectionString: server.url })
  await holder.connect()
  await holder.query('begin; create or replace view names as select id, ssn || id::text as code from people')
  const watch = await createCatalogWatch({
    connect: () => connectCatalog({ connectionString: server.url }),
    classify,
    refreshMs: 3_600_000,
    onChange: () => undefined,
    now: () => now,
  })
  const definition = () => watch.catalog.relations.find(({ name }) => name === 'names')?.definition
  expect(definition()).toBeUndefined()
  now += 6000
  expect(await watch.refresh()).toBe(false)
  await holder.query('rollback')
  await holder.end()
  now += 6000
  expect(await watch.refresh()).toBe(true)
  expect(definition()).toContain('people')
  await watch.close()
})
