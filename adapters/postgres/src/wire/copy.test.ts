/** postgres-wire §8, rows 30–34: COPY in both directions, its errors, and who may speak while it runs. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, openDecisions, outcomes, startFixture } from './fixture.js'
import type { RawClient } from './raw-client.js'
import { B, c, d, E, f, P, PBE, Q, S, X } from './requests.js'
import type { Message } from './transcript.js'

let house: Fixture
beforeAll(async () => {
  house = await startFixture({
    schema: `create table lines(id int, body text);
      create function fails(n int) returns int language plpgsql as
        $$ begin if n > 3 then raise exception 'row %', n; end if; return n; end $$;`,
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

const NEXT = Q('select 1')

describe('COPY in', () => {
  test('W30 a bad row mid-stream, the client goes on sending: one error, then the next query', () =>
    both(async (client) => {
      client.send(Q('copy lines from stdin'))
      const start = await client.hears('G')
      client.send(d('1\tone\nbad\trow\n'), ...Array.from({ length: 200 }, () => d('2\ttwo\n')), c)
      const end = await client.hears('Z')
      client.send(NEXT)
      return `${start} ${end} | ${await client.hears('Z')}`
    }, 'G E:22P02 Z:I | T D C:SELECT_1 Z:I'))

  test('W30 the client waits for the error before it goes on', () =>
    both(async (client) => {
      client.send(Q('copy lines from stdin'))
      await client.until('G')
      client.send(d('bad\trow\n'), c)
      const error = await client.hears('Z')
      client.send(d('3\tthree\n'), c, NEXT)
      return `${error} | ${await client.hears('Z')}`
    }, 'E:22P02 Z:I | T D C:SELECT_1 Z:I'))

  test('W31 extended COPY in: P B E S, then data, CopyDone, S', () =>
    both(async (client) => {
      client.send(P('', 'copy lines from stdin'), B(), E(), S)
      const start = await client.hears('G')
      client.send(d('1\tone\n'), c, S)
      const end = await client.hears('Z')
      client.send(NEXT)
      return `${start} ${end} | ${await client.hears('Z')}`
    }, '1 2 G C:COPY_1 Z:I | T D C:SELECT_1 Z:I'))

  test('W31 all of it in one write', () =>
    both(async (client) => {
      client.send(P('', 'copy lines from stdin'), B(), E(), d('1\tone\n'), d('2\ttwo\n'), c, S, NEXT)
      return client.hears('Z', 2)
    }, '1 2 G C:COPY_2 Z:I T D C:SELECT_1 Z:I'))

  test('W31 the Sync before the data is swallowed in one write too', () =>
    both(async (client) => {
      client.send(P('', 'copy lines from stdin'), B(), E(), S, d('1\tone\n'), c, S, NEXT)
      return client.hears('Z', 2)
    }, '1 2 G C:COPY_1 Z:I T D C:SELECT_1 Z:I'))

  test('W31 a COPY that fails before it begins: each Sync is answered', () =>
    both(async (client) => {
      client.send(
        P('', 'copy lines from stdin with (format csv, force_null (id, nope))'),
        B(),
        E(),
        S,
        S,
        NEXT,
      )
      return client.hears('Z', 3)
    }, '1 2 E:42703 Z:I Z:I T D C:SELECT_1 Z:I'))

  test('W31 an error in extended COPY: what follows is skipped up to a new Sync', () =>
    both(async (client) => {
      client.send(PBE('copy lines from stdin'), S)
      await client.until('G')
      client.send(d('bad\trow\n'), c)
      const error = await client.hears('E')
      client.send(PBE('select 1'), S, NEXT)
      return `${error} | ${await client.hears('Z', 2)}`
    }, 'E:22P02 | Z:I T D C:SELECT_1 Z:I'))

  test('W32 CopyInResponse and CopyOutResponse are relayed to the byte', async () => {
    const play = async (client: RawClient) => {
      const heard: string[] = []
      for (const form of ['text', 'csv', 'binary']) {
        client.send(Q(`copy lines from stdin with (format ${form})`))
        const start = (await client.until('G')).find(({ type }) => type === 'G') as Message
        heard.push(start.body.toString('hex'))
        client.send(f('no more'))
        heard.push(await client.hears('Z'))
        client.send(Q(`copy items to stdout with (format ${form})`))
        heard.push(...(await client.until('Z')).map(({ type, body }) => type + body.toString('hex')))
      }
      return heard
    }
    expect(await play(await house.client())).toEqual(await play(await house.direct()))
  })

  test('W33 COPY in, a query and COPY out in one text', () =>
    both(async (client) => {
      client.send(Q('delete from lines'))
      await client.until('Z')
      client.send(Q('copy lines from stdin; select 5; copy lines to stdout'))
      const start = await client.hears('G')
      client.send(d('1\to'), d('ne\n2\ttwo\n'), c)
      return `${start} ${await client.hears('Z')}`
    }, 'G C:COPY_2 T D C:SELECT_1 H d d c C:COPY_2 Z:I'))

  test('W33 two COPY in of one text, data in one write', () =>
    both(async (client) => {
      client.send(Q('copy lines from stdin; copy notes from stdin'), d('1\tone\n'), c)
      const first = await client.hears('G', 2)
      client.send(d('2\ttwo\n'), c)
      return `${first} | ${await client.hears('Z')}`
    }, 'G C:COPY_1 G | C:COPY_1 Z:I'))

  for (const [name, message] of [
    ['Query', NEXT],
    ['Parse', P('', 'select 1')],
    ['Execute', E()],
  ] as const) {
    test(`W33 a ${name} during COPY in ends the session, and upstream too`, async () => {
      const client = await house.client()
      client.send(Q('copy lines from stdin'))
      await client.until('G')
      client.send(d('1\tnever kept\n'), message)
      expect(await client.ends()).toBe('E!:08P01')
      await expect
        .poll(() =>
          house.admin(
            `select count(*)::int as n from pg_stat_activity where query like 'copy lines from%' and state <> 'idle'`,
          ),
        )
        .toEqual([{ n: 0 }])
      expect(await house.admin(`select 1 as one`)).toEqual([{ one: 1 }])
    })
  }

  test('W33 Terminate in the middle of COPY in: nothing is kept', async () => {
    const before = await countLines()
    const client = await house.client()
    client.send(Q('copy lines from stdin'))
    await client.until('G')
    client.send(d('99\tnever kept\n'), X)
    await client.ends()
    await house.settled()
    expect(await countLines()).toBe(before)
  })

  async function countLines() {
    const client = await house.direct()
    client.send(Q('select count(*) from lines'))
    const rows = await client.until('Z')
    await client.close()
    return rows[1]?.body.toString('latin1')
  }

  test('W33 CopyData outside a COPY is ignored, as the server ignores it', () =>
    both(async (client) => {
      client.send(d('stray\n'), c, f('stray'), NEXT, d('stray'), S)
      return client.hears('Z', 2)
    }, 'T D C:SELECT_1 Z:I Z:I'))
})

describe('COPY out', () => {
  test('W34 rows of more than a megabyte pass whole', async () => {
    const play = async (client: RawClient) => {
      client.send(Q(`copy (select i, repeat('x', 1200000) from generate_series(1, 5) i) to stdout`))
      const heard = await client.until('Z')
      return heard.map(({ type, body }) => `${type}${body.length}`).join(' ')
    }
    const expected = await play(await house.direct())
    expect(expected).toContain('d1200003')
    expect(await play(await house.client())).toBe(expected)
  })

  test('W34 an error mid-way: rows, then the error, no CopyDone', () =>
    both(async (client) => {
      client.send(Q('copy (select fails(i) from generate_series(1, 10) i) to stdout'), NEXT)
      return client.hears('Z', 2)
    }, 'H d d d E:P0001 Z:I T D C:SELECT_1 Z:I'))

  test('W34 a client that stops reading holds the database back, and gets all of it in the end', async () => {
    const client = await house.client()
    const size = 96 * 1000 * 1000
    client.socket.pause()
    const before = process.memoryUsage().rss
    client.send(
      Q(`copy (select repeat('x', 1000000) from generate_series(1, ${size / 1_000_000}) i) to stdout`),
    )
    const stuck = `select count(*)::int as n from pg_stat_activity where query like 'copy (select repeat%' and wait_event = 'ClientWrite'`
    await expect.poll(() => house.admin(stuck), { timeout: 90_000 }).toEqual([{ n: 1 }])
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024)
    let total = 0
    client.socket.removeAllListeners('data')
    client.socket.on('data', (chunk) => {
      total += chunk.length
    })
    client.socket.resume()
    await expect.poll(() => total, { timeout: 90_000 }).toBeGreaterThan(size)
    client.socket.destroy()
  })

  test('W34 the sessions are over and every decision has its outcome', async () => {
    await house.settled()
    expect(openDecisions(house.stage)).toEqual([])
    expect(outcomes(house.stage)).toContain('COPY FROM failed')
    expect(house.stage.faults).toEqual([])
  })
})
