/** postgres-wire §8, rows 35, 41–43 and 46: refusals keep their place, and what the client is told of its transaction is true. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, openDecisions, startFixture } from './fixture.js'
import type { RawClient } from './raw-client.js'
import { B, DP, E, H, P, PBE, Q, S } from './requests.js'
import { errorOf, rowsOf } from './transcript.js'

let house: Fixture
beforeAll(async () => {
  house = await startFixture({ schema: 'create table ledger(n int);' })
})
afterAll(() => house.close())

const VAULT = 'select * from vault'

/** What stands in the database, seen from outside. */
async function ledger(): Promise<readonly (string | null)[]> {
  const client = await house.direct()
  client.send(Q('select n from ledger order by n'))
  const rows = rowsOf(await client.until('Z'))
  client.send(Q('delete from ledger'))
  await client.until('Z')
  await client.close()
  return rows.map(([n]) => n as string)
}

async function play(
  client: RawClient,
  steps: readonly (readonly [readonly Uint8Array[], string, number?, string?])[],
) {
  for (const [sent, expected, count, type] of steps) {
    client.send(...sent)
    expect(await client.hears(type ?? 'Z', count)).toBe(expected)
  }
  await client.close()
}

describe('portals with a row limit of the client’s', () => {
  for (const user of ['adam', 'ann']) {
    test(`W35 a limit that is exactly the number of rows: suspended, then done (${user})`, async () => {
      await play(await house.client(user), [
        [
          [P('', 'select id, email from customers order by id'), B(), E('', 5), E('', 5), E('', 5), S],
          '1 2 D D D D D s C:SELECT_0 C:SELECT_0 Z:I',
        ],
      ])
    })
    test(`W35 INSERT … RETURNING one row at a time (${user})`, async () => {
      await play(await house.client(user), [
        [
          [
            Q('begin'),
            P('', 'insert into ledger values (1), (2) returning n'),
            B(),
            E('', 1),
            E('', 1),
            S,
            Q('rollback'),
          ],
          'C:BEGIN Z:T 1 2 D s D s Z:T C:ROLLBACK Z:I',
          3,
        ],
      ])
    })
  }
})

