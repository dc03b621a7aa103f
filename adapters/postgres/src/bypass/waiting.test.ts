/** What waits for a lock runs over what its relations mean by then, not over what they meant when it was read (R2). */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { B, E, P, Q, S } from '../wire/requests.js'
import type { Attacker } from './attacker.js'
import { createScene, type DoorName, type Scene } from './scene.js'
import { findTraces } from './traces.js'

let scene: Scene

beforeAll(async () => {
  scene = await createScene()
})
afterAll(async () => {
  await scene.close()
  expect(Object.values(scene.stages).flatMap(({ faults }) => faults)).toEqual([])
})
beforeEach(async () => {
  await scene.restore()
  await prepare()
})

/** What is defined through the gateway is known there at once. */
async function prepare(): Promise<void> {
  const owner = await enterBy('unmasked')
  for (const text of [
    'create schema if not exists first',
    'create view v as select id, city::text as reach from customers',
    'create view above as select * from v',
    'create type pair as (place text, ssn text)',
    'create table pairs as select id, row(city, ssn)::pair as p from customers',
  ])
    expect((await owner.run(text, 'simple')).error).toBeUndefined()
  await owner.close()
}
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close()
})

const sessions: Attacker[] = []

async function enterBy(door: DoorName): Promise<Attacker> {
  const session = await scene.open(door)
  sessions.push(session)
  return session
}

const ASKED = "select reach || '' from v"
const RENAMES = ['alter view v rename to w', 'alter view customer_contact rename to v']
const COLUMNS = ['rename column city to town', 'rename column ssn to city'].map(
  (change) => `alter table customers ${change}`,
)
const ATTRIBUTES = [
  'lock table pairs',
  'alter type pair rename attribute place to old',
  'alter type pair rename attribute ssn to place',
]
const REDEFINED = ['create or replace view v as select id, ssn as reach from customers']
const BACK = ['alter view v rename to customer_contact', 'alter view w rename to v']
const COLUMNS_BACK = ['rename column city to ssn', 'rename column town to city'].map(
  (change) => `alter table customers ${change}`,
)
const BEFORE = ['lock table customers', 'create view first.v as select id, ssn as reach from customers']
const SWAPPED = [
  'alter table notes rename to n',
  'create view notes as select id, ssn as subject from customers',
]

const simply = (text: string) => [Q(text)]
const prepared = (text: string) => [P('', text), B(), E(), S]

/** Asks until the gateway knows what the question is about. */
async function enter(asked: string, door: DoorName = 'watched'): Promise<Attacker> {
  let viewer = await enterBy(door)
  for (; (await viewer.run(asked, 'simple')).error !== undefined; await pause())
    if (viewer.closed) viewer = await enterBy(door)
  viewer.forget()
  return viewer
}

/** Somebody who has begun these changes and holds their locks. */
async function changing(changes: readonly string[], door: DoorName = 'unmasked'): Promise<Attacker> {
  const other = await enterBy(door)
  for (const text of ['begin', ...changes]) expect((await other.run(text, 'simple')).error).toBeUndefined()
  return other
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 50))

async function isWaiting(): Promise<void> {
  const waiting = 'select count(*)::int as n from pg_locks where not granted'
  while ((await scene.direct.query(waiting)).rows[0].n === 0) await pause()
}

