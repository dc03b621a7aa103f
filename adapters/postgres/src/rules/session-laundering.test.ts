/** R2, R19: whatever a masked viewer stores into a temporary table, by whatever way, comes out masked. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Asker, startWorld, told, type World } from './world.js'

const SCHEMA = `
create table people(id int primary key, note text, ssn text);
insert into people values (1, 'clean', '123-45-6789');
create function bare() returns setof text language sql as 'select lower(note) from people';
`
/** Flows are open, so that lineage alone masks. */
const RULES = [
  '{name: personal, effect: mask, groups: [analysts], classes: [pii, email, phone, national-id], with: redact, probing: lookup, flow: allow}',
  '{name: by-name, effect: mask, groups: [analysts], fields: ["shop.public.people.note"], with: redact, flow: allow}',
  '{name: work, effect: permit, groups: [analysts], verbs: [connect, read, call, insert, update, delete, copy-in, copy-out], resources: ["shop", "shop.public.*"]}',
  '{name: temporary, effect: permit, groups: [analysts], verbs: [create, alter, drop, truncate, read, insert, update, delete, copy-in, copy-out], resources: ["shop.pg_temp.*"]}',
]

let world: World
let ann: Asker
beforeAll(async () => {
  world = await startWorld({ schema: SCHEMA, rules: RULES, packs: ['tools'] })
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.settled()
  ann = await world.sign('ann')
})

async function all(asker: Asker, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) expect([text, (await asker.ask(text)).code]).toEqual([text, undefined])
}

describe('R19 R2 nothing comes clean out of one', () => {
  test.each([
    ['CREATE AS', ['create temp table t as select id, ssn as x from people']],
    ['an expression', [`create temp table t as select id, 'a' || ssn as x from people`]],
    ['INTO', ['select ssn as x into temp t from people']],
    ['INSERT', ['create temp table t (x text)', 'insert into t select ssn from people']],
    [
      'INSERT in WITH',
      [
        'create temp table t (x text)',
        'with w as (insert into t select ssn from people returning 1) select * from w',
      ],
    ],
    [
      'UPDATE',
      [
        'create temp table t (id int, x text)',
        'insert into t values (1)',
        'update t set x = p.ssn from people p where p.id = t.id',
      ],
    ],
    [
      'MERGE',
      [
        'create temp table t (id int, x text)',
        'merge into t using people p on p.id = t.id when not matched then insert values (p.id, p.ssn)',
      ],
    ],
    [
      'ON CONFLICT',
      [
        'create temp table t (id int primary key, x text)',
        'insert into t values (1)',
        'insert into t select id, ssn from people on conflict (id) do update set x = excluded.x',
      ],
    ],
    [
      'a view’s door',
      [
        'create temp table t (x text)',
        'create temp view w as select x from t',
        'insert into w select ssn from people',
      ],
    ],
    [
      'a copy of a copy',
      [
        'create temp table s as select ssn as y from people',
        'create temp table t as select y as x from s',
        'drop table s',
      ],
    ],
    [
      'a rename',
      [
        'create temp table s as select ssn as y from people',
        'alter table s rename y to x',
        'alter table s rename to t',
      ],
    ],
    [
      'a view over it',
      ['create temp table s as select ssn as y from people', 'create temp view t as select y as x from s'],
    ],
    [
      'a generated column',
      [
        'create temp table t (y text, x text generated always as (upper(y)) stored)',
        'insert into t (y) select ssn from people',
      ],
    ],
    [
      'a child',
      [
        'create temp table t (x text)',
        'create temp table k () inherits (t)',
        'insert into k select ssn from people',
      ],
    ],
    [
      'a child that is not told any more',
      [
        'create temp table t (x text)',
        'create temp table k () inherits (t)',
        'insert into k select ssn from people',
        'alter table k alter column x type varchar',
      ],
    ],
    [
      'INHERIT',
      [
        'create temp table t (x text)',
        'create temp table k as select ssn as x from people',
        'alter table k inherit t',
      ],
    ],
    [
      'an UPDATE within it',
      [
        'create temp table t as select ssn as y, null::text as x from people',
        'update t set x = y',
        'alter table t drop column y',
      ],
    ],
    [
      'a generated column that is none any more',
      [
        'create temp table t (y text, x text generated always as (upper(y)) stored)',
        'insert into t (y) select ssn from people',
        'alter table t alter column x drop expression',
        'alter table t drop column y',
      ],
    ],
    [
      'another type made from another column',
      [
        'create temp table t as select ssn as y, null::text as x from people',
        'alter table t alter column x type varchar using y',
      ],
    ],
    [
      'EXPLAIN ANALYZE',
      ['create temp table t (x text)', 'explain analyze insert into t select ssn from people'],
    ],
    [
      'a prepared INSERT',
      ['create temp table t (x text)', 'prepare p as insert into t select ssn from people', 'execute p'],
    ],
    [
      'a savepoint',
      [
        'create temp table t (x text)',
        'begin',
        'savepoint s',
        'insert into t select ssn from people',
        'release s',
        'commit',
      ],
    ],
    [
      'COPY of an INSERT',
      ['create temp table t (x text)', 'copy (insert into t select ssn from people returning 1) to stdout'],
    ],
  ])('R19 %s', async (_name, texts) => {
    for (const text of texts) await ann.ask(text)
    for (const text of ['select x from t', 'select lower(x) from t', `select max(x || '') from t`]) {
      expect(JSON.stringify([(await ann.ask(text)).rows, (await ann.ask(text, [])).rows])).not.toContain(
        '6789',
      )
    }
    const { rows } = await ann.ask('select lower(x) from t where x is not null')
    expect(['[]', '[["***"]]']).toContain(JSON.stringify(rows))
    await ann.ask('rollback')
  })

  test('R19 a portal that has stored its rows and not ended', async () => {
    await all(
      ann,
      'create temp table t (x text)',
      'begin',
      'prepare p as insert into t select ssn from people returning 1',
    )
    await all(ann, 'execute p')
    expect(await told(ann, 'select lower(x) from t')).toEqual([['***']])
    await all(ann, 'commit')
  })
})

test('R19 a field that a rule names stays masked where it was copied to', async () => {
  await all(ann, 'create temp table t as select note as x from people')
  expect(await told(ann, 'select x, lower(x) from t')).toEqual([['***', '***']])
})

test('R5 a routine’s body may go on with what stood behind a temporary table', async () => {
  expect(await told(ann, 'select * from bare()')).toEqual([['***']])
  await all(ann, 'create temp table people (note text)')
  expect(await told(ann, 'select * from bare()')).toBe('42501')
})
