/** What the reading of real servers tells of routines, constraints, policies and usage. */
import type { Catalog } from '@gatehouse/sql'
import { type PostgresServer, postgresPackage, startPostgres } from '@gatehouse/workbench'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CatalogClient, connectCatalog } from './client.js'
import { isCatalog } from './is-catalog.js'
import { fingerprint, readCatalog } from './read-catalog.js'

const SCHEMA = `
create table parent(id int primary key, code text unique);
create table child(id int primary key default 7, parent int references parent on delete cascade on update set null,
  code text references parent(code) on delete set default, line text default now()::text, check (length(line) > 0));
create domain short as text check (length(value) < 5) check (value <> '');
create domain plain as int;
create function outs(a int, out b text, inout c int default 3) language sql as 'select a::text, c';
create function tabled(variadic r int[]) returns table(x int, y text) language sql as 'select 1, $$a$$';
create function unnamed(int, text default 'x,y', boolean default true) returns int language sql
  set search_path = pg_catalog, "My Schema" set work_mem = '8MB' as 'select 1';
create function returned(n int) returns int language sql return n + 1;
create procedure proceeds(a int, out b int) language sql as 'select 1';
create role definer;
create function defined() returns int language sql security definer as 'select 1';
alter function defined() owner to definer;
create aggregate gathered(text) (sfunc = textcat, stype = text, initcond = '');
create cast (parent as int) with function unnamed_of(parent) as implicit;
create table secured(id int, who text);
alter table secured enable row level security;
alter table secured force row level security;
create policy mine on secured for select using (who = current_user);
create policy new_ones on secured for insert with check (id > 0);
create schema closed;
create role wide; create role narrow login password 'x' in role wide;
grant usage on schema closed to wide;
create role shut login noinherit password 'x' in role wide;
`.replace(
  'create cast',
  `create function unnamed_of(parent) returns int language sql as 'select 1';\ncreate cast`,
)

function has(major: 15 | 18): boolean {
  try {
    postgresPackage(major)
    return true
  } catch {
    return false
  }
}