describe.each([
  ['Query', simply],
  ['Bind', prepared],
])('%s: not over', (_, say) => {
  test.each([
    ['a view that took the name of another', 'watched', RENAMES, ASKED],
    ['columns that changed their names', 'watched', COLUMNS, "select city || '' from customers"],
    ['a view that an administrator redefines', 'unmasked', REDEFINED, ASKED],
    [
      'what is counted of it',
      'unmasked',
      REDEFINED,
      "select 'yes: 641-28-7395' from v where reach like '641%'",
    ],
    ['a view in the place of a table', 'unmasked', SWAPPED, "select subject || '' from notes"],
    ['a view below a view', 'unmasked', REDEFINED, "select reach || '' from above"],
    ['attributes that changed their names', 'unmasked', ATTRIBUTES, "select (p).place || '' from pairs"],
    ['a COPY', 'unmasked', REDEFINED, 'copy (select reach from v) to stdout'],
  ] as const)('%s', async (_, door, changes, asked) => {
    const viewer = await enter(asked)
    const other = await changing(changes, door)
    const answered = viewer.send(...say(asked))
    await isWaiting()
    await other.run('commit', 'simple')
    await answered
    expect(findTraces(viewer.received(), [])).toEqual([])
  })

  test.each([
    ['a view', 'watched', RENAMES, BACK, ASKED],
    ['a column', 'watched', COLUMNS, COLUMNS_BACK, "select city || '' from customers"],
    ['a view before it in the path', 'unmasked', BEFORE, ['drop view first.v'], ASKED],
  ] as const)('%s that came and went', async (_, door, there, back, asked) => {
    const viewer = await enter(asked)
    await viewer.run('set search_path = first, public', 'simple')
    const other = await changing(there, door)
    const answered = viewer.send(...say(asked))
    await isWaiting()
    const undone = await other.run(['commit', 'begin', ...back, 'commit'].join('; '), 'simple')
    await answered
    expect(findTraces(viewer.received(), [])).toEqual([])
    expect(undone.error).toBeUndefined()
  })

  test('a view that comes to show what is forbidden: the answer is native, and on record', async () => {
    const viewer = await enter(ASKED, 'barred')
    const other = await changing(['create or replace view v as select id, ssn as reach from people'])
    const answered = viewer.send(...say(ASKED))
    await isWaiting()
    await other.run('commit', 'simple')
    expect(await answered).toMatchObject({ rows: [], error: { code: '08006' } })
    expect(viewer.received().toString()).toContain('redefined while it ran')
    expect(findTraces(viewer.received(), [])).toEqual([])
    const { completed } = scene.stages.barred.evidence
    expect(completed.at(-1)).toMatchObject({ outcome: { status: 'cut', returned: 0 } })
    const again = await enterBy('barred')
    expect((await again.run(ASKED, 'simple')).error).toMatchObject({ code: '42501' })
  })

  test('a column more than was read', async () => {
    const viewer = await enter('select * from notes')
    const other = await changing(['alter table notes add column hint text default $$641-28-7395$$'])
    const answered = viewer.send(...say('select * from notes'))
    await isWaiting()
    await other.run('commit', 'simple')
    expect((await answered).rows).toEqual([])
    expect(viewer.closed).toBe(true)
  })

  test('another table of the same name', async () => {
    const viewer = await enter('select subject from notes')
    const other = await changing([
      'drop table notes',
      'create table notes as select id, ssn as subject from customers',
    ])
    const answered = viewer.send(...say('select subject from notes'))
    await isWaiting()
    await other.run('commit', 'simple')
    await answered
    expect(findTraces(viewer.received(), [])).toEqual([])
  })
})

const ADDED = 'alter table customers add column more text'
const HARMLESS = [
  ['a column that is added', [ADDED], "select city || '' from customers"],
  ['several of them', [ADDED, 'alter table customers add column most text'], ASKED],
  ['an index', ['create index on customers (city)', 'lock table customers'], ASKED],
  ['a comment', ["comment on column customers.city is 'town'", 'lock table customers'], ASKED],
  ['a default', ["alter table customers alter column city set default 'Ulm'"], ASKED],
  [
    'a view that is defined as it was',
    ['create or replace view v as select id, city::text as reach from customers'],
    ASKED,
  ],
] as const

