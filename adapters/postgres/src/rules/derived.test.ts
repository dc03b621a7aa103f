/** R4, R8: what a restriction reaches, and how little a permit does. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MASKED, startWorld, told, type World } from './world.js'

const SCHEMA = `
create table vault(id int, key text) partition by range (id);
create table vault_low partition of vault for values from (0) to (10);
create table vault_high partition of vault for values from (10) to (20) partition by list (id);
create table vault_11 partition of vault_high for values in (11);
insert into vault values (1, 'KEY'), (11, 'KEY');
create view vault_view as select id, key as harmless from vault;
create view vault_view_2 as select harmless from vault_view;
create materialized view vault_kept as select id, key as harmless from vault;
create table papers(id int, body text);
create table secret_papers() inherits (papers);
insert into secret_papers values (1, 'KEY');
create table open_table(id int, note text);
insert into open_table values (1, 'open');
create view mixed as select o.note, v.key from open_table o join vault v using (id);
create table people(id int, email text, upper_email text generated always as (upper(email)) stored);
insert into people(id, email) values (1, 'a@example.com');
create table people_part(id int, email text) partition by range (id);
create table people_part_1 partition of people_part for values from (0) to (10);
insert into people_part values (1, 'a@example.com');
create view renamed as select email as harmless from people_part;
create materialized view kept as select id, email as harmless, length(email) as size from people;
create view writable as select id, key from vault_low;
`
const WORK =
  '{name: work, effect: permit, groups: [analysts], verbs: [connect, read, insert, update, delete, truncate, copy-out, copy-in, lock, create, alter, drop, call], resources: ["shop", "shop.**"]}'
const FORBID = [
  '{name: vault, effect: forbid, groups: [analysts], resources: ["shop.public.vault"]}',
  '{name: secrets, effect: forbid, groups: [analysts], resources: ["shop.public.secret_papers"]}',
]

let world: World
beforeAll(async () => {
  world = await startWorld({ schema: SCHEMA, rules: [...MASKED, WORK, ...FORBID], packs: ['tools'] })
})
afterAll(() => world.close())

describe('R4 a restriction on a relation binds all that stands for it', () => {
  test.each([
    'select * from vault',
    'table vault_low',
    'select id from vault_11',
    'select count(*) from vault_high',
    'select harmless from vault_view',
    'select 1 from vault_view_2',
    'select exists (select from vault_view)',
    'select harmless from vault_kept',
    'select note from mixed',
    'select * from papers',
    'select * from open_table where id in (select id from vault_low)',
    'copy vault_low to stdout',
    'copy vault_low from stdin',
    'copy (select harmless from vault_view) to stdout',
    `insert into vault_low values (2, 'x')`,
    `insert into writable values (2, 'x')`,
    `update vault_11 set key = 'x' where id = 11`,
    'delete from writable where id = 1',
    'truncate vault_low',
    'lock table vault_low',
    'create view mine as select * from vault_low',
    'create table mine as select harmless from vault_view',
    'create materialized view mine as table vault_kept',
    'declare c cursor with hold for select * from vault_low',
    'explain analyze select * from vault_low',
    'prepare p as select * from vault_low; execute p',
    'with x as (delete from vault_low returning key) select * from x',
    'merge into open_table o using vault_low v on o.id = v.id when matched then do nothing',
    'alter table vault_low add column x int',
    'alter table vault detach partition vault_low',
    'drop table vault_low',
    'drop schema public cascade',
  ])('R4 %s', async (text) => {
    const ann = await world.sign('ann')
    for (const answer of [await ann.ask(text), ...(text.includes(';') ? [] : [await ann.ask(text, [])])]) {
      expect([text, answer.code]).toEqual([text, '42501'])
      expect(answer.message).toMatch(/vault|secrets/)
    }
    await world.settled()
  })

  test('R4 a parent without its children can be read', async () => {
    const ann = await world.sign('ann')
    expect(await told(ann, 'select * from only papers')).toEqual([])
  })
})

describe('R4 classes too', () => {
  test.each([
    ['a generated column', 'select upper_email from people'],
    ['a partition', 'select email from people_part_1'],
    ['a view over a partitioned table', 'select harmless from renamed'],
    ['a materialised view', 'select harmless from kept'],
  ])('R4 %s is masked', async (_name, text) => {
    const ann = await world.sign('ann')
    expect(await told(ann, text)).toEqual([['***']])
  })

  test('R4 a materialised expression over a classified column is of its class', async () => {
    const ann = await world.sign('ann')
    const [[size] = []] = (await told(ann, 'select size from kept')) as unknown[][]
    expect(size).not.toBe(13)
  })
})

describe('R4 reading through a view needs permission on the view, not on its bases', () => {
  test('R4', async () => {
    world.usePolicy(
      [
        ...MASKED,
        '{name: one, effect: permit, verbs: [connect, read], resources: ["shop", "shop.public.renamed"]}',
      ],
      ['tools'],
    )
    const ann = await world.sign('ann')
    expect(await told(ann, 'select harmless from renamed')).toEqual([['***']])
    expect(await told(ann, 'select email from people_part')).toBe('42501')
    expect(await told(ann, 'select harmless from kept')).toBe('42501')
    world.usePolicy([...MASKED, WORK, ...FORBID], ['tools'])
  })
})

describe('R8 permits are narrow', () => {
  const only = (rule: string) => world.usePolicy([`{name: in, effect: permit, verbs: [connect]}`, rule], [])
  afterAll(() => world.usePolicy([...MASKED, WORK, ...FORBID], ['tools']))

  test('R8 fields: every use counts, not only what is shown', async () => {
    only('{name: r, effect: permit, verbs: [read], fields: ["shop.public.open_table.note"]}')
    const ann = await world.sign('ann')
    expect(await told(ann, 'select note from open_table')).toEqual([['open']])
    for (const text of [
      'select * from open_table',
      'select note from open_table where id = 1',
      'select note from open_table order by id',
      'select o from open_table o',
      'select note from open_table group by note, id',
      'select note from open_table join people using (id)',
      'select row_to_json(o) from open_table o',
      'copy open_table (note) to stdout',
    ])
      expect([text, (await ann.ask(text)).code]).toEqual([text, '42501'])
  })

  test('R8 verbs left out mean neither opaque nor admin, export, import, grant', async () => {
    only('{name: r, effect: permit}')
    const adam = await world.sign('adam')
    expect(await told(adam, 'select note from open_table')).toEqual([['open']])
    for (const text of [
      'do $$ begin null; end $$',
      'vacuum',
      `copy open_table to '/tmp/x'`,
      `copy open_table from program 'true'`,
      'grant select on open_table to public',
      'select pg_reload_conf()',
      `select pg_read_file('x')`,
      'create role x',
    ])
      expect([text, (await adam.ask(text)).code]).toEqual([text, '42501'])
  })

  test('R8 a star never means the system’s own; a name does', async () => {
    const adam = await world.sign('adam')
    for (const pattern of ['"**"', '"shop.*.*"', '"*.pg_catalog.*"', '"shop.pg_catalog.pg_cl*"']) {
      only(`{name: r, effect: permit, verbs: [read], resources: [${pattern}]}`)
      expect([pattern, await told(adam, 'select count(*) > 0 from pg_class')]).toEqual([pattern, '42501'])
      expect((await adam.ask('select table_name from information_schema.tables')).code).toBe('42501')
    }
    only('{name: r, effect: permit, verbs: [read], resources: ["shop.pg_catalog.pg_class"]}')
    expect(await told(adam, 'select count(*) > 0 from pg_class')).toEqual([[true]])
  })

  test('R10 what a client says of itself permits nothing and lifts nothing', async () => {
    world.usePolicy(
      [
        '{name: in, effect: permit, verbs: [connect, read], resources: ["shop", "shop.public.*"]}',
        '{name: bad, effect: forbid, if: claimed.application == "evil", verbs: [read]}',
      ],
      [],
    )
    const evil = await world.sign('ann', { application_name: 'evil' })
    expect((await evil.ask('select note from open_table')).code).toBe('42501')
    const good = await world.sign('ann', { application_name: 'good' })
    expect(await told(good, 'select note from open_table')).toEqual([['open']])
    expect(() =>
      world.usePolicy(['{name: x, effect: permit, if: claimed.application == "psql"}'], []),
    ).toThrow(/claimed/)
    expect(() =>
      world.usePolicy(
        ['{name: x, effect: mask, classes: [pii], with: redact, unless: claimed.application == "psql"}'],
        [],
      ),
    ).toThrow(/claimed/)
  })
})
