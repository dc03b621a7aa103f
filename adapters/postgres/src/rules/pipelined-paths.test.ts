/** R5 without waiting for answers: what is sent behind the end of a transaction is read as the server will read it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RawClient, signIn } from '../wire/raw-client.js'
import { B, E, P, PBE, Q, S } from '../wire/requests.js'
import { rowsOf } from '../wire/transcript.js'
import { hasMajor, MASKED, PASSWORD, startWorld, type World } from './world.js'

const SCHEMA = `
create table people(id int primary key, note text);
insert into people values (1, 'PUBLIC');
create schema open;
create table open.people(id int primary key, note text);
insert into open.people values (1, 'open');
`
const RULES = [
  ...MASKED,
  '{name: notes, effect: mask, groups: [analysts], fields: ["shop.public.people.note"], with: redact}',
]
const READ = 'select lower(note) from people'

let world: World
let client: RawClient

const begin = async () => {
  client = await signIn({ port: world.stage.port, user: 'ann', password: PASSWORD })
}

/** All that a pipeline shows of the table, in one piece and in two. */
async function shown(
  parts: readonly Uint8Array[],
  ends: number,
): Promise<readonly (readonly (string | null)[])[]> {
  const messages = await (async () => {
    client.send(...parts)
    return client.until('Z', ends)
  })()
  const rows = rowsOf(messages)
  expect(JSON.stringify(rows)).not.toMatch(/public/i)
  return rows
}

const PATHS: readonly (readonly [string, readonly Uint8Array[], number, string])[] = [
  [
    'SET LOCAL outside a transaction ends with its Sync',
    [PBE('set local search_path to open'), S, PBE(READ), S],
    2,
    '***',
  ],
  ['SET LOCAL, read before the Sync', [PBE('set local search_path to open'), PBE(READ), S], 1, 'open'],
  [
    'SET LOCAL in a text of several ends with the text',
    [Q(`set local search_path to open; select 1`), PBE(READ), S],
    2,
    '***',
  ],
  [
    'SET that an error undoes',
    [PBE('set search_path to open'), PBE('select 1 / (id - 1) from people'), S, PBE(READ), S],
    2,
    '***',
  ],
  ['SET that lasts', [PBE('set search_path to open'), S, PBE(READ), S], 2, 'open'],
  [
    'COMMIT behind SET LOCAL',
    [Q('begin'), Q('set local search_path to open'), PBE('commit'), PBE(READ), S],
    3,
    '***',
  ],
  ['COMMIT as a Query', [Q('begin'), Q('set local search_path to open'), Q('commit'), Q(READ)], 4, '***'],
  [
    'COMMIT that becomes ROLLBACK',
    [Q('begin'), Q('set search_path to open'), Q('select 1/0'), Q('commit'), Q(READ)],
    5,
    '***',
  ],
  ['ROLLBACK', [Q('begin'), Q('set search_path to open'), PBE('rollback'), PBE(READ), S], 3, '***'],
  ['COMMIT of a lasting SET', [Q('begin'), Q('set search_path to open'), Q('commit'), Q(READ)], 4, 'open'],
  [
    'PREPARE behind it',
    [Q(`prepare p as ${READ}`), Q('begin'), Q('set local search_path to open'), Q('commit'), Q('execute p')],
    5,
    '***',
  ],
  [
    'Bind behind it',
    [
      P('s', READ),
      S,
      Q('begin'),
      Q('set local search_path to open'),
      Q('commit'),
      B({ statement: 's' }),
      E(),
      S,
    ],
    5,
    '***',
  ],
  [
    'ROLLBACK TO a savepoint',
    [Q('begin'), Q('savepoint a'), Q('set search_path to open'), Q('rollback to a'), Q(READ), Q('rollback')],
    6,
    '***',
  ],
  [
    'RELEASE',
    [Q('begin'), Q('savepoint a'), Q('set search_path to open'), Q('release a'), Q('commit'), Q(READ)],
    6,
    'open',
  ],
  [
    'set_config that is local',
    [PBE(`select set_config('search_path', 'open', true)`), S, PBE(READ), S],
    2,
    '***',
  ],
  ['DISCARD ALL', [Q('set search_path to open'), Q('discard all'), Q(READ)], 3, '***'],
]

// From 18 on the server reports search_path; before, only the statements tell.
describe.each(([15, 18] as const).filter(hasMajor))('R5 search_path in a pipeline, Postgres %d', (major) => {
  beforeAll(async () => {
    world = await startWorld({ schema: SCHEMA, rules: RULES, major })
  })
  afterAll(() => world.close())

  test.each(PATHS)('R5 %s', async (_name, parts, ends, expected) => {
    await begin()
    const rows = await shown(parts, ends)
    const last = rows.at(-1)?.[0] ?? null
    // Refusing is always right; showing what the server read is too.
    expect([expected, '***', null]).toContain(last === '1' || last === '' ? null : last)
    await client.close()
  })

  test('R5 most of these are answered, not refused', async () => {
    let answered = 0
    for (const [, parts, ends, expected] of PATHS) {
      await begin()
      if ((await shown(parts, ends)).at(-1)?.[0] === expected) answered += 1
      await client.close()
    }
    expect(answered).toBeGreaterThanOrEqual(PATHS.length - 2)
  })
})
