/** Well-known extensions: what their modules only compute is as clean as a built-in; what they do besides is not (R3). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Asker, startWorld, told, type World } from '../rules/world.js'
import { RULES } from './estate.js'

const SCHEMA = `
  create table customers (id int, name text, email text, phone text, ssn text, birth_date date, salary int);
  insert into customers values (1, 'Ann', 'ann@walnut.example', '1', '111-11-1111', '1980-02-03', 7), (2, 'Bob', 'bob@walnut.example', '2', '222-22-2222', '1990-02-03', 8);
  create table things (id int, label citext, facts hstore, path ltree, marks int[]);
  insert into things values (1, 'Chair', 'a=>1, b=>2', 'top.home.chair', '{1,2}'), (2, 'table', 'a=>3', 'top.work', '{3}');
  create function crosstabber(text) returns text language sql as 'select $1';
`

describe('extensions', () => {
  let world: World
  let ann: Asker
  beforeAll(async () => {
    world = await startWorld({ rules: RULES, packs: ['tools'] })
    for (const name of [
      'citext',
      'hstore',
      'ltree',
      'pg_trgm',
      'unaccent',
      'fuzzystrmatch',
      'intarray',
      'pgcrypto',
    ])
      await world.owner.query(`create extension ${name}`)
    await world.owner.query(
      'create extension "uuid-ossp"; create extension tablefunc; create extension btree_gist',
    )
    await world.owner.query(SCHEMA)
    ann = await world.sign('ann')
    while ((await told(ann, 'select id from things where false')) === '42501') await ann.ask('select 1')
  })
  afterAll(() => world.close())

  test.each([
    "select id from things where label = 'CHAIR'",
    "select id, label from things where label like 'ch%' order by label",
    'select max(label), min(label), count(distinct label) from things',
    "select label || '!', label::text, upper(label), 'x'::citext = 'X' from things order by id",
    "select facts -> 'a', facts ? 'b', facts @> 'a=>1', akeys(facts), facts || 'c=>4'::hstore from things order by id",
    'select k, v from things, each(facts) as e(k, v) order by id, k',
    'select key, value from things, each(facts) order by id, key',
    'select skeys(facts), hstore_to_jsonb(facts) from things order by 1',
    "select id, path, nlevel(path), subpath(path, 0, 1) from things where path <@ 'top' order by path",
    "select id from things where path ~ '*.work'",
    "select similarity(name, 'Anne'), name % 'Ann', name <-> 'Bob', show_trgm(name) from customers order by id",
    "select unaccent('Hôtel'), levenshtein(name, 'Anna'), soundex(name), metaphone(name, 4), dmetaphone(name) from customers order by id",
    'select id from things where marks && array[1, 9] and icount(marks) > 1 order by id',
    'select sort(marks), uniq(marks), idx(marks, 2), marks + 4 from things order by id',
    "select encode(digest(name, 'sha256'), 'hex'), encode(hmac(name, 'k', 'md5'), 'hex') from customers order by id",
    'select uuid_generate_v4() is not null, uuid_nil(), gen_random_uuid() is not null',
    'select int4_dist(1, 4), date_dist(current_date, current_date)',
  ])('R3 %s is answered as directly', async (text) => {
    const direct = (await world.owner.query({ text, rowMode: 'array' })).rows
    const { rows, message, detail } = await ann.ask(text)
    expect([rows, message, detail]).toEqual([direct, '', ''])
  })

  test.each([
    "select * from crosstab('select 1, 2, ssn from customers') as t(a int, b text)",
    'select set_limit(0.5)',
    "select * from connectby('customers', 'id', 'id', '1', 0) as t(a int, b int, c int)",
    'select populate_record(null::customers, facts) from things',
    "select pgp_sym_decrypt(pgp_sym_encrypt('a', 'b'), 'b')",
  ])('R3 %s is refused', async (text) => {
    expect(await told(ann, text)).toBe('42501')
  })

  test.each([
    "select levenshtein(ssn, '111-11-1111') from customers",
    "select id from customers where ssn::citext = '111-11-1111'",
    "select id from customers where ssn % '111-11-1111'",
    "select digest(ssn, 'sha256') from customers",
    "select id from customers order by similarity(ssn, '1')",
  ])('R16 a masked column is used by them as by built-ins: %s is refused', async (text) => {
    expect(await told(ann, text)).toBe('42501')
  })

  test("R3 a user's function of their name, or of their extension, is no module's", async () => {
    await world.owner.query(`create function similarity(int, int) returns text language plpgsql as
      $$ begin return (select string_agg(ssn, ',') from customers); end $$`)
    await world.owner.query('alter extension pg_trgm add function similarity(int, int)')
    while ((await told(ann, 'select similarity(1, 2)')) !== '42501') await ann.ask('select 1')
    expect(await told(ann, "select similarity(name, 'x') from customers")).toBe('42501')
  })
})
