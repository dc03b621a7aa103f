/** R3: whatever runs code that nobody vetted is opaque, by whatever door it is called. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Asker, MASKED, startWorld, told, type World } from './world.js'

/** Every door leads to `leak()`, which gives the one value that must not show. */
const SCHEMA = `
create table people(id int primary key, note text, ssn text);
insert into people values (1, 'clean', '123-45-6789'), (2, 'clear', '223-45-6789');
create function leak() returns text language plpgsql immutable as $$ begin return (select ssn from public.people limit 1); end $$;
create function leak(text) returns text language sql stable as 'select public.leak()';
create function lower(text) returns text language sql immutable as 'select public.leak()';
create function shadow(anyelement) returns text language sql as 'select public.leak()';
create function defaulted(a int, b text default public.leak()) returns text language sql as 'select b';
create function table_of() returns table(note text) language sql as 'select public.leak()';
create function step(text, text) returns text language sql as 'select public.leak()';
create aggregate gather(text) (sfunc = step, stype = text, initcond = '');
create function equal(text, text) returns text language sql as 'select public.leak()';
create operator === (leftarg = text, rightarg = text, function = equal);
create function joined(text, int) returns text language sql as 'select public.leak()';
create operator || (leftarg = text, rightarg = int, function = joined);
create function negated(text) returns text language sql as 'select public.leak()';
create operator !@ (rightarg = text, function = negated);
create type pair as (a int, b int);
create function from_pair(pair) returns text language sql as 'select public.leak()';
create cast (pair as text) with function from_pair(pair) as implicit;
create type word as (w text);
create function to_word(text) returns word language sql as 'select row(public.leak())::public.word';
create cast (text as word) with function to_word(text) as implicit;
create function checked(text) returns boolean language plpgsql as $$ begin raise exception '%', public.leak(); end $$;
create domain strict_text as text check (public.checked(value));
create procedure proceed(inout a text) language plpgsql as $$ begin a := public.leak(); end $$;
create view calls as select public.leak() as note;
create view calls_later as select public.leak(note) as note from people;
create function rows_of(people) returns text language sql as 'select $1.ssn';
create table ruled(id int, note text);
create rule ruled as on insert to ruled do instead select public.leak();
create table secured(id int, note text);
insert into secured values (1, 'x');
alter table secured enable row level security;
create policy secured on secured using (public.checked(note));
alter table secured force row level security;
`
const SSN = '123-45-6789'

let world: World
let ann: Asker
beforeAll(async () => {
  world = await startWorld({ schema: SCHEMA })
  ann = await world.sign('ann')
})
afterAll(() => world.close())

const DOORS: readonly string[] = [
  'select leak()',
  'select public.leak()',
  'select shop.public.leak()',
  'select "leak" ( )',
  'select leak(note) from people',
  'select (note).leak from people',
  `select shadow(1)`,
  'select defaulted(1)',
  'select defaulted(a => 1)',
  'select * from table_of()',
  'select table_of()',
  'select * from rows from (table_of(), generate_series(1, 2)) x',
  'select t.note from people p, lateral (select leak(p.note) as note) t',
  'select gather(note) from people',
  'select gather(note) over () from people',
  `select note === 'x' from people`,
  `select 'a' operator(public.===) 'b'`,
  'select note || 1 from people',
  'select note || id from people',
  'select !@ note from people',
  'select upper(row(1, 2)::pair) ',
  'select row(1, 2)::pair::text',
  `select cast(row(1, 2)::pair as text)`,
  `select (note::word).w from people`,
  `select 'x'::strict_text`,
  'select note::strict_text from people',
  `call proceed('x')`,
  'call proceed(null)',
  'table calls',
  'select upper(note) from calls',
  'select note from calls_later',
  `insert into ruled values (1, 'x')`,
  `select coalesce(nullif(note, 'clean'), leak()) from people`,
  'select case when true then leak() end',
  'select array[leak()]',
  'select row(leak())',
  'select (select leak())',
  'with x as (select leak()) select * from x',
  'select note from people order by leak()',
  'select note from people where leak() is not null',
  'select count(*) from people group by leak()',
  'select note from people limit (length(leak()))',
  'values (leak())',
  'update people set note = leak() where id = 0 returning note',
  'explain analyze select leak()',
  'declare c cursor with hold for select leak()',
  'create table made as select leak() as note',
  'create view made as select leak() as note',
  'create index on people (leak(note))',
  'alter table people add column made text default leak()',
  'alter table people alter note type text using leak()',
  'create function made() returns text language sql as $$ select leak() $$',
  'do $$ begin perform leak(); end $$',
  'copy (select leak()) to stdout',
  `select query_to_xml('select leak()', true, false, '')`,
  `select ts_stat('select to_tsvector(leak())')`,
  `select * from ts_stat('select to_tsvector(ssn) from people')`,
  `select cursor_to_xml('c', 1, true, false, '')`,
  `select database_to_xml(true, false, '')`,
  `select table_to_xml('people', true, false, '')`,
  `select lo_get(1)`,
  `select pg_read_file('/etc/passwd')`,
  `select pg_ls_dir('/')`,
  `select setval('nosuch', 1)`,
  `select dblink('', 'select leak()')`,
  `select note from secured`,
]

