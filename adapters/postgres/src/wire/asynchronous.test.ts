/** postgres-wire §8, rows 45, 47 and 50: what comes unasked, and transactions that statements end themselves. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parameterStatus } from '../messages.js'
import { type Fixture, startFixture } from './fixture.js'
import type { RawClient } from './raw-client.js'
import { PBE, Q, S } from './requests.js'
import type { Message } from './transcript.js'

let house: Fixture
beforeAll(async () => {
  house = await startFixture({
    schema: `create procedure committing() language plpgsql as $$ begin insert into notes values (50, 'kept'); commit; end $$;`,
  })
})
afterAll(() => house.close())

async function both(play: (client: RawClient) => Promise<string>, expected: string): Promise<void> {
  const direct = await house.direct()
  expect(await play(direct)).toBe(expected)
  await direct.close()
  const client = await house.client()
  expect(await play(client)).toBe(expected)
  await client.close()
}
const asks = async (client: RawClient, ...messages: readonly Uint8Array[]) => {
  client.send(...messages)
  return client.hears('Z')
}

describe('unasked', () => {
  test('W45 NOTIFY of one’s own comes before ReadyForQuery', () =>
    both(async (client) => {
      const listening = await asks(client, Q('listen w45'))
      return `${listening} | ${await asks(client, Q("notify w45, 'payload'"))}`
    }, 'C:LISTEN Z:I | C:NOTIFY A Z:I'))

  test('W45 the process id in a NOTIFY of one’s own is the one that the client was given', async () => {
    const client = await house.client()
    await asks(client, Q('listen own'))
    client.send(Q("notify own, 'payload'"))
    const heard = (await client.until('Z')).find(({ type }) => type === 'A') as Message
    expect(heard.body.readInt32BE(0)).toBe(client.processId)
    expect(heard.body.subarray(4).toString()).toBe('own\0payload\0')
  })

  test('W45 in a transaction only after COMMIT; while another result streams, after it', () =>
    both(async (client) => {
      await asks(client, Q('listen later'))
      const first = await asks(client, Q('begin'))
      const second = await asks(client, Q("notify later, 'payload'"))
      const third = await asks(client, Q('select 1'))
      return `${first} ${second} ${third} ${await asks(client, Q('commit'))}`
    }, 'C:BEGIN Z:T C:NOTIFY Z:T T D C:SELECT_1 Z:T C:COMMIT A Z:I'))

  test('W45 from another session, while idle', async () => {
    const client = await house.client()
    await asks(client, Q('listen other'))
    await house.admin('select 1')
    const direct = await house.direct()
    await asks(direct, Q("notify other, 'payload'"))
    expect((await client.next()).type).toBe('A')
  })

  test('W45 a viewer with masks hears no payload', async () => {
    const client = await house.client('ann')
    await asks(client, Q('listen masked'))
    const direct = await house.direct()
    await asks(direct, Q("notify masked, 'payload'"))
    expect(await asks(client, Q('select 1'))).toBe('T D C:SELECT_1 Z:I')
    expect(await asks(client, Q("notify masked, 'payload'"))).toBe('C:NOTIFY Z:I')
  })

  test('W45 ParameterStatus when a SET is rolled back, and by set_config in SELECT', () =>
    both(async (client) => {
      const begun = await asks(client, Q('begin'))
      const set = await asks(client, Q("set intervalstyle to 'iso_8601'"))
      const back = await asks(client, Q('rollback'))
      return `${begun} ${set} ${back} | ${await asks(client, Q("select set_config('intervalstyle', 'iso_8601', false)"))}`
    }, 'C:BEGIN Z:T C:SET S:IntervalStyle Z:T C:ROLLBACK S:IntervalStyle Z:I | T D C:SELECT_1 S:IntervalStyle Z:I'))

  test('W47 a ParameterStatus of more than 30 kB is not relayed', async () => {
    const client = await house.client()
    const passage = house.between.session('adam')
    passage.say(parameterStatus('TimeZone', 'x'.repeat(40_000)))
    passage.say(parameterStatus('TimeZone', 'Europe/Paris'))
    const [first] = await client.until('S')
    expect(first?.body.toString()).toBe('TimeZone\0Europe/Paris\0')
    expect(await asks(client, Q('select 1'))).toBe('T D C:SELECT_1 Z:I')
  })

  test('W47 a search_path that is too long to be shown is still known', async () => {
    const path = Array.from({ length: 3000 }, (_, index) => `nowhere_${index}`).join(', ')
    const client = await house.client()
    const direct = await house.direct()
    expect(await asks(direct, Q(`set search_path to ${path}`))).toBe('C:SET S:search_path Z:I')
    expect(await asks(client, Q(`set search_path to ${path}`))).toBe('C:SET Z:I')
    expect(await asks(client, Q('select id from items'))).toMatch(/^E:(42P01|42501) Z:I$/)
    expect(await asks(client, Q('reset search_path'))).toMatch(/^C:RESET (S:search_path )?Z:I$/)
    expect(await asks(client, Q('select id from public.items limit 1'))).toBe('T D C:SELECT_1 Z:I')
  })

  for (const [name, value] of [
    ['client_encoding', 'LATIN1'],
    ['standard_conforming_strings', 'off'],
  ] as const) {
    test(`W46 a ParameterStatus that says ${name} is ${value} ends the session`, async () => {
      const client = await house.client()
      house.between.session('adam').say(parameterStatus(name, value))
      expect(await client.ends()).toMatch(/^E!:/)
    })
  }
})

describe('transactions that statements begin and end', () => {
  test('W50 VACUUM as second of a pipeline', () =>
    both(
      (client) => asks(client, PBE('select 1'), PBE('vacuum items'), S),
      '1 2 D C:SELECT_1 1 2 E:25001 Z:I',
    ))

  test('W50 VACUUM as first of a pipeline', () =>
    both((client) => asks(client, PBE('vacuum items'), S), '1 2 C:VACUUM Z:I'))

  test('W50 CALL of a procedure that commits', () =>
    both((client) => asks(client, Q('call committing()')), 'C:CALL Z:I'))

  test('W50 CALL of a procedure that commits, among others of one text', () =>
    both((client) => asks(client, Q('select 1; call committing()')), 'T D C:SELECT_1 E:2D000 Z:I'))

  test('W50 COMMIT inside a pipeline, with its notice', () =>
    both(
      (client) => asks(client, PBE("insert into notes values (50, 'x')"), PBE('commit'), PBE('select 1'), S),
      '1 2 C:INSERT_0_1 1 2 N C:COMMIT 1 2 D C:SELECT_1 Z:I',
    ))

  test('W50 BEGIN inside a pipeline after DML: ROLLBACK undoes both', () =>
    both(async (client) => {
      const first = await asks(client, PBE("insert into notes values (51, 'x')"), PBE('begin'), S)
      const second = await asks(client, Q('rollback'))
      client.send(Q('select 1 from notes where id = 51'))
      return `${first} ${second} ${await client.hears('Z')}`
    }, '1 2 C:INSERT_0_1 1 2 C:BEGIN Z:T C:ROLLBACK Z:I T C:SELECT_0 Z:I'))

  test('W50 COMMIT AND CHAIN of a failed block', () =>
    both(async (client) => {
      const heard = [await asks(client, Q('begin')), await asks(client, Q('select 1/0'))]
      heard.push(await asks(client, Q('commit and chain')), await asks(client, Q('rollback')))
      return heard.join(' ')
    }, 'C:BEGIN Z:T E:22012 Z:E C:ROLLBACK Z:T C:ROLLBACK Z:I'))

  test('W50 empty texts', () =>
    both(
      async (client) =>
        `${await asks(client, Q(''))} ${await asks(client, Q(';;'))} ${await asks(client, PBE(''), S)}`,
      'I Z:I I Z:I 1 2 I Z:I',
    ))
})
