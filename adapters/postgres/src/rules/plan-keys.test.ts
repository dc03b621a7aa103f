/** R5: what a text means depends on more than the text, and prepared statements follow what changes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MASKED, pause, startWorld, told, type World } from './world.js'

const SCHEMA = `
create table people(id int primary key, note text, ssn text);
insert into people values (1, 'clean', '123-45-6789');
create schema other;
create table other.people(id int primary key, note text, ssn text);
insert into other.people values (1, 'OF OTHER', 'x');
create schema third;
create table third.people(id int primary key, email text, note text);
insert into third.people values (1, 'a@example.com', 'THIRD');
create table third.vault(id int, note text);
insert into third.vault values (1, 'KEY');
create table vault(id int, note text);
insert into vault values (1, 'public');
create view v as select id, note from people;
create function pk(int) returns text language sql as $$ select 'number' $$;
create function pk(numeric) returns text language sql as $$ select ssn from people $$;
create function pt(a text) returns text language sql as $$ select ssn from people $$;
`
/** `other.people.note` is what the analysts see masked; nothing of `third.vault` is theirs. */
const RULES = [
  ...MASKED,
  '{name: notes, effect: mask, groups: [analysts], fields: ["shop.other.people.note"], with: redact}',
  '{name: vault, effect: forbid, groups: [analysts], resources: ["shop.third.vault"]}',
]
const SSN = '123-45-6789'

let world: World
beforeAll(async () => {
  world = await startWorld({ schema: SCHEMA, rules: RULES })
})
afterAll(() => world.close())

describe('R5 the same text under another search_path', () => {
  test('R5 is read anew, cached or not', async () => {
    const ann = await world.sign('ann')
    for (const round of [1, 2]) {
      await ann.ask('set search_path to public')
      expect([round, await told(ann, 'select lower(note) from people')]).toEqual([round, [['clean']]])
      await ann.ask('set search_path to other')
      expect([round, await told(ann, 'select lower(note) from people')]).toEqual([round, [['***']]])
    }
  })

  test('R5 a statement prepared by SQL follows it, as the server does', async () => {
    const ann = await world.sign('ann')
    await ann.ask('prepare p as select lower(note) from people')
    expect(await told(ann, 'execute p')).toEqual([['clean']])
    await ann.ask('set search_path to other')
    expect(await told(ann, 'execute p')).toEqual([['***']])
    await ann.ask('set search_path to public')
    await ann.ask('prepare q as select count(*), max(id) from vault')
    await ann.ask('set search_path to third')
    expect(await told(ann, 'execute q')).toBe('42501')
    await ann.ask('set search_path to public')
    expect(await told(ann, 'execute q')).toEqual([['1', 1]])
  })

  test('R5 what precedes EXECUTE in one text cannot change what it means', async () => {
    const ann = await world.sign('ann')
    await ann.ask('prepare p as select lower(note) from people')
    expect(await told(ann, 'set search_path to other; execute p')).toBe('42501')
    await ann.ask('begin')
    await ann.ask('set local search_path to other')
    expect(await told(ann, 'commit; execute p')).toBe('42501')
    await ann.ask('rollback')
    expect(await told(ann, 'begin; execute p')).toEqual([['clean']])
  })

  test('R5 a statement prepared by the protocol follows it', async () => {
    const ann = await world.sign('ann')
    const text = `select note || '' from people`
    expect((await ann.prepared('s', text)).rows).toEqual([['clean']])
    await ann.ask('set search_path to other')
    expect((await ann.prepared('s', text)).rows).toEqual([['***']])
    await ann.ask('set search_path to public')
    expect((await ann.prepared('s', text)).rows).toEqual([['clean']])
  })

  test('R5 SET LOCAL ends with its transaction, and so does what it meant', async () => {
    const ann = await world.sign('ann')
    await ann.ask('set search_path to other')
    await ann.ask('begin')
    await ann.ask('set local search_path to public')
    expect(await told(ann, 'select lower(note) from people')).toEqual([['clean']])
    await ann.ask('commit')
    expect(await told(ann, 'select lower(note) from people')).toEqual([['***']])
  })
})