/** The session lives on, too. */
async function comesOver(
  changes: readonly string[],
  asked: string,
  door: DoorName,
  say: (text: string) => Uint8Array[],
): Promise<void> {
  const viewer = await enter(asked, door)
  expect((await viewer.run(`prepare asked as ${asked}`, 'simple')).error).toBeUndefined()
  const other = await changing(changes)
  const answered = viewer.send(...say(asked))
  await isWaiting()
  await other.run('commit', 'simple')
  const answer = await answered
  expect(answer.error).toBeUndefined()
  expect(answer.rows).toHaveLength(3)
  expect((await viewer.run(ASKED, 'simple')).rows).toHaveLength(3)
}

test.each(HARMLESS)('rows come over %s', (_, changes, asked) => comesOver(changes, asked, 'watched', simply))

const fetched = (text: string) => [Q(`begin; declare c cursor for ${text}; fetch all from c; commit`)]

test.each([
  ['Bind', 'watched', prepared],
  ['EXECUTE', 'watched', () => [Q('execute asked')]],
  ['a cursor', 'watched', fetched],
  ['a cursor', 'barred', fetched],
  ['Bind', 'barred', prepared],
] as const)('rows come by %s, for %s', (_, door, say) => comesOver([ADDED], ASKED, door, say))

test('what was written in a transaction that is open is taken back with it', async () => {
  const viewer = await enter(ASKED, 'barred')
  for (const text of ['begin', "insert into orders values (31, 1, 1, '2024-01-01')"])
    expect((await viewer.run(text, 'simple')).error).toBeUndefined()
  const other = await changing(['create or replace view v as select id, ssn as reach from people'])
  const written = viewer.run('insert into notes (subject) select reach from v', 'simple')
  await isWaiting()
  await other.run('commit', 'simple')
  expect(await written).toMatchObject({ error: { code: '08006' } })
  const counted =
    "select (select count(*) from orders where id = 31)::int + count(*)::int as n from notes where subject ~ '641'"
  const active = "select count(*)::int as n from pg_stat_activity where state like 'idle in transaction%'"
  while ((await scene.direct.query(active)).rows[0].n > 0) await pause()
  expect((await scene.direct.query(counted)).rows).toEqual([{ n: 0 }])
})

describe('but as ever', () => {
  test('what waited for a definition that was taken back', async () => {
    const viewer = await enter(ASKED)
    const other = await enterBy('unmasked')
    for (const text of ['begin', ...REDEFINED]) await other.run(text, 'simple')
    const answered = viewer.run(ASKED, 'simple')
    await isWaiting()
    await other.run('rollback', 'simple')
    expect(await answered).toMatchObject({ error: undefined, tags: ['SELECT 3'] })
  })

  test('what waited for a change of what it does not name, which others make meanwhile', async () => {
    const viewer = await enter(ASKED)
    const [other, third] = [await enterBy('unmasked'), await enterBy('unmasked')]
    for (const text of ['begin', 'lock table customers']) await other.run(text, 'simple')
    const answered = viewer.run(ASKED, 'simple')
    await isWaiting()
    await third.run('create table elsewhere (id int)', 'simple')
    await other.run('commit', 'simple')
    expect(await answered).toMatchObject({ error: undefined, tags: ['SELECT 3'] })
    expect((await viewer.run('select count(*) from elsewhere', 'simple')).error).toBeUndefined()
  })

  test('what is asked while somebody has long defined something else', async () => {
    const viewer = await enter(ASKED)
    const other = await enterBy('unmasked')
    for (const text of ['begin', 'create table elsewhere2 (id int)']) await other.run(text, 'simple')
    for (const form of ['simple', 'binary'] as const)
      expect((await viewer.run(ASKED, form)).rows).toHaveLength(3)
    await other.close()
    expect((await viewer.run(ASKED, 'simple')).rows).toHaveLength(3)
  })

  test('what the session defines itself', async () => {
    const viewer = await enter(ASKED)
    for (const text of [
      'begin',
      'create table own (id int, word text)',
      "insert into own values (1, 'one')",
      'select count(*) from own',
      'commit',
      'select id from own',
      ASKED,
    ])
      expect((await viewer.run(text, 'simple')).error).toBeUndefined()
  })
})
