/** R16–R20: what a masked viewer may do with a masked field, and every way by which its values could leave. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Asker, MASKED, startWorld, told, type World } from './world.js'

const SCHEMA = `
create table people(id int primary key, note text, ssn text, email text unique, salary int, born date, city text check (city <> 'nowhere'));
insert into people select i, 'n' || i, '123-45-678' || i, 'u' || i || '@example.com', i * 1000, date '1990-01-01' + i, 'Berlin' from generate_series(1, 5) i;
create table notes(id int, body text, email text);
insert into notes values (1, 'clean', 'u1@example.com');
create table loud(id int primary key, email text, n int);
insert into loud values (1, 'loud@example.com', 1);
create function shout() returns trigger language plpgsql as $$
begin
  perform pg_notify('loud', row_to_json(new)::text);
  raise notice 'row %', new;
  raise warning using message = new.email, detail = new.email, hint = new.email;
  return new;
end $$;
create trigger shout after update on loud for each row execute function shout();
create function fails() returns trigger language plpgsql as $$ begin raise exception 'value %', new.email using detail = new.email, table = new.email; end $$;
create table failing(id int primary key, email text, n int);
insert into failing values (1, 'failing@example.com', 1);
create trigger fails after update on failing for each row execute function fails();
analyze;
`
const SECRET = /example\.com|123-45|\b[1-5]000\b|1990/

let world: World
let ann: Asker
let adam: Asker
beforeAll(async () => {
  world = await startWorld({
    schema: SCHEMA,
    rules: [
      ...MASKED,
      '{name: guessable, effect: mask, groups: [analysts], classes: [salary, birth-date], with: redact, probing: forbid}',
    ],
  })
  ann = await world.sign('ann')
  adam = await world.sign('adam')
})
afterAll(() => world.close())

const both = async (text: string) => [await ann.ask(text), await ann.ask(text, [])]

describe('R16 a use is refused, an output is masked', () => {
  test.each([
    `select id from people where ssn like '123%'`,
    `select id from people where ssn > 'a'`,
    `select id from people where ssn in ('a', 'b')`,
    `select id from people where not ssn = 'a'`,
    `select id from people where ssn = 'a' or id = 1`,
    `select id from people where lower(ssn) = 'a'`,
    `select id from people where (ssn, id) = ('a', 1)`,
    'select id from people order by ssn',
    'select count(*) from people group by ssn',
    'select distinct ssn from people',
    'select distinct on (ssn) id from people',
    'select max(ssn) from people group by id having max(ssn) > $$a$$',
    `select count(*) filter (where ssn = 'a') from people`,
    'select rank() over (order by ssn) from people',
    'select id from people p join notes n on n.body = p.ssn',
    'select id from people p join notes n using (id, email)',
    'select ssn from people intersect select body from notes',
    'select 1 / (ascii(ssn) - 48) from people',
    'select generate_series(1, length(ssn)) from people',
    'select ssn::int from people',
    `select case when ssn = 'a' then 1 else 0 end from people`,
    'select id from people limit (select length(ssn) from people limit 1)',
    `select repeat('x', length(ssn)) from people`,
    `select * from people, lateral generate_series(1, ascii(ssn)) g`,
    `select id from people where exists (select from notes where body = ssn)`,
    `select id from people where ssn = any (array['a'])`,
    `select regexp_replace(ssn, '^1.*', 'yes') from people`,
    `update people set note = 'x' where ssn > 'a'`,
    `delete from people where ssn ~ 'a'`,
    `merge into people p using notes n on p.ssn = n.body when matched then do nothing`,
    `insert into people(id, email) values (1, 'x') on conflict (email) do nothing`,
  ])('R16 %s', async (text) => {
    for (const answer of await both(text)) expect([text, answer.code]).toEqual([text, '42501'])
  })

  test.each([
    'select lower(ssn), upper(ssn), ssn || note, coalesce(ssn, note), left(ssn, 3) from people',
    'select to_jsonb(p) from people p',
    'select array_agg(ssn) from people',
    'select ssn from people union all select body from notes',
    'select max(ssn) from people',
  ])('R16 %s', async (text) => {
    for (const answer of await both(text)) {
      expect(JSON.stringify(answer.rows)).not.toMatch(SECRET)
      if (answer.code !== undefined) expect(answer.code).toBe('42501')
    }
  })
})

describe('R17 the one lookup', () => {
  test.each([
    [`select id from people where email = 'u2@example.com'`, [[2]]],
    [`select id from people where email = 'u2@example.com' and note = 'n2'`, [[2]]],
    [`select count(*) from people where 'u2@example.com' = email`, [['1']]],
    ['select count(*) from people where email is null', [['0']]],
    ['select count(*) from people where email is not null', [['5']]],
  ])('R17 %s', async (text, rows) => {
    expect(await told(ann, text)).toEqual(rows)
  })

  test('R17 with one parameter', async () => {
    expect(await told(ann, 'select id from people where email = $1', ['u3@example.com'])).toEqual([[3]])
    expect(await told(ann, 'select id from people where email = any ($1)', [['u3@example.com']])).toBe(
      '42501',
    )
    expect(await told(ann, 'select id from people where email = $1 or email = $2', ['a', 'b'])).toBe('42501')
  })

  test.each([
    `select id from people where salary = 1000`,
    `select id from people where born = '1990-01-02'`,
    'select id from people where salary is null',
    'select p.id from people p join notes n on n.email = p.email',
    `select id from people where email = note`,
    `select id from people where email = 'u2@example.com' collate "C"`,
    `select id from people where email = (select body from notes)`,
    `select id from people where (email = 'u2@example.com') is true`,
    `select id from people where case when email = 'u2@example.com' then true else false end`,
  ])('R17 not %s', async (text) => {
    for (const answer of await both(text)) expect([text, answer.code]).toEqual([text, '42501'])
  })
})

describe('R18 the strictest of several', () => {
  test('R18 over rules and over the sources of one column', async () => {
    world.usePolicy([
      '{name: soft, effect: mask, classes: [email], with: partial}',
      '{name: hard, effect: mask, classes: [national-id], with: "null"}',
      '{name: more, effect: mask, groups: [analysts], classes: [email], with: redact}',
    ])
    const [[email, ssn, mixed] = []] = (await told(
      ann,
      'select email, ssn, email || ssn from people limit 1',
    )) as unknown[][]
    const [[soft] = []] = (await told(adam, 'select email from people limit 1')) as unknown[][]
    world.usePolicy([
      ...MASKED,
      '{name: guessable, effect: mask, groups: [analysts], classes: [salary, birth-date], with: redact, probing: forbid}',
    ])
    expect([email, ssn, mixed]).toEqual(['***', null, null])
    expect(soft).not.toBe('***')
    expect(soft).not.toBe('u1@example.com')
  })

  test('R18 what does not fit the type is NULL', async () => {
    expect(await told(ann, 'select salary, born from people where id = 1')).toEqual([[null, null]])
    expect(await told(ann, 'select salary, born from people where id = 1', [])).toEqual([[null, null]])
  })
})

describe('R19 nothing masked flows elsewhere', () => {
  test.each([
    'insert into notes select id, ssn, null from people',
    `update notes set body = (select ssn from people limit 1)`,
    `update people set note = ssn`,
    `update people set ssn = 'x' where id = 1`,
    `insert into people(id, ssn) values (9, '***')`,
    'create table copied as select ssn from people',
    'select ssn into copied from people',
    'create view copied as select ssn from people',
    'create materialized view copied as select ssn from people',
    `select pg_notify('c', ssn) from people`,
    `select set_config('search_path', ssn, false) from people`,
    'merge into notes n using people p on n.id = p.id when matched then update set body = p.ssn',
    `with x as (update notes set body = p.ssn from people p returning 1) select 1`,
    `prepare p as insert into notes select id, ssn, null from people; execute p`,
    `insert into notes(body) values ('x') returning (select ssn from people limit 1)`,
  ])('R19 %s', async (text) => {
    const answers = text.includes(';') ? [await ann.ask(text)] : await both(text)
    for (const { code, rows } of answers) {
      expect(JSON.stringify(rows)).not.toMatch(SECRET)
      if (!text.includes('returning (')) expect([text, code]).toEqual([text, '42501'])
    }
  })
})

describe('R20 what the server says besides rows', () => {
  const clean = ({
    message,
    detail,
    code,
  }: {
    message: string
    detail: string
    code: string | undefined
  }) => {
    expect(code).toBeDefined()
    expect(message + detail).not.toMatch(SECRET)
  }

  test.each([
    `update people set email = email where id = 1`,
    `insert into people(id, note, city) values (1, 'x', 'y')`,
    `insert into people(id, note, city) values (77, 'x', 'nowhere')`,
    `update failing set n = 2`,
    `select note::int from people`,
    `select ('{"a":' || note)::json from people`,
    `select note::date from people`,
    `alter table people add constraint c check (note > 'zzz')`,
    'create unique index on people (city)',
  ])('R20 the error of %s holds no value', async (text) => {
    for (const answer of await both(text)) clean(answer)
  })

  test('R20 a viewer without masks reads the error whole', async () => {
    const { message, detail } = await adam.ask('update failing set n = 2')
    expect(message + detail).toContain('failing@example.com')
  })

  test('R20 notices, warnings and notification payloads of a trigger', async () => {
    await ann.ask('listen loud')
    await adam.ask('listen loud')
    expect((await ann.ask('update loud set n = 2')).code).toBeUndefined()
    expect((await adam.ask('update loud set n = 3')).code).toBeUndefined()
    await ann.ask('select 1')
    expect(ann.texts.join()).not.toMatch(SECRET)
    expect(ann.texts.length).toBeGreaterThan(0)
    expect(ann.notices).toEqual([])
    await adam.ask('select 1')
    expect(adam.texts.join()).toContain('loud@example.com')
    expect(adam.notices.join()).toContain('loud@example.com')
  })

  test('R20 LISTEN and NOTIFY name a channel that rules permit', async () => {
    world.usePolicy([...MASKED, '{name: quiet, effect: forbid, resources: ["shop.loud"]}'])
    const answers = [
      await told(adam, 'listen loud'),
      await told(adam, `notify loud, 'x'`),
      await told(adam, 'listen other'),
    ]
    world.usePolicy([
      ...MASKED,
      '{name: guessable, effect: mask, groups: [analysts], classes: [salary, birth-date], with: redact, probing: forbid}',
    ])
    expect(answers).toEqual(['42501', '42501', []])
  })

  test.each([
    'select most_common_vals, histogram_bounds from pg_stats',
    'select * from pg_stats_ext_exprs',
    'select query from pg_stat_activity',
    'select backend_type, query from pg_stat_get_activity(null)',
    'select * from pg_cursors',
    'select statement from pg_prepared_statements',
    'table pg_stats',
  ])('R20 %s shows nothing to masked viewers', async (text) => {
    await adam.ask(`prepare shown as select id from people where email = 'u2@example.com'`)
    for (const answer of await both(text)) expect(JSON.stringify(answer.rows)).not.toMatch(SECRET)
  })

  test.each([
    'explain select ssn from people',
    'explain (analyze, verbose, format json) select ssn, email from people',
    `explain analyze select id from people where email = 'u2@example.com'`,
    'explain (analyze, buffers) table people',
  ])('R20 %s', async (text) => {
    for (const { rows } of await both(text))
      expect(JSON.stringify(rows).replaceAll(/u2@example\.com/g, '')).not.toMatch(SECRET)
  })

  test('R20 EXPLAIN of a use is that use', async () => {
    for (const text of [
      `explain select id from people where ssn like '1%'`,
      `explain analyze select id from people order by ssn`,
    ])
      expect(await told(ann, text)).toBe('42501')
  })
})
