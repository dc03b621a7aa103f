/** R2, R5: what a session makes for itself is understood in it, nobody else sees it, and nothing is laundered through it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Asker, MASKED, startWorld, told, type World } from './world.js'

const SCHEMA = `
create table people(id int primary key, note text, ssn text);
insert into people values (1, 'clean', '123-45-6789');
create table other(id int, note text);
insert into other values (1, 'other');
create schema vault;
create table vault.gold(id int, ssn text);
create function opens() returns refcursor language plpgsql as $$ declare c refcursor := 'secret'; begin open c for select ssn from people; return c; end $$;
create function wanders() returns void language plpgsql as $$ begin perform set_config('search_path', 'vault', false); end $$;
create function shadows() returns void language plpgsql as $$ begin execute 'create temp table other as select 1 as id, ssn as note from public.people'; end $$;
`
const SSN = '123-45-6789'
/** What an analyst with a mask on personal data does with temporary tables; flows are open, so that only lineage masks. */
const RULES = [
  '{name: personal, effect: mask, groups: [analysts], classes: [pii, email, phone, national-id], with: redact, probing: lookup, flow: allow}',
  '{name: work, effect: permit, groups: [analysts], verbs: [connect, read, insert, update, delete, copy-in, copy-out], resources: ["shop", "shop.public.*"]}',
  '{name: temporary, effect: permit, groups: [analysts], verbs: [create, alter, drop, truncate, read, insert, update, delete, copy-in, copy-out], resources: ["shop.pg_temp.*"]}',
  '{name: own, effect: permit, groups: [analysts], verbs: [set], resources: [discard, search_path, "search_path"]}',
  '{name: all, effect: permit, groups: [admins], verbs: [connect, read, insert, update, delete, create, alter, drop, call, opaque, set, transaction, lock], resources: ["**", "shop", "search_path", "discard"]}',
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

describe('R2 temporary tables that tools make', () => {
  test('R2 stage, merge and drop', async () => {
    await all(
      ann,
      'begin',
      'create temporary table stage (id int primary key, note text, at timestamptz default now()) on commit drop',
      `insert into stage (id, note) values (1, 'staged'), (2, 'new')`,
      'create index on stage (note)',
      'analyze stage'.replace('analyze', 'select count(*) from'),
    )
    expect(
      await told(ann, 'select p.note, s.note, upper(s.note) from people p join stage s using (id)'),
    ).toEqual([['clean', 'staged', 'STAGED']])
    await all(
      ann,
      'alter table stage add column kind text',
      `update stage set kind = 'k'`,
      'alter table stage rename note to body',
    )
    expect(await told(ann, 'select body, kind from stage order by id', [])).toEqual([
      ['staged', 'k'],
      ['new', 'k'],
    ])
    await all(ann, 'commit')
    expect(await told(ann, 'select * from stage')).toBe('42P01')
  })

  test('R2 every way to make one', async () => {
    await all(
      ann,
      'create temp table a as select id, note from people',
      'select id, note into temp b from people',
      'create temp table c (like people including all, extra int)',
      'create temp table d (id serial, note text) ',
      `insert into d (note) values ('d')`,
      'create temp view e as select id, note from people',
      'create view f as select a.id, b.note from a join b using (id)',
      'create temp table if not exists a (other int)',
      'create or replace temp view e as select id, note from a',
      'create temp table g (note text, shout text generated always as (upper(note)) stored)',
      `insert into g values ('x')`,
    )
    for (const [text, rows] of [
      ['select * from a', [[1, 'clean']]],
      ['select lower(note) from b', [['clean']]],
      ['select extra, note from c', []],
      ['select id, note from d', [[1, 'd']]],
      ['select note from e', [['clean']]],
      ['select lower(note) from f', [['clean']]],
      ['table g', [['x', 'X']]],
    ] as const)
      expect([text, await told(ann, text)]).toEqual([text, rows])
  })

  test('R2 they come first, for their session alone, and go with it', async () => {
    const another = await world.sign('ann')
    await all(ann, 'create temp table people (id int, note text)', `insert into people values (7, 'mine')`)
    expect(await told(ann, 'select id, note from people')).toEqual([[7, 'mine']])
    expect(await told(ann, 'select note, ssn from public.people')).toEqual([['clean', '***']])
    expect(await told(ann, 'select ssn from people')).toBe('42703')
    expect(await told(another, 'select note, ssn from people')).toEqual([['clean', '***']])
    await all(ann, 'discard temp')
    expect(await told(ann, 'select note, ssn from people')).toEqual([['clean', '***']])
  })

  test('R2 a rollback takes back what was made, changed and dropped, to a savepoint too', async () => {
    await all(
      ann,
      'create temp table t (id int, note text)',
      `insert into t values (1, 'x')`,
      'begin',
      'drop table t',
    )
    expect(await told(ann, 'select * from t')).toBe('42P01')
    await all(ann, 'rollback', 'begin', 'savepoint s', 'alter table t rename note to body', 'rollback to s')
    expect(await told(ann, 'select note from t')).toEqual([['x']])
    await all(ann, 'create temp table people (id int, note text, ssn int)', 'rollback')
    expect(await told(ann, `select ssn || '' from people`)).toEqual([['***']])
    await ann.ask('create temp table people (id int, ssn int); select 1/0')
    expect(await told(ann, `select ssn || '' from people`)).toEqual([['***']])
  })
})

describe('R5 R2 what was prepared before something came in front of it', () => {
  test('R5 the server may go on with what it had: nobody guesses', async () => {
    await all(ann, 'create temp table first (id int)', 'prepare p as select lower(note) from other')
    expect((await ann.prepared('q', 'select lower(note) from other')).rows).toEqual([['other']])
    await all(ann, 'create temp table other (id int, note text)')
    expect(await told(ann, 'execute p')).toBe('42501')
    expect((await ann.prepared('q', 'select lower(note) from other')).code).toBe('42501')
    await all(ann, 'deallocate p', 'prepare p as select lower(note) from other')
    expect(await told(ann, 'execute p')).toEqual([])
  })

  test('R5 one text cannot slip between either', async () => {
    await all(ann, 'create temp table first (id int)')
    const text = 'prepare p as select lower(ssn) from people; create temp table people (ssn text); execute p'
    expect(JSON.stringify((await ann.ask(text)).rows)).not.toContain(SSN)
  })

  test('R5 a temporary table that is made anew for each transaction', async () => {
    for (const round of [1, 2, 3]) {
      await all(
        ann,
        'begin',
        'create temp table w (id int, note text) on commit drop',
        `insert into w values (${round}, 'n')`,
      )
      expect((await ann.prepared('s', 'select id, upper(note) from w')).rows).toEqual([[round, 'N']])
      await all(ann, 'commit')
    }
  })
})

describe('R2 what is not there', () => {
  test.each([
    ['select * from nosuch', '42P01'],
    ['select * from public.nosuch', '42P01'],
    ['insert into nosuch values (1)', '42P01'],
    ['select nosuch from people', '42703'],
    ['select p.nosuch from people p', '42703'],
    ['select x.id from people', '42P01'],
    ['execute nosuch', '26000'],
    ['fetch 1 from nosuch', '34000'],
  ])('R2 %s is answered as the server would', async (text, code) => {
    const native = await world.owner.query(text).catch((fault: { code: string; position: string }) => fault)
    expect(await ann.ask(text)).toMatchObject({ code })
    expect(native).toMatchObject({ code })
    const refused = await ann.client.query(text).catch((fault: { position: string }) => fault)
    expect((refused as { position?: string }).position).toBe((native as { position?: string }).position)
  })

  test('R2 whoever may not see a schema does not learn what is in it', async () => {
    for (const [there, not] of [
      ['select * from vault.gold', 'select * from vault.lead'],
      ['select 1 from vault.gold, people', 'select 1 from vault.lead, people'],
      ['insert into vault.gold values (1)', 'insert into vault.lead values (1)'],
      ['select nosuch from vault.gold', 'select nosuch from vault.lead'],
    ] as const) {
      const [one, other] = [await ann.ask(there), await ann.ask(not)]
      expect([other.code, other.message.replaceAll('lead', 'gold')]).toEqual([one.code, one.message])
      expect(one.code).toBe('42501')
    }
    await all(ann, 'set search_path to vault')
    expect((await ann.ask('select * from lead')).code).toBe('42501')
  })
})

describe('R2 code that nobody has read', () => {
  const recorded = () => world.stage.evidence.decided.at(-1)?.statement.actions.map(({ verb }) => verb)

  test.each(['select wanders()', 'select shadows()', `do $$ begin set search_path to vault; end $$`])(
    'R2 after %s only qualified names are believed',
    async (text) => {
      const adam = await world.sign('adam')
      await all(adam, text, 'select note from public.other')
      expect(recorded()).toEqual(['read'])
      await adam.ask('select note from other')
      expect(recorded()).toContain('opaque')
      await all(adam, 'set search_path to public', 'discard temp', 'select note from other')
      expect(recorded()).toEqual(['read'])
    },
  )

  test('R2 a rollback takes the doubt back', async () => {
    const adam = await world.sign('adam')
    await all(adam, 'begin', 'select wanders()', 'rollback', 'select note from other')
    expect(recorded()).toEqual(['read'])
  })

  test('R2 a cursor that code opened is fetched by whoever sees no masks', async () => {
    const adam = await world.sign('adam')
    await all(adam, 'begin', 'select opens()')
    expect(await told(adam, 'fetch all in secret')).toEqual([[SSN]])
    expect(recorded()).toContain('opaque')
    await all(adam, 'rollback')
    await all(ann, 'begin')
    expect(await told(ann, 'select opens()')).toBe('42501')
  })
})

test('R2 what CREATE TABLE AS EXECUTE and a rule do is in their actions', async () => {
  await all(ann, 'prepare p as select note from people', 'create temp table t as execute p')
  const seen = () =>
    world.stage.evidence.decided
      .at(-1)
      ?.statement.actions.map(({ verb, resource }) => `${verb} ${resource.path.at(-1)}`)
  expect(seen()).toEqual(['create t', 'read people'])
  const adam = await world.sign('adam')
  await all(
    adam,
    'begin',
    'create rule r as on insert to other do also insert into people(id, note) values (new.id, new.note)',
  )
  expect(seen()).toEqual(expect.arrayContaining(['create other', 'insert people']))
  await all(adam, 'rollback')
})

test('R2 masks by the packs as they are: what flows is refused, what does not is shown', async () => {
  world.usePolicy([...MASKED, ...RULES.slice(1)])
  try {
    expect((await ann.ask('create temp table t as select ssn from people')).code).toBe('42501')
    await all(ann, 'create temp table t as select note from people')
    expect((await ann.ask('insert into t select ssn from people')).code).toBe('42501')
    expect(await told(ann, 'select upper(note) from t')).toEqual([['CLEAN']])
  } finally {
    world.usePolicy(RULES)
  }
})
