/** R1, R6: tree, catalog and the server's own column origin; classes stay with the column that they were found on. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pause, startWorld, told, type World } from './world.js'

const SCHEMA = `
create table people(id int primary key, note text, ssn text, email text, low text generated always as (lower(email)) stored);
insert into people(id, note, ssn, email) values (1, 'clean', '123-45-6789', 'a@example.com');
create table twice(id int, a text, email text);
insert into twice values (1, 'clean', 'b@example.com');
create table moved(id int, email text, a text);
insert into moved values (1, 'c@example.com', 'clean');
create table born(id int, a text);
insert into born values (1, 'clean');
create view v as select id, note, email as contact from people;
create view vv as select contact as c2 from v;
`

/** Each reading is asked for by the tests alone, so that they can stand in the moment before it. */
const LATER = 3_600_000

let world: World
beforeAll(async () => {
  world = await startWorld({ schema: SCHEMA })
})
afterAll(() => world.close())

describe('R1 one that says classified masks', () => {
  test.each([
    ['a plain column', 'select email from people'],
    ['an alias', 'select email as note from people'],
    ['a view over a renamed column', 'select contact from v'],
    ['a view over a view', 'select c2 from vv'],
    ['a subquery', 'select x.y from (select email as y from people) x'],
    ['a CTE', 'with x as materialized (select email as y from people) select y from x'],
    ['UNION, which has no origin', `select note from people where false union all select email from people`],
    ['an expression, which has no origin', `select email || '' from people`],
    ['a generated column', 'select low from people'],
    ['a whole row as JSON', 'select row_to_json(p) from people p'],
    ['a scalar subquery', 'select (select email from people)'],
    ['VALUES over it', 'select c from (values ((select email from people))) x(c)'],
    [
      'JOIN USING',
      'select email from people p join (select id, email from people) q using (id, email)',
      true,
    ],
    ['RETURNING', 'update people set note = note returning email'],
    ['an array', 'select array[email] from people'],
  ])('R1 %s', async (_name, text, refused = false) => {
    const ann = await world.sign('ann')
    for (const values of [undefined, []]) {
      const answer = await ann.ask(text, values)
      expect(JSON.stringify(answer.rows)).not.toContain('example.com')
      if (refused) expect(answer.code).toBe('42501')
      else expect([answer.code, answer.rows.length]).toEqual([undefined, 1])
    }
  })

  test('R1 what is clean for every witness passes unread', async () => {
    const ann = await world.sign('ann')
    expect(await told(ann, 'select id, note, count(*) over (), now() is null, 1 + 1 from people')).toEqual([
      [1, 'clean', '1', false, 2],
    ])
  })
})

describe('R1 the server’s origin, where the tree alone would be fooled', () => {
  let slow: World
  beforeAll(async () => {
    slow = await startWorld({ schema: SCHEMA, site: { catalogRefresh: LATER } })
  })
  afterAll(() => slow.close())

  test('R1 R6 names that were swapped a moment ago', async () => {
    const ann = await slow.sign('ann')
    expect(await told(ann, 'select a from twice')).toEqual([['clean']])
    await slow.owner.query('alter table twice rename email to x')
    await slow.owner.query('alter table twice rename a to email')
    await slow.owner.query('alter table twice rename x to a')
    expect(await told(ann, 'select a from twice')).toEqual([[null]])
    expect(await told(ann, 'select a, id from twice', [])).toEqual([[null, 1]])
    expect((await ann.prepared('s', 'select a from twice')).rows).toEqual([[null]])
    expect(JSON.stringify(await told(ann, 'select email from twice'))).not.toContain('example')
  })

  test('R1 a table of the same name that took the old one’s place: an unknown OID is never clean', async () => {
    const ann = await slow.sign('ann')
    expect(await told(ann, 'select a from born')).toEqual([['clean']])
    await slow.owner.query('begin; drop table born; create table born(id int, a text); commit')
    await slow.owner.query(`insert into born select 1, ssn from people`)
    expect(await told(ann, 'select a from born')).toEqual([[null]])
  })

  test('R1 a column that took another’s place', async () => {
    const ann = await slow.sign('ann')
    expect(await told(ann, 'select a from moved')).toEqual([['clean']])
    await slow.owner.query('alter table moved drop column a')
    await slow.owner.query('alter table moved rename email to a')
    expect(await told(ann, 'select a from moved')).toEqual([[null]])
  })
})

describe('R6 classes stick', () => {
  test('R6 to the column through rename, move to another schema and retype', async () => {
    const ann = await world.sign('ann')
    const { owner } = world
    const asked: unknown[] = []
    const then = async (change: string, text: string) => {
      await owner.query(change)
      await world.caughtUp()
      asked.push([text, await told(ann, text)])
    }
    await then('alter table twice rename email to a1', 'select a1 from twice')
    await then(
      'create schema elsewhere; alter table twice set schema elsewhere',
      'select a1 from elsewhere.twice',
    )
    await then('alter table elsewhere.twice alter a1 type varchar(40)', 'select a1 from elsewhere.twice')
    await then('create view over as select a1 as a2 from elsewhere.twice', 'select a2 from over')
    expect(asked).toEqual([
      ['select a1 from twice', [['***']]],
      ['select a1 from elsewhere.twice', [['***']]],
      ['select a1 from elsewhere.twice', [['***']]],
      ['select a2 from over', [['***']]],
    ])
  })

  test('R6 only a Classes document removes one', async () => {
    const ann = await world.sign('ann')
    expect(await told(ann, 'select email from people')).toEqual([['***']])
    await world.adapter.revise({
      classes: [{ fields: { 'shop.public.people.email': [], 'shop.public.people.note': ['pii'] } }],
      functions: [],
    })
    expect(await told(ann, 'select email, note from people')).toEqual([['a@example.com', '***']])
    await world.adapter.revise({ classes: [], functions: [] })
    await pause()
    const [[email] = []] = (await told(ann, 'select email, note from people')) as string[][]
    expect(email).toBe('***')
  })

  test('R6 a column’s name counts inside JSON keys too, with the whole of the document', async () => {
    const ann = await world.sign('ann')
    await world.owner.query(
      `create table docs(id int, profile jsonb); insert into docs values (1, '{"email": "d@example.com", "n": 1}')`,
    )
    await world.adapter.revise({
      classes: [{ fields: { 'shop.public.docs.profile:email': ['email'] } }],
      functions: [],
    })
    for (const text of [
      'select profile from docs',
      `select profile ->> 'email' from docs`,
      `select profile #>> '{email}' from docs`,
      'select to_json(d) from docs d',
    ])
      expect(JSON.stringify(await told(ann, text))).not.toContain('example')
    await world.adapter.revise({ classes: [], functions: [] })
  })
})
