/** postgres-wire §8, rows 1–15 and 38–40: pipelines are answered message by message, as the server itself would. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, openDecisions, outcomes, startFixture } from './fixture.js'
import type { RawClient } from './raw-client.js'
import { B, CP, CS, DP, DS, E, H, P, PBE, Q, S } from './requests.js'
import { rowsOf } from './transcript.js'

let house: Fixture
beforeAll(async () => {
  house = await startFixture()
})
afterAll(() => house.close())

/** Plays the same at the gateway and at the database: both must hear `expected`. */
async function both(play: (client: RawClient) => Promise<string>, expected: string): Promise<void> {
  const direct = await house.direct()
  expect(await play(direct)).toBe(expected)
  await direct.close()
  const client = await house.client()
  expect(await play(client)).toBe(expected)
  await client.close()
}

/** Sends all at once and hears up to the last of `count` messages of `type`. */
const once =
  (messages: readonly Uint8Array[], type = 'Z', count = 1) =>
  (client: RawClient) => {
    client.send(...messages)
    return client.hears(type, count)
  }

/** Each is sent in one write; the real server's answer is what the gateway must give. */
const EXCHANGES: readonly {
  readonly name: string
  readonly sent: readonly Uint8Array[]
  readonly until?: readonly [string, number]
  readonly heard: string
}[] = [
  {
    name: 'W1 Parse, Describe, Flush without Sync',
    sent: [P('', 'select id from items'), DS(), H],
    until: ['T', 1],
    heard: '1 t T',
  },
  {
    name: 'W2 several Executes and a trailing Describe in one pipeline',
    sent: [P('', 'select 1'), B(), E(), B(), E(), B(), DP(), E(), DS(), S],
    heard: '1 2 D C:SELECT_1 2 D C:SELECT_1 2 T D C:SELECT_1 t T Z:I',
  },
  {
    name: 'W3 a bad Parse, then Bind, Execute, Sync',
    sent: [P('', 'selec 1'), B(), E(), S],
    heard: 'E:42601 Z:I',
  },
  {
    name: 'W3 a bad Parse, then Query, then Sync',
    sent: [P('', 'selec 1'), Q('select 1'), S],
    heard: 'E:42601 Z:I',
  },
  {
    name: 'W3 a Parse that the database refuses, then Query, then Sync',
    sent: [P('', "select 'x'::int"), Q('select 1'), S],
    heard: 'E:22P02 Z:I',
  },
  {
    name: 'W4 a failing Execute, the next pipeline already in flight',
    sent: [P('', 'select 1/(id-1) from items'), B(), E(), S, P('', 'select 2'), DS(), S],
    until: ['Z', 2],
    heard: '1 2 E:22012 Z:I 1 t T Z:I',
  },
  {
    name: 'W5 Parse, Close, Parse answered in order',
    sent: [P('w5a', 'select 1'), CS('w5b'), P('w5c', 'select 2'), S],
    heard: '1 3 1 Z:I',
  },
  {
    name: 'W7 an error without Sync or Flush behind it',
    sent: [PBE('select 1/0')],
    until: ['E', 1],
    heard: '1 E:22012',
  },
  {
    name: 'W7 a syntax error without Sync or Flush behind it',
    sent: [P('', 'selec')],
    until: ['E', 1],
    heard: 'E:42601',
  },
  {
    name: 'W8 a SET by Query and an extended pipeline in one write',
    sent: [Q("set intervalstyle to 'iso_8601'"), P('', "select interval '1 day'"), DS(), B(), E(), S],
    until: ['Z', 2],
    heard: 'C:SET S:IntervalStyle Z:I 1 t T 2 D C:SELECT_1 Z:I',
  },
  {
    name: 'W9 the unnamed statement lives on after Sync',
    sent: [P('', 'select 1'), S, B(), E(), S],
    until: ['Z', 2],
    heard: '1 Z:I 2 D C:SELECT_1 Z:I',
  },
  {
    name: 'W9 a Query drops the unnamed statement',
    sent: [P('', 'select 1'), S, Q('select 2'), B(), E(), S],
    until: ['Z', 3],
    heard: '1 Z:I T D C:SELECT_1 Z:I E:26000 Z:I',
  },
  {
    name: 'W10 Describe of a statement without parameters',
    sent: [P('', 'set work_mem to 4096'), DS(), S],
    heard: '1 t n Z:I',
  },
  {
    name: 'W11 a parse error brings no ReadyForQuery of its own',
    sent: [P('', ')'), H],
    until: ['E', 1],
    heard: 'E:42601',
  },
  {
    name: 'W12 BEGIN by the extended protocol',
    sent: [PBE('begin'), S, Q('rollback')],
    until: ['Z', 2],
    heard: '1 2 C:BEGIN Z:T C:ROLLBACK Z:I',
  },
  {
    name: 'W14 JDBC without autocommit: BEGIN, INSERT in one batch',
    sent: [
      ...[
        P('', 'begin'),
        B(),
        E('', 1),
        P('', 'insert into notes values (1, $1)'),
        B({ values: ['x'] }),
        DP(),
        E('', 1),
        S,
      ],
      Q('rollback'),
    ],
    until: ['Z', 2],
    heard: '1 2 C:BEGIN 1 2 n C:INSERT_0_1 Z:T C:ROLLBACK Z:I',
  },
  {
    name: 'W38 a PREPARE that fails, then EXECUTE',
    sent: [Q("prepare w38 as select 'x'::int"), Q('select 1')],
    until: ['Z', 2],
    heard: 'E:22P02 Z:I T D C:SELECT_1 Z:I',
  },
  {
    name: 'W38 an invalid SET, then a query',
    sent: [Q('set work_mem to nonsense'), Q('select 1')],
    until: ['Z', 2],
    heard: 'E:22023 Z:I T D C:SELECT_1 Z:I',
  },
  {
    name: 'W39 Close of names that are not there',
    sent: [CS('no such'), CP('no such'), S],
    heard: '3 3 Z:I',
  },
  {
    name: 'W39 Close after a Parse that failed',
    sent: [P('w39', 'selec'), CS('w39'), S, CS('w39'), S],
    until: ['Z', 2],
    heard: 'E:42601 Z:I 3 Z:I',
  },
]

