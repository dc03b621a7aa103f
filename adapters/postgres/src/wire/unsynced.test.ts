/**
 * A Query behind Executes without a Sync: from version 17 on the server leaves their transaction open (ReadyForQuery says T),
 * and some sequences end in an XX000 of its own. The gateway answers as the server does: a Sync of its own would commit what
 * the client has not committed.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, openDecisions, outcomes, startFixture } from './fixture.js'
import type { RawClient } from './raw-client.js'
import { B, H, P, PBE, Q, S } from './requests.js'
import { rowsOf } from './transcript.js'

let house: Fixture
beforeAll(async () => {
  house = await startFixture()
})
afterAll(() => house.close())

const SEQUENCES: readonly (readonly [string, readonly Uint8Array[], number])[] = [
  ['one Execute, then a Query', [PBE('select 7'), Q('select 1')], 1],
  ['a Parse and a Bind that never run', [P('', 'select 7'), B(), Q('select 1')], 1],
  ['flushed', [PBE('select 7'), H, Q('select 1')], 1],
  ['two Queries', [PBE('select 7'), Q('select 1'), Q('select 2')], 2],
  ['an empty Query, and another', [PBE('select 7'), Q(''), Q('select 3')], 2],
  [
    'after several statements in one text',
    [Q('select 1; select 2'), PBE('select 3'), Q(''), Q('select 4')],
    3,
  ],
  ['several statements in the Query', [PBE('select 7'), Q('select 1; select 2'), Q('select 3')], 2],
  ['COMMIT in the Query', [PBE('select 7'), Q('commit'), Q('select 3')], 2],
  ['ROLLBACK in the Query', [PBE('select 7'), Q('rollback'), Q('select 3')], 2],
  ['a savepoint in the Query', [PBE('select 7'), Q('savepoint s'), Q('rollback to s'), Q('select 3')], 3],
  ['a bad Query', [PBE('select 7'), Q('selec'), Q('select 3')], 2],
  ['an error before the Query', [PBE('select 1/0'), Q('select 1'), S, Q('select 2')], 2],
  ['an Execute behind it', [PBE('select 7'), Q('select 1'), PBE('select 8'), S], 2],
]

const heard = async (client: RawClient, sent: readonly Uint8Array[], count: number) => {
  client.send(...sent)
  const answers = await client.hears('Z', count)
  client.send(S)
  const synced = await client.hears('Z')
  client.send(Q('select 9'))
  return [answers, synced, await client.hears('Z')]
}

describe('a Query behind what was not synced is answered as the server answers it', () => {
  test.each(SEQUENCES)('W5 %s', async (_, sent, count) => {
    const direct = await house.direct()
    const expected = await heard(direct, sent, count)
    await direct.close()
    const client = await house.client()
    expect(await heard(client, sent, count)).toEqual(expected)
    await client.close()
  })

  test('W5 who leaves with it open has committed nothing, and a refused Query ends it, through the gateway as without it', async () => {
    const count = async () => {
      const client = await house.direct()
      client.send(Q('select count(*) from notes where id = 5'))
      const [row] = rowsOf(await client.until('Z'))
      await client.close()
      return row
    }
    const leaves = await house.client()
    leaves.send(PBE('insert into notes values (5)'), Q('select 1'))
    expect(await leaves.hears('Z')).toBe('1 2 C:INSERT_0_1 T D C:SELECT_1 Z:T')
    leaves.socket.destroy()
    const refused = await house.client('gil')
    refused.send(PBE('insert into notes values (5)'), Q('select * from vault'), Q('select 1'))
    expect(await refused.hears('Z', 2)).toBe('1 2 C:INSERT_0_1 E:42501 Z:I T D C:SELECT_1 Z:I')
    await refused.close()
    expect(await count()).toEqual(['0'])
  })

  test('W5 every decision has its outcome', async () => {
    await house.settled()
    expect(openDecisions(house.stage)).toEqual([])
    expect(outcomes(house.stage)).toContain('SELECT done')
  })
})
