/** postgres-wire §8, rows 48, 49 and 51: lengths that lie, sizes at their limits, and results larger than memory. */
import { concatBytes } from '@gatehouse/adapter-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cstring, int16, int32, message } from '../messages.js'
import { type Fixture, openDecisions, startFixture } from './fixture.js'
import type { RawClient } from './raw-client.js'
import { B, DP, DS, E, header, P, PBE, Q, S } from './requests.js'
import { code, describeMessages, rowsOf } from './transcript.js'

let house: Fixture
beforeAll(async () => {
  house = await startFixture()
})
afterAll(() => house.close())

/** What reached the database of this text. */
const reached = (text: string) => house.between.session('gil').heard().includes(text)

describe('lengths that lie', () => {
  const TYPES = ['Q', 'P', 'B', 'D', 'E', 'C', 'H', 'S', 'd', 'c', 'f', 'F', 'X', 'p', '?', '\0']
  for (const length of [0x7fffffff, 0x80000000 | 0, 0xffffffff | 0, 3, 0, -4]) {
    test(`W48 a declared length of ${length}, by every type of message: closed`, async () => {
      for (const type of TYPES) {
        const client = await house.client('gil')
        client.send(concatBytes([header(type, length), Buffer.from('select 48 from items')]))
        expect(`${type} ${await client.ends()}`).toMatch(/^. E!:08P01$/s)
        expect(reached('select 48')).toBe(false)
      }
    })
  }

  const VAULT = Q('select id from vault where 48 = 48')
  const bound = (values: readonly Uint8Array[], count = values.length) =>
    message(code('B'), cstring(''), cstring(''), int16(0), int16(count), ...values, int16(0))
  const SMUGGLED: readonly (readonly [string, readonly Uint8Array[]])[] = [
    [
      'a value whose length is beyond the message',
      [P('', 'select $1'), bound([concatBytes([int32(1000), VAULT])]), VAULT, S],
    ],
    [
      'a value whose length is 4 GiB less four',
      [P('', 'select $1'), bound([concatBytes([int32(-4), VAULT])]), S],
    ],
    [
      'a value of 2147483647 bytes',
      [P('', 'select $1'), bound([concatBytes([int32(0x7fffffff), VAULT])]), S],
    ],
    [
      'more values than there are',
      [P('', 'select $1'), bound([concatBytes([int32(1), Buffer.from('x')])], 2), S],
    ],
    [
      'fewer values than there are',
      [P('', 'select $1'), bound([concatBytes([int32(VAULT.length), VAULT])], 0), S],
    ],
    [
      'a count of formats beyond the message',
      [P('', 'select 1'), message(code('B'), cstring(''), cstring(''), int16(-1), int16(0), int16(0)), S],
    ],
    [
      'a format that there is not',
      [
        P('', 'select 1'),
        message(code('B'), cstring(''), cstring(''), int16(0), int16(0), int16(1), int16(2)),
        S,
      ],
    ],
    ['a Parse with a tail', [message(code('P'), cstring(''), cstring('select 1'), int16(0), VAULT), S]],
    [
      'a Parse whose types are beyond the message',
      [message(code('P'), cstring(''), cstring('select 1'), int16(9)), S],
    ],
    ['a Parse without its zero byte', [message(code('P'), cstring(''), Buffer.from('select 1')), S]],
    ['a Sync with a body', [message(code('S'), VAULT)]],
    ['a Flush with a body', [message(code('H'), VAULT)]],
    ['an Execute with a tail', [message(code('E'), cstring(''), int32(0), VAULT)]],
    ['a Describe of what there is not', [message(code('D'), Buffer.from('X'), cstring(''))]],
    ['a Close with a tail', [message(code('C'), Buffer.from('S'), cstring(''), VAULT)]],
    [
      'a Describe of more than 10000 bytes',
      [message(code('D'), Buffer.from('S'), cstring('x'.repeat(10_000)))],
    ],
    ['a password in mid-session', [message(code('p'), cstring('secret'))]],
  ]
  for (const [name, sent] of SMUGGLED) {
    test(`W48 ${name}: closed, and nothing that was hidden in it ran`, async () => {
      const client = await house.client('gil')
      client.send(...sent)
      expect(await client.ends()).toMatch(/^(1 )?E!:08P01$/)
      expect(reached('48 = 48')).toBe(false)
    })
  }

  test('W48 a Query inside a parameter, a name or a literal is data; one behind it is judged', async () => {
    const client = await house.client('gil')
    client.send(P('', 'select length($1)'), B({ values: [VAULT] }), E(), S)
    expect(await client.hears('Z')).toBe('1 E:22021 Z:I')
    client.send(PBE('select 1'), VAULT, S)
    expect(await client.hears('Z', 2)).toMatch(/^1 2 D C:SELECT_1 E:42501 Z:\w Z:I$/)
    await client.close()
  })

  for (const [name, body, native] of [
    ['without its zero byte', Buffer.from('select 1'), '08P01'],
    ['with a zero byte inside', Buffer.from('select 1\0; drop table items\0'), '08P01'],
    ['that is empty, without even a zero byte', new Uint8Array(), '08P01'],
    ['that is not UTF-8', Buffer.from([0x73, 0x65, 0xff, 0xc0, 0]), '22021'],
    ['with an overlong zero byte', Buffer.from([0x27, 0xc0, 0x80, 0x27, 0]), '22021'],
    ['with half a surrogate pair', Buffer.from([0x27, 0xed, 0xa0, 0x80, 0x27, 0]), '22021'],
  ] as const) {
    test(`W48 a Query ${name}: an error in its place, and the session goes on`, async () => {
      const client = await house.client('gil')
      client.send(message(code('Q'), body), Q('select 1'))
      expect(await client.hears('Z', 2)).toBe(`E:${native} Z:I T D C:SELECT_1 Z:I`)
      await client.close()
    })
  }
})

