/** R2, R3, R4: what SQL-language routines read is masked, bound and permitted as if it were read by name. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROUTINES, SSN } from './routine-schema.js'
import { type Asker, MASKED, startWorld, told, type World } from './world.js'

const SCHEMA = `${ROUTINES}
create function loud(t text) returns text language sql as 'select upper(t)';
`

let world: World
let ann: Asker
beforeAll(async () => {
  world = await startWorld({ schema: SCHEMA })
  ann = await world.sign('ann')
})
afterAll(() => world.close())

const SPELLINGS: readonly string[] = [
  'select ssn_of(1)',
  'select ssn_of(wanted => 1)',
  'select numbered(1)',
  'select returned(1)',
  'select atomic(1)',
  'select row_of(1)',
  'select (row_of(1)).ssn',
  'select (row_of(1)).*',
  'select ssn(row_of(1))',
  'select row_of(1)::text',
  'select row_to_json(row_of(1))',
  'select r.ssn from row_of(1) r',
  'select * from row_of(1)',
  'select rows_of()',
  'select * from rows_of()',
  'select r from rows_of() r',
  'select code from tabled()',
  'select x.b from tabled() as x(a, b)',
  'select tabled()',
  'select * from outs()',
  'select (outs()).code',
  'select code from single() s',
  'select single()',
  'select * from recorded() as r(a int, b text)',
  'select b from recorded() as r(a int, b text)',
  'select json_of()',
  `select json_of() ->> 'ssn'`,
  'select of_row(p) from people p where id = 1',
  'select p.of_row from people p where id = 1',
  'select of_row_numbered(p) from people p where id = 1',
  'select defaulted(1)',
  'select defaulted(a => 1)',
  `select rest(ssn, 'x') from people where id = 1`,
  'select rest(variadic array[ssn]) from people where id = 1',
  'select same(ssn) from people where id = 1',
  'select (same(p)).ssn from people p where id = 1',
  'select pk(1.0)',
  'select * from through',
  'select via_view()',
  'select * from twice',
  'select definer()',
  `select 'x' ~> 1`,
  `select 'x' operator(public.~>) 1`,
  'select row(1)::wrapped::text',
  'select cast(row(1)::wrapped as text)',
  'select x.* from people p, lateral ssn_of(p.id) x where p.id = 1',
  'select x.s from people p, lateral (select ssn_of(p.id) as s) x where p.id = 1',
  'select * from rows from (tabled(), rows_of()) r',
  'select (select ssn_of(1))',
  'with w as (select ssn_of(1) as s) select s from w',
  'select coalesce(ssn_of(1), ssn_of(2))',
  'select array[ssn_of(1)]',
  'select case when true then ssn_of(1) end',
  'select note from people where id = 1 union all select ssn_of(1)',
  'update people set id = id where id = 1 returning ssn_of(1)',
  'copy (select ssn_of(1)) to stdout',
  'select loud(ssn) from people where id = 1',
  'select loud(ssn_of(1))',
  'select max(ssn_of(id)) from people',
]

describe('R4 a masked column stays masked through a SQL body', () => {
  test.each(SPELLINGS)('R4 %s', async (text) => {
    for (const answer of [await ann.ask(text), await ann.ask(text, [])])
      expect(JSON.stringify([answer.rows, answer.message, answer.detail])).not.toContain('45-6789')
    const { rows, code } = await ann.ask(text)
    expect([text, code]).toEqual([text, undefined])
    expect(JSON.stringify(rows) === '[]').toBe(text.startsWith('copy'))
  })

  test('R4 what is clean comes back as it is', async () => {
    expect(await told(ann, 'select noted(1), loud(note), pk(1) from people where id = 1')).toMatchObject([
      ['clean', 'CLEAN', expect.anything()],
    ])
    expect(await told(ann, 'select id, note from rows_of() where id = 2')).toEqual([[2, 'clear']])
    expect(await told(ann, 'select number from tabled()')).toEqual([[1], [2]])
  })
})

describe('R16 what a body asks of a field, the call asks', () => {
  test.each([
    `select guess('${SSN}')`,
    `select count_like('1%')`,
    'select divide(ssn) from people',
    'select note from people where loud(ssn) > loud($$2$$)',
    'select ssn_of(id) from people order by ssn_of(id)',
    'select ssn_of(id) from people group by ssn_of(id)',
    `select note from people where ssn_of(id) like '1%'`,
    'select note from people where guess(note)',
    'select keep(1)',
    'insert into log select ssn_of(1)',
    'call keeps(1)',
    `call tells(1, '')`,
    'create table made as select ssn_of(1) as s',
  ])('R16 %s', async (text) => {
    expect([text, (await ann.ask(text)).code]).toEqual([text, '42501'])
  })
})

test('R2 a setting that a body would change is refused, for the session is followed by its statements', async () => {
  expect((await ann.ask('select sets()')).code).toBe('42501')
})

test('R2 R3 a body that is text is read by the search_path of the moment', async () => {
  await world.owner.query('drop table other.people; alter view other.shadow rename to people')
  await world.caughtUp()
  const other = await world.sign('ann')
  expect(await told(other, 'select unqualified()')).toEqual([['clean']])
  await other.ask('set search_path to other, public')
  const shadowed = await other.ask('select public.unqualified()')
  expect([shadowed.code, shadowed.message, shadowed.detail]).toEqual([undefined, '', ''])
  expect(JSON.stringify(shadowed.rows)).not.toContain('45-6789')
})

test('R2 a schema that the account may not use is skipped, as the server skips it', async () => {
  const { Client } = await import('pg')
  const own = new Client({ connectionString: world.server.url.replace(/\/[^/]*$/, '/shop') })
  await own.connect()
  await own.query('alter schema closed owner to current_user')
  await own.query('revoke all on schema closed from gw')
  await own.end()
  await world.caughtUp()
  world.usePolicy(
    [
      '{name: in, effect: permit, verbs: [connect, read, set], resources: ["shop", "shop.public.*", search_path]}',
    ],
    [],
  )
  const adam = await world.sign('adam')
  await adam.ask('set search_path to closed, public')
  expect(await told(adam, 'select note from shared')).toEqual([['open']])
  world.usePolicy(MASKED)
})

describe('R4 permission is asked for the call, and for what it writes', () => {
  const only = (rules: readonly string[]) =>
    world.usePolicy(['{name: in, effect: permit, verbs: [connect]}', ...rules], [])
  afterAll(() => world.usePolicy(MASKED))

  test('R4 reading needs `call` on the routine, not `read` on what stands behind it', async () => {
    only(['{name: r, effect: permit, verbs: [call], resources: ["shop.public.noted"]}'])
    const adam = await world.sign('adam')
    expect(await told(adam, 'select noted(1)')).toEqual([['clean']])
    expect(await told(adam, 'select ssn_of(1)')).toBe('42501')
    expect(await told(adam, 'select note from people')).toBe('42501')
  })

  test('R4 a restriction on what stands behind it binds', async () => {
    only([
      '{name: r, effect: permit, verbs: [call], resources: ["shop.public.*"]}',
      '{name: no, effect: forbid, resources: ["shop.public.people"]}',
    ])
    const adam = await world.sign('adam')
    const answer = await adam.ask('select noted(1)')
    expect([answer.code, answer.message]).toEqual(['42501', expect.stringContaining('no')])
    expect(await told(adam, `select loud('x')`)).toEqual([['X']])
    only([
      '{name: r, effect: permit, verbs: [call], resources: ["shop.public.*"]}',
      '{name: stay, effect: forbid, verbs: [copy-out], resources: ["shop.public.people"]}',
    ])
    expect(await told(adam, 'select noted(1)')).toEqual([['clean']])
    expect(await told(adam, 'copy (select noted(1)) to stdout')).toBe('42501')
  })

  test('R4 what a body writes needs its own permission', async () => {
    only(['{name: r, effect: permit, verbs: [call, read], resources: ["shop.public.*"]}'])
    const adam = await world.sign('adam')
    expect(await told(adam, 'select wipe(9)')).toBe('42501')
    only(['{name: r, effect: permit, verbs: [call, read, delete], resources: ["shop.public.*"]}'])
    expect(await told(adam, 'select wipe(9)')).toEqual([[null]])
  })
})