describe('R5 types', () => {
  test('R5 pk(1) and pk(1.0) reach different overloads: both are judged by the worst', async () => {
    const ann = await world.sign('ann')
    for (const text of ['select pk(1)', 'select pk(1.0)', 'select pk(1)'])
      expect([text, await told(ann, text)]).toEqual([text, [['***']]])
    // The server itself does not know which one is meant.
    for (const text of ["select pk('1')", 'select pk(null)'])
      expect([text, await told(ann, text)]).toEqual([text, '42725'])
  })

  test('R5 declared parameter types are part of the question', async () => {
    const ann = await world.sign('ann')
    for (const values of [[1], ['1']]) expect(await told(ann, 'select pk($1)', values)).toBe('42725')
    expect(await told(ann, 'select pk($1::numeric)', [1])).toEqual([['***']])
    expect(await told(ann, 'select $1::int + 1', [1])).toEqual([[2]])
    expect(await told(ann, 'select $1::text', ['1'])).toEqual([['1']])
  })

  test('R5 functions of the table’s name or type are not taken for columns', async () => {
    const ann = await world.sign('ann')
    for (const text of [
      'select pt(note) from people',
      'select (people.note).pt from people',
      `select ('x'::text).pt`,
    ])
      expect([text, await told(ann, text)]).toEqual([text, [['***']]])
    for (const text of [
      `select id from people where (note).pt like '1%'`,
      `select ('select ssn::tsvector from people'::text).ts_stat`,
      'select (16400).lo_get',
      'select (id).nosuch from people',
    ])
      expect([text, await told(ann, text)]).toEqual([text, '42501'])
    expect(await told(ann, 'select (note).upper, (ssn).lower from people')).toEqual([['CLEAN', '***']])
    await ann.ask('begin')
    await ann.ask(`create function mine(text) returns text language sql as 'select $1'`)
    const own = await told(ann, 'select (ssn).mine from people')
    await ann.ask('rollback')
    expect(own).toBe('42501')
  })
})

describe('R5 what changes under a prepared statement', () => {
  test('R5 a view that another session replaced is read anew', async () => {
    const ann = await world.sign('ann')
    const text = `select note || '' from v`
    await ann.ask(`prepare p as ${text}`)
    expect((await ann.prepared('s', text)).rows).toEqual([['clean']])
    expect(await told(ann, 'execute p')).toEqual([['clean']])
    await world.owner.query('create or replace view v as select id, ssn as note from people')
    await world.caughtUp()
    const answers = [
      (await ann.prepared('s', text)).rows,
      await told(ann, 'execute p'),
      await told(ann, text),
    ]
    await world.owner.query('create or replace view v as select id, note from people')
    await world.caughtUp()
    expect(answers).toEqual([[['***']], [['***']], [['***']]])
    expect((await ann.prepared('s', text)).rows).toEqual([['clean']])
  })

  test('R5 a new policy decides from the next statement, prepared ones and open cursors included', async () => {
    const ann = await world.sign('ann')
    expect((await ann.prepared('s', 'select id, note from people')).rows).toEqual([[1, 'clean']])
    await ann.ask('prepare p as select note from people')
    await ann.ask('begin')
    await ann.ask('declare c cursor for select note from people')
    world.usePolicy([
      ...RULES,
      '{name: now, effect: mask, groups: [analysts], fields: ["shop.public.people.note"], with: redact}',
    ])
    const masked = [
      (await ann.prepared('s', 'select id, note from people')).rows,
      await told(ann, 'execute p'),
      await told(ann, 'fetch 1 from c'),
    ]
    world.usePolicy([
      ...RULES,
      '{name: no, effect: forbid, groups: [analysts], resources: ["shop.public.people"]}',
    ])
    const refused = (await ann.prepared('s', 'select id, note from people')).code
    await ann.ask('rollback')
    const more = [refused, await told(ann, 'execute p'), await told(ann, 'select note from people')]
    world.usePolicy(RULES)
    expect(masked).toEqual([[[1, '***']], [['***']], [['***']]])
    expect(more).toEqual(['42501', '42501', '42501'])
    expect(await told(ann, 'execute p')).toEqual([['clean']])
  })

  test('R5 no value of the masked column ever showed', async () => {
    const seen = JSON.stringify(world.stage.evidence.decided.map(({ statement }) => statement.text))
    expect(seen).not.toContain(SSN)
    await pause()
    expect(world.stage.faults).toEqual([])
  })
})