describe('R3 code that nobody vetted', () => {
  test.each(DOORS)('R3 %s', async (text) => {
    for (const answer of [await ann.ask(text), await ann.ask(text, [])]) {
      const { rows, message, detail, code } = answer
      expect(JSON.stringify([rows, message, detail])).not.toContain(SSN)
      expect([text, code]).toEqual([text, '42501'])
    }
    await ann.ask('rollback')
  })

  test('R3 a built-in name that search_path lets another function take is judged by the worst', async () => {
    const other = await world.sign('ann')
    expect(await told(other, 'select lower(note) from people where id = 1')).toBe('42501')
    for (const path of ['public, pg_catalog', '"$user", public, pg_catalog']) {
      await other.ask(`set search_path to ${path}`)
      expect(await told(other, 'select lower(note) from people where id = 1')).toBe('42501')
    }
    expect(await told(other, 'select pg_catalog.lower(note) from people where id = 1')).toEqual([['clean']])
    await other.ask('set search_path to pg_catalog')
    expect(await told(other, 'select lower(note) from public.people where id = 1')).toEqual([['clean']])
  })

  test('R3 reviewed by name and body it may run, until its body changes', async () => {
    const { owner, adapter } = world
    await owner.query(`create function reviewed(int) returns int language sql as 'select $1 + 1'`)
    await world.caughtUp()
    const { createHash } = await import('node:crypto')
    const body = `sha256:${createHash('sha256').update('select $1 + 1').digest('hex')}`
    await adapter.revise({
      classes: [],
      functions: [{ name: 'shop.public.reviewed', body, verbs: ['read'], clean: true }],
    })
    const before = await told(ann, 'select reviewed(1)')
    await ann.ask('prepare p as select reviewed(1)')
    await owner.query(
      `create or replace function reviewed(int) returns int language sql as 'select length(leak())'`,
    )
    await world.caughtUp()
    const after = [await told(ann, 'select reviewed(1)'), await told(ann, 'execute p')]
    await adapter.revise({ classes: [], functions: [] })
    expect([before, after]).toEqual([[[2]], ['42501', '42501']])
  })
})

test('R3 what is not masked for may run what a rule names, and no more', async () => {
  world.usePolicy(
    [
      '{name: in, effect: permit, verbs: [connect, read], resources: ["shop", "shop.public.*"]}',
      '{name: fn, effect: permit, verbs: [call, opaque], resources: ["shop.public.leak"]}',
    ],
    [],
  )
  const adam = await world.sign('adam')
  const answers = [await told(adam, 'select leak()'), await told(adam, 'select shadow(1)')]
  world.usePolicy(MASKED)
  expect(answers).toEqual([[[SSN]], '42501'])
})