describe('pipelines are answered as the server answers them', () => {
  for (const { name, sent, until, heard } of EXCHANGES) {
    test(name, () => both(once(sent, ...(until ?? ['Z', 1])), heard))
  }

  test('W3 a skipped Query is not recorded as executed', async () => {
    const client = await house.client()
    const before = house.stage.evidence.completed.length
    client.send(P('', "select 'x'::int"), Q('delete from items'), S)
    expect(await client.hears('Z')).toBe('E:22P02 Z:I')
    await client.close()
    expect(outcomes(house.stage).slice(before)).not.toContain('DELETE done')
    expect(
      await house.admin(`select count(*)::int as n from pg_stat_activity where query like 'delete%'`),
    ).toEqual([{ n: 0 }])
  })

  test('W6 a Sync that fails itself gives its error and then ReadyForQuery', () =>
    both(async (client) => {
      client.send(Q('drop table if exists w6; create table w6(id int unique deferrable initially deferred)'))
      await client.until('Z')
      client.send(P('', 'insert into w6 values (1), (1)'), B(), E(), S)
      return client.hears('Z')
    }, '1 2 C:INSERT_0_2 E:23505 Z:I'))

  test('W13 prepared statements in pipelines outside a transaction', () =>
    both(async (client) => {
      client.send(P('w13', 'select label from items where id = $1'), S)
      const first = await client.hears('Z')
      const many = Array.from({ length: 50 }, (_, index) => [
        B({ statement: 'w13', values: [String((index % 20) + 1)] }),
        E(),
      ])
      client.send(...many.flat(), S)
      const rest = await client.until('Z')
      return `${first} | ${rowsOf(rest).length} | ${rest.filter(({ type }) => type === 'C').length}`
    }, '1 Z:I | 50 | 50'))

  test('W15 a Bind of 65535 parameters over many segments', () =>
    both(async (client) => {
      const places = Array.from({ length: 65535 }, (_, index) => `$${index + 1}`).join()
      const text = `select * from unnest(array[${places}]::text[]) x`
      client.send(
        P('', text),
        B({ values: Array.from({ length: 65535 }, (_, index) => String(index)) }),
        E(),
        S,
      )
      const heard = await client.until('Z')
      return `${heard[0]?.type}${heard[1]?.type} ${rowsOf(heard).length} ${rowsOf(heard).at(-1)}`
    }, '12 65535 65534'))

  test('W40 ALTER TABLE between prepare and bind: the error is relayed and the old shape forgotten', () =>
    both(async (client) => {
      client.send(Q('drop table if exists w40; create table w40(a int); insert into w40 values (1)'))
      await client.until('Z')
      client.send(P('w40', 'select * from w40'), DS('w40'), S)
      const first = await client.hears('Z')
      client.send(Q('alter table w40 add b text'))
      await client.until('Z')
      client.send(B({ statement: 'w40' }), E(), S, DS('w40'), S)
      const then = await client.hears('Z', 2)
      client.send(CS('w40'), P('w40', 'select * from w40'), B({ statement: 'w40' }), DP(), E(), S)
      return `${first} | ${then} | ${await client.hears('Z')}`
    }, '1 t T Z:I | E:0A000 Z:I t E:0A000 Z:I | 3 1 2 T D C:SELECT_1 Z:I'))

  test('every decision has its outcome once the sessions are over', async () => {
    const client = await house.client()
    client.send(P('', 'select 1'), B(), H)
    await client.until('2')
    await client.close()
    await house.settled()
    expect(openDecisions(house.stage)).toEqual([])
    expect(house.stage.faults).toEqual([])
  })
})
