/** postgres-wire §8, row 16: how bytes are cut into deliveries changes nothing that anybody hears. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBetween } from './between.js'
import { type Fixture, startFixture } from './fixture.js'
import { dial, type RawClient, signIn } from './raw-client.js'
import { B, CS, c, DP, DS, d, E, H, P, PBE, Q, S } from './requests.js'
import type { Message } from './transcript.js'

let house: Fixture
beforeAll(async () => {
  house = await startFixture()
})
afterAll(() => house.close())

/** A whole session: simple, extended, errors, COPY both ways, notices; all that was heard, to the byte. */
async function session(client: RawClient): Promise<readonly string[]> {
  const heard: Message[] = []
  const take = async (type: string, count = 1) => {
    heard.push(...(await client.until(type, count)))
  }
  client.send(Q('select id, label from items order by id; select 1/0'))
  await take('Z')
  client.send(P('one', 'select id, email, city from customers where id < $1 order by id', [23]), DS('one'), H)
  await take('T')
  client.send(B({ statement: 'one', values: ['4'], formats: [1, 0, 0] }), DP(), E('', 2), E(), CS('one'), S)
  await take('Z')
  client.send(PBE("select 'x'::int"), S, Q('begin'), Q('copy notes from stdin'))
  await take('G')
  client.send(d('1\tone\n2\t'), d('two\n'), c, Q('copy notes to stdout'), Q('rollback'))
  await take('Z', 3)
  client.send(Q(`set intervalstyle to 'iso_8601'; select '1 day'::interval; reset intervalstyle`), Q(''))
  await take('Z', 2)
  return heard.map(({ type, body }) => type + body.toString('latin1'))
}

describe('a whole session', () => {
  for (const user of ['adam', 'ann']) {
    test(`W16 one byte at a time in both directions, ${user}`, async () => {
      const expected = await session(await house.client(user))
      const near = await startBetween(() => house.stage.port)
      near.portion = 1
      house.between.portion = 1
      try {
        const client = await signIn({ port: near.port, user, password: `secret of ${user}` })
        expect(await session(client)).toEqual(expected)
        await client.close()
      } finally {
        house.between.portion = 0
        await near.close()
      }
    })

    test(`W16 deliveries of 2, 3, 7 and 1000 bytes, ${user}`, async () => {
      const expected = await session(await house.client(user))
      for (const portion of [2, 3, 7, 1000]) {
        const near = await startBetween(() => house.stage.port)
        near.portion = portion
        house.between.portion = portion
        try {
          const client = await signIn({ port: near.port, user, password: `secret of ${user}` })
          expect(await session(client)).toEqual(expected)
          await client.close()
        } finally {
          house.between.portion = 0
          await near.close()
        }
      }
    })
  }

  test('W16 a start-up packet of more than 4 KB, split across segments', async () => {
    const options = Array.from({ length: 300 }, (_, index) => `-c work_mem=${index + 64}kB`).join(' ')
    const socket = await dial(house.stage.port)
    const write = socket.write.bind(socket)
    let first = true
    socket.write = ((bytes: Uint8Array) => {
      if (!first) return write(bytes)
      first = false
      for (let at = 0; at < bytes.length; at += 700)
        setTimeout(() => write(bytes.subarray(at, at + 700)), at / 100)
      return true
    }) as typeof socket.write
    const client = await signIn({
      port: 0,
      socket,
      user: 'adam',
      password: 'secret of adam',
      parameters: [['options', options]],
    })
    client.send(Q('show work_mem'))
    expect((await client.until('Z'))[1]?.body.toString('latin1')).toContain('363kB')
    await client.close()
  })
})