describe('refusals', () => {
  test('W41 after an INSERT whose answer was flushed: it is undone, and the state says so', async () => {
    await play(await house.client('gil'), [
      [[PBE('insert into ledger values (41)'), H], '1 2 C:INSERT_0_1', 1, 'C'],
      [[PBE(VAULT), S], 'E:42501 Z:I'],
      [[Q('select 1')], 'T D C:SELECT_1 Z:I'],
    ])
    expect(await ledger()).toEqual([])
  })

  test('W41 in one write with what came before', async () => {
    await play(await house.client('gil'), [
      [
        [PBE('insert into ledger values (41)'), PBE(VAULT), PBE('insert into ledger values (42)'), S],
        '1 2 C:INSERT_0_1 E:42501 Z:I',
      ],
    ])
    expect(await ledger()).toEqual([])
  })

  test('W42 inside BEGIN: the block has failed, COMMIT rolls back', async () => {
    await play(await house.client('gil'), [
      [[Q('begin'), Q('insert into ledger values (42)')], 'C:BEGIN Z:T C:INSERT_0_1 Z:T', 2],
      [[Q(VAULT)], 'E:42501 Z:E'],
      [[Q('select 1')], 'E:25P02 Z:E'],
      [[Q('commit')], 'C:ROLLBACK Z:I'],
    ])
    expect(await ledger()).toEqual([])
  })

  test('W42 by the extended protocol', async () => {
    await play(await house.client('gil'), [
      [[PBE('begin'), PBE('insert into ledger values (42)'), S], '1 2 C:BEGIN 1 2 C:INSERT_0_1 Z:T'],
      [[P('', VAULT), S], 'E:42501 Z:E'],
      [[PBE('commit'), S], '1 2 C:ROLLBACK Z:I'],
    ])
    expect(await ledger()).toEqual([])
  })

  test('W42 a SAVEPOINT recovers', async () => {
    await play(await house.client('gil'), [
      [
        [Q('begin'), Q('insert into ledger values (42)'), Q('savepoint s')],
        'C:BEGIN Z:T C:INSERT_0_1 Z:T C:SAVEPOINT Z:T',
        3,
      ],
      [[Q(VAULT)], 'E:42501 Z:E'],
      [[Q('rollback to s')], 'C:ROLLBACK Z:T'],
      [[Q('commit')], 'C:COMMIT Z:I'],
    ])
    expect(await ledger()).toEqual(['42'])
  })

  test('W42 one refused statement of a text refuses all of it', async () => {
    await play(await house.client('gil'), [
      [[Q(`insert into ledger values (42); ${VAULT}`)], 'E:42501 Z:I'],
      [[Q(`begin; insert into ledger values (42); ${VAULT}; commit`)], 'E:42501 Z:I'],
    ])
    expect(await ledger()).toEqual([])
  })

  test('W43 a refused Query behind an unsynced pipeline: the earlier Execute is rolled back', async () => {
    await play(await house.client('gil'), [
      [[PBE('insert into ledger values (43)'), Q(VAULT), S], '1 2 C:INSERT_0_1 E:42501 Z:I Z:I', 2],
    ])
    expect(await ledger()).toEqual([])
  })

  // What follows differs: 15 commits both, 18.4 leaves its backend in a state of its own. The gateway tells what it is told.
  test('W43 a permitted Query behind an unsynced pipeline is answered as the server answers it', async () => {
    const heard = async (client: RawClient) => {
      client.send(PBE('insert into ledger values (43)'), Q('select 1'), S)
      const line = await client.hears('Z', 2)
      await client.close()
      return line
    }
    expect(await heard(await house.client('gil'))).toBe(await heard(await house.direct()))
    await ledger()
  })

  test('W43 an error of the database’s before the refusal: only one error', async () => {
    await play(await house.client('gil'), [
      [[PBE('select 1/0'), PBE(VAULT), S, PBE('select 1'), S], '1 E:22012 Z:I 1 2 D C:SELECT_1 Z:I', 2],
      [[PBE(VAULT), PBE('select 1/0'), S], 'E:42501 Z:I'],
      [[P('', VAULT), Q('insert into ledger values (43)'), H, S], 'E:42501 Z:I'],
    ])
    expect(await ledger()).toEqual([])
  })

  test('W43 what is refused at Bind, at Execute and at Describe keeps its place', async () => {
    const client = await house.client('gil')
    client.send(P('', 'select $1::int'), B({ values: ['1'] }), DP('no such'), E(), S)
    expect(await client.hears('Z')).toBe('1 2 E:34000 Z:I')
    client.send(P('', 'select 1'), B({ statement: 'no such' }), E(), S)
    expect(await client.hears('Z')).toBe('1 E:26000 Z:I')
    client.send(P('', 'select 1'), B(), E('no such'), E(), S)
    expect(await client.hears('Z')).toBe('1 2 E:34000 Z:I')
    await client.close()
  })

  test('W43 a refusal names its code, its rule and its id, in a line that a program can read', async () => {
    const client = await house.client('gil')
    client.send(Q(VAULT))
    const last =
      errorOf(await client.until('Z'))
        .get('D')
        ?.split('\n')
        .at(-1) ?? ''
    expect(JSON.parse(last.replace(/^gatehouse: /, ''))).toMatchObject({
      code: 'GH_FORBIDDEN',
      rule: 'wire/vault',
    })
  })

  const ENCODINGS = [
    `set client_encoding to 'LATIN1'; select 'x'`,
    `set client_encoding = 'SJIS'`,
    `set names 'EUC_JP'`,
    `select set_config('client_encoding', 'LATIN1', false)`,
    `update pg_settings set setting = 'LATIN1' where name = 'client_encoding'`,
    `set standard_conforming_strings = off; select 'a\\'`,
    `select set_config('standard_conforming_strings', 'off', false)`,
    `do $$ begin perform set_config('client_encoding', 'LATIN1', false); end $$; select 'x'`,
  ]
  for (const text of ENCODINGS) {
    test(`W46 ${text}: nothing is read in another encoding`, async () => {
      const client = await house.client('adam')
      client.send(Q(text))
      const first = await client.next()
      if (first.type !== 'E') {
        // Whoever may run opaque statements can change it; then the session is over.
        expect(await client.ends()).toMatch(/E!:/)
        return
      }
      expect(errorOf([first]).get('V')).toMatch(/ERROR|FATAL/)
      const shown = await house.client('adam')
      shown.send(Q('show client_encoding'))
      expect(rowsOf(await shown.until('Z'))).toEqual([['UTF8']])
    })
  }

  test('W43 every decision has its outcome', async () => {
    await house.settled()
    expect(openDecisions(house.stage)).toEqual([])
    expect(house.stage.faults).toEqual([])
  })
})