describe.each(([15, 18] as const).filter(has))('Postgres %i', (major) => {
  let server: PostgresServer
  let admin: Client
  let reader: CatalogClient
  let catalog: Catalog
  const read = () =>
    readCatalog(reader, {
      classify: ({ columns }) => columns.map(() => []),
      accounts: ['postgres', 'narrow', 'shut'],
    })

  beforeAll(async () => {
    server = await startPostgres({ major })
    admin = new Client({ connectionString: server.url })
    await admin.connect()
    await admin.query(SCHEMA)
    reader = await connectCatalog({ connectionString: server.url })
    catalog = await read()
  })
  afterAll(async () => {
    await reader?.end()
    await admin?.end()
    await server?.stop()
  })

  const routine = (name: string) => catalog.routines.find((each) => each.name === name)
  const relation = (name: string) => catalog.relations.find((each) => each.name === name)

  test('parameters by name and mode, defaults, settings, owners', () => {
    expect(routine('outs')).toMatchObject({
      arguments: [23, 23],
      defaults: 1,
      defaultTexts: '3',
      returns: 2249,
      parameters: [
        { name: 'a', mode: 'in', type: 23 },
        { name: 'b', mode: 'out', type: 25 },
        { name: 'c', mode: 'inout', type: 23 },
      ],
    })
    expect(routine('tabled')?.parameters?.map(({ mode }) => mode)).toEqual(['variadic', 'table', 'table'])
    expect(routine('unnamed')).toMatchObject({
      parameters: [{ name: '', mode: 'in' }, { name: '' }, { name: '' }],
      defaultTexts: `'x,y'::text, true`,
      settings: ['search_path=pg_catalog, "My Schema"', 'work_mem=8MB'],
      atomic: false,
    })
    expect(routine('returned')).toMatchObject({ atomic: true, body: expect.stringContaining('RETURN') })
    expect(routine('proceeds')?.parameters?.map(({ mode }) => mode)).toEqual(['in', 'out'])
    expect(routine('defined')).toMatchObject({ securityDefiner: true, owner: 'definer' })
    expect(routine('gathered')?.support).toEqual([
      expect.objectContaining({ schema: 'pg_catalog', name: 'textcat' }),
    ])
    expect(catalog.casts).toContainEqual(expect.objectContaining({ implicit: true, target: 23 }))
  })

  test('constraints, defaults and policies', () => {
    expect(relation('child')).toMatchObject({
      owner: 'postgres',
      checks: ['(length(line) > 0)'],
      foreignKeys: [
        {
          columns: [2],
          relation: relation('parent')?.oid,
          referenced: [1],
          onDelete: 'cascade',
          onUpdate: 'set-null',
        },
        { columns: [3], referenced: [2], onDelete: 'set-default', onUpdate: 'none' },
      ],
    })
    expect(relation('child')?.columns.map((column) => column.default)).toEqual([
      '7',
      undefined,
      undefined,
      '(now())::text',
    ])
    expect(relation('secured')).toMatchObject({
      rowSecurity: 'forced',
      policies: [
        { command: 'select', using: '(who = CURRENT_USER)' },
        { command: 'insert', check: '(id > 0)' },
      ],
    })
    expect(relation('parent')).not.toHaveProperty('rowSecurity')
    const type = (name: string) => catalog.types.find((each) => each.name === name)
    expect(type('short')?.checks).toHaveLength(2)
    expect(type('plain')?.checks).toEqual([])
  })

  test('R2 usage of schemas is told for each account, and for the owners of what runs with their rights', () => {
    const usage = (role: string) => catalog.usage?.find((each) => each.role === role)
    expect(usage('postgres')?.schemas).toContain('public')
    expect(usage('narrow')?.schemas).toContain('closed')
    expect(usage('shut')).toMatchObject({ doubtful: ['closed'] })
    expect(usage('shut')?.schemas).not.toContain('closed')
    expect(usage('definer')?.schemas).not.toContain('closed')
  })

  test('a file holds all of it, and one of an earlier release is read', () => {
    const kept: unknown = JSON.parse(JSON.stringify(catalog))
    expect(isCatalog(kept)).toBe(true)
    expect(kept).toEqual(catalog)
    const { usage: _, ...old } = catalog
    const plain = {
      ...old,
      routines: old.routines.map(
        ({ parameters, atomic, settings, owner, support, defaultTexts, ...rest }) => rest,
      ),
    }
    expect(isCatalog(plain)).toBe(true)
  })

  test.each([
    'alter table child alter line set default 1',
    'alter table child add constraint more check (id > 0)',
    'alter table child drop constraint child_parent_fkey',
    'alter domain short add check (value <> $$a$$)',
    'alter table secured no force row level security',
    'alter policy mine on secured using (true)',
    'drop policy new_ones on secured',
    'alter function returned(int) set search_path = public',
    'alter function defined() security invoker',
    'alter function returned(int) owner to definer',
    'alter table parent owner to definer',
    'revoke usage on schema closed from wide',
    'revoke wide from narrow',
    'create aggregate another(text) (sfunc = textcat, stype = text)',
  ])('R2 the fingerprint moves after: %s', async (change) => {
    const before = await fingerprint(reader)
    await admin.query(change)
    expect(await fingerprint(reader)).not.toBe(before)
  })

  test('R2 a held lock costs what it covers, and no more', async () => {
    const holder = new Client({ connectionString: server.url })
    await holder.connect()
    await holder.query('begin; lock table child in access exclusive mode')
    const locked = await read()
    await holder.query('rollback')
    await holder.end()
    expect(locked.relations.find(({ name }) => name === 'secured')?.policies?.[0]?.using).toBe('true')
    expect(locked.routines.find(({ name }) => name === 'outs')?.defaultTexts).toBe('3')
    expect(locked.relations.find(({ name }) => name === 'child')?.checks).toHaveLength(2)
  })
})
