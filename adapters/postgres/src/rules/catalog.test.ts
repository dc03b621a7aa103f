/** R2: the catalog is current, or what it does not hold is opaque. */

import { createStage } from '@gatehouse/adapter-contract'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgres } from '../index.js'
import {
  type Asker,
  MASKED,
  PASSWORD,
  pause,
  policyOf,
  siteAt,
  startWorld,
  told,
  USERS,
  type World,
} from './world.js'

const SCHEMA = `
create table people(id int primary key, note text, ssn text);
insert into people values (1, 'clean', '123-45-6789');
create table held(id int, note text);
insert into held values (1, 'held');
create view v as select id, note from people;
create view over_held as select note from held;
`
const SSN = '123-45-6789'

let world: World
let ann: Asker
let adam: Asker
beforeAll(async () => {
  world = await startWorld({ schema: SCHEMA })
  ann = await world.sign('ann')
  adam = await world.sign('adam')
})
afterAll(() => world.close())

const ATTACKS: readonly (readonly [string, readonly string[], string])[] = [
  [
    'a view made anew',
    ['create or replace view v as select id, ssn as note from people'],
    `select note || '' from v`,
  ],
  ['a new view', ['create view w as select ssn as note from people'], 'select note from w'],
  ['a new table', ['create table w as select ssn as note from people'], 'select note from w'],
  [
    'a column renamed',
    ['alter table people rename note to x', 'alter table people rename ssn to note'],
    `select note || '' from people`,
  ],
  [
    'a temporary view in front',
    ['create temp view people as select 1 as id, ssn as note from public.people'],
    `select note || '' from people`,
  ],
  [
    'a temporary table in front',
    ['create temp table people as select 1 as id, ssn as note from public.people'],
    'select note from people',
  ],
  ['SELECT INTO', ['select ssn as note into temp w from people'], 'select note from w'],
  ['a function', [`create function w() returns text language sql as 'select ssn from people'`], 'select w()'],
  [
    'a rule',
    ['create rule r as on insert to held do instead select ssn from people'],
    `insert into held values (2, 'x')`,
  ],
  [
    'a schema in front',
    [
      'create schema ann',
      'create view ann.held as select ssn as note from people',
      'set local search_path to ann',
    ],
    `select note || '' from held`,
  ],
  [
    'a table moved',
    [
      'create schema away',
      'alter table held set schema away',
      'create view held as select 1 as id, ssn as note from people',
    ],
    'select note from held',
  ],
]

describe('R2 what a session defined is no way round the masks, before the catalog holds it', () => {
  test.each(ATTACKS)('R2 %s', async (_name, ddl, text) => {
    await ann.ask('begin')
    for (const each of ddl) await ann.ask(each)
    const answers = [await ann.ask(text), await ann.ask(text, [])]
    await ann.ask('rollback')
    for (const answer of answers) {
      expect(JSON.stringify(answer.rows)).not.toContain(SSN)
      // What was not permitted to be made is not there.
      expect(['42501', '25P02', '42P01']).toContain(answer.code)
    }
  })

  test('R2 for everybody it is read again once it is committed: nobody reads by the old catalog', async () => {
    const another = await world.sign('ann')
    for (let round = 0; round < 10; round += 1) {
      expect(
        (await adam.ask('create or replace view v as select id, ssn as note from people')).code,
      ).toBeUndefined()
      expect(await told(another, `select note || '' from v`)).toEqual([['***']])
      expect(await told(ann, `select note || '' from v`, [])).toEqual([['***']])
      expect((await adam.ask('create or replace view v as select id, note from people')).code).toBeUndefined()
      expect(await told(another, `select note || '' from v`)).toEqual([['clean']])
    }
    await adam.ask('begin')
    await adam.ask('create or replace view v as select id, ssn as note from people')
    await adam.ask('commit')
    expect(await told(another, `select note || '' from v`)).toEqual([['***']])
    await adam.ask('create or replace view v as select id, note from people')
  })

  test('R2 one’s own new relation can be read in the next statement', async () => {
    await adam.ask('create table fresh as select id, note, ssn as number from people')
    expect(await told(adam, 'select note from fresh')).toEqual([['clean']])
    expect(await told(ann, 'select note from fresh')).toEqual([['clean']])
    await adam.ask('drop table fresh')
    expect((await ann.ask('select note from fresh')).code).toBeDefined()
  })
})

describe('R2 changes from elsewhere', () => {
  test('R2 an unknown name is looked for again before it is refused', async () => {
    await world.owner.query('create table late(id int, email text)')
    await world.owner.query(`insert into late values (1, 'late@example.com')`)
    expect(await told(ann, 'select id, email from late')).toEqual([[1, '***']])
  })

  test('R2 a view made anew from elsewhere is known within the refresh window', async () => {
    expect(await told(ann, `select note || '' from v`)).toEqual([['clean']])
    await world.owner.query('create or replace view v as select id, ssn as note from people')
    await world.caughtUp()
    expect(await told(ann, `select note || '' from v`)).toEqual([['***']])
    await world.owner.query('create or replace view v as select id, note from people')
    await world.caughtUp()
  })

  test('R2 a held lock makes only that relation opaque', async () => {
    const locker = new pg.Client({ ...direct(world), user: 'gw', password: 'gw' })
    await locker.connect()
    await locker.query('begin; lock table over_held in access exclusive mode')
    await world.owner.query('create table beside(id int, email text)')
    await world.owner.query(`insert into beside values (1, 'x@example.com')`)
    const answers = [
      await told(ann, 'select id, email from beside'),
      await told(ann, 'select note from people'),
      await told(ann, 'select note from over_held'),
    ]
    await locker.query('rollback')
    await locker.end()
    expect(answers).toEqual([[[1, '***']], [['clean']], '42501'])
    for (let tries = 0; tries < 20_000; tries += 1) {
      if ((await told(ann, 'select note from over_held')) !== '42501') break
      await pause(10)
    }
    expect(await told(ann, 'select note from over_held')).toEqual([['held']])
  })
})

test('R2 a catalog that nobody has confirmed for long refuses', async () => {
  let now = 0
  const adapter = await postgres.open({
    ...siteAt(world.server.port),
    catalogRefresh: 3_600_000,
    tick: () => now,
  })
  const stage = await createStage({ adapter, policy: policyOf(MASKED, ['observe']), users: USERS })
  const client = new pg.Client({
    host: '127.0.0.1',
    port: stage.port,
    user: 'ann',
    password: PASSWORD,
    database: 'shop',
  })
  await client.connect()
  expect((await client.query('select note from people')).rows).toEqual([{ note: 'clean' }])
  now = 1e9
  await expect(client.query('select note from people where id = 1')).rejects.toMatchObject({ code: '42501' })
  await expect(client.query('select 1')).rejects.toMatchObject({ code: '42501' })
  expect(adapter.current).toBe(false)
  await client.end()
  await stage.close()
  await adapter.close()
})

test('R2 search_path is sent explicitly at sign-in, whatever the account’s own is', async () => {
  await world.root.query('alter role gw set search_path to away_from_here')
  const after = await world.sign('adam')
  expect(await told(after, 'show search_path')).toEqual([['"$user", public']])
  await world.root.query('alter role gw reset search_path')
})

const direct = ({ server }: World) => ({ host: server.host, port: server.port, database: 'shop' })