async function both(play: (client: RawClient) => Promise<string>, user = 'adam'): Promise<string> {
  const expected = await play(await house.direct())
  expect(await play(await house.client(user))).toBe(expected)
  return expected
}

describe('sizes at their limits', () => {
  test('W49 65535 parameters in one Bind, and 65536', async () => {
    const text = `select cardinality(array[${Array.from({ length: 65535 }, (_, index) => `$${index + 1}`).join()}]::text[])`
    const client = await house.client()
    client.send(P('', text), B({ values: new Array(65535).fill('x') }), E(), S)
    expect(rowsOf(await client.until('Z'))).toEqual([['65535']])
    client.send(P('', text.replace('$1,', '$65536,')), S)
    expect(await client.hears('Z')).toMatch(/^E:\w+ Z:I$/)
  })

  for (const user of ['adam', 'ann']) {
    test(`W49 1664 columns, and 1665 (${user})`, async () => {
      const list = (count: number) => Array.from({ length: count }, (_, index) => index).join()
      const heard = await both(async (client) => {
        client.send(
          Q(`select ${list(1664)}`),
          Q(`select ${list(1665)}`),
          P('', `select ${list(1664)}`),
          B({ formats: [1] }),
          DP(),
          E(),
          S,
        )
        return (await client.until('Z', 3))
          .map(({ type, body }) => `${type}${type === 'E' ? '' : body.length}`)
          .join(' ')
      }, user)
      expect(heard).toMatch(/^T\d+ D\d+ C\d+ Z1 E Z1 1/)
    })

    test(`W49 no columns at all (${user})`, async () => {
      const heard = await both(async (client) => {
        client.send(
          Q('select from items where id < 3'),
          P('', 'select from items where id < 3'),
          DS(),
          B(),
          DP(),
          E(),
          S,
        )
        return (await client.until('Z', 2)).map(({ type, body }) => `${type}${body.length}`).join(' ')
      }, user)
      expect(heard).toBe('T2 D2 D2 C9 Z1 10 t2 T2 20 T2 D2 D2 C9 Z1')
    })
  }

  test('W49 a value of 30 MB as parameter and as result, over the message ceiling and under it', async () => {
    const client = await house.client()
    const value = 'x'.repeat(8 << 20)
    client.send(P('', 'select $1::text'), B({ values: [value] }), E(), S)
    const heard = await client.until('Z')
    expect(describeMessages(heard)).toBe('1 2 D C:SELECT_1 Z:I')
    expect(rowsOf(heard)[0]?.[0]).toBe(value)
    client.send(Q(`select repeat('y', 30000000)`))
    expect(rowsOf(await client.until('Z'))[0]?.[0]?.length).toBe(30_000_000)
    client.send(P('', 'select length($1)'), B({ values: ['x'.repeat(30 << 20)] }), E(), S)
    expect(await client.ends()).toMatch(/E!:08P01$/)
  })
})

describe('results larger than memory', () => {
  for (const user of ['adam', 'ann']) {
    test(`W51 300 MB to a slow reader: memory stays flat (${user})`, async () => {
      const client = await house.client(user)
      const size = user === 'adam' ? 300_000_000 : 60_000_000
      let total = 0
      let highest = 0
      client.socket.removeAllListeners('data')
      client.socket.on('data', (chunk: Buffer) => {
        total += chunk.length
        client.socket.pause()
        setImmediate(() => client.socket.resume())
      })
      const before = process.memoryUsage()
      const watch = setInterval(() => {
        const now = process.memoryUsage()
        highest = Math.max(highest, now.arrayBuffers + now.heapUsed - before.arrayBuffers - before.heapUsed)
      }, 10)
      client.send(Q(`select i, repeat('x', 10000) from generate_series(1, ${size / 10_000}) i`))
      await expect.poll(() => total, { timeout: 90_000, interval: 20 }).toBeGreaterThan(size)
      clearInterval(watch)
      expect(highest).toBeLessThan(100_000_000)
      client.socket.destroy()
    })
  }

  test('W51 every decision has its outcome', async () => {
    await house.settled()
    expect(openDecisions(house.stage)).toEqual([])
    expect(house.stage.faults).toEqual([])
  })
})
