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
  // What is defined through the gateway is known there at once.
  const owner = await enterBy('unmasked')
  for (const text of [
    'create view v as select id, city::text as reach from customers',
    'create view above as select * from v',
    'create type pair as (place text, ssn text)',
    'create table pairs as select id, row(city, ssn)::pair as p from customers',
  ])
    expect((await owner.run(text, 'simple')).error).toBeUndefined()
})
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
const SWAPPED = [
  'alter table notes rename to n',
  'create view notes as select id, ssn as subject from customers',
]

const simply = (text: string) => [Q(text)]
const prepared = (text: string) => [P('', text), B(), E(), S]

/** Asks until the gateway knows what the question is about. */
async function enter(asked: string): Promise<Attacker> {
  let viewer = await enterBy('watched')
  for (; (await viewer.run(asked, 'simple')).error !== undefined; await pause())
    if (viewer.closed) viewer = await enterBy('watched')
  viewer.forget()
  return viewer
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
    const other = await enterBy(door)
    for (const text of ['begin', ...changes]) expect((await other.run(text, 'simple')).error).toBeUndefined()
    const answered = viewer.send(...say(asked))
    await isWaiting()
    await other.run('commit', 'simple')
    await answered
    expect(findTraces(viewer.received(), [])).toEqual([])
  })
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
