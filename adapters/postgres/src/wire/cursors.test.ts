/** postgres-wire §8, rows 36, 37 and 52: whatever way a masked column takes to the client, it arrives masked or not at all. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, openDecisions, startFixture } from './fixture.js'
import type { RawClient } from './raw-client.js'
import { B, CS, DP, DS, E, H, P, PBE, Q, S } from './requests.js'
import { describeMessages, type Message, rowsOf } from './transcript.js'

let house: Fixture
beforeAll(async () => {
  house = await startFixture({
    schema: `
      create view contacts as select id, email as contact from customers;
      create function open_customers() returns refcursor language plpgsql as
        $$ declare c refcursor := 'opened'; begin open c for select id, email from customers; return c; end $$;
      create function emails() returns setof text language sql as $$ select email from customers $$;`,
  })
})
afterAll(() => house.close())

/** What of a mail address of the table may never be heard: `userN`, as it is, reversed, in hex, as a digest. */
const digests = [1, 2, 3, 4, 5].map((n) => createHash('md5').update(`user${n}@example.com`).digest('hex'))
const SECRET = new RegExp(`user[1-5]|[1-5]resu|757365723[1-5]|${digests.join('|')}`, 'i')

function assertMasked(heard: readonly Message[]): void {
  const all = heard.map(({ body }) => body.toString('latin1')).join(' ')
  expect(all).not.toMatch(SECRET)
  expect(Buffer.from(all.replace(/[^0-9a-f]/g, ''), 'hex').toString('latin1')).not.toMatch(SECRET)
}

/** Sends, hears all up to the `count`th ReadyForQuery, and nothing of it may show what is masked. */
async function hear(client: RawClient, sent: readonly Uint8Array[], count = 1): Promise<readonly Message[]> {
  client.send(...sent)
  const heard = await client.until('Z', count)
  assertMasked(heard)
  return heard
}

const MASKED_ROW = [['1', expect.not.stringContaining('user1')]]

describe('cursors and portals', () => {
  test('W36 DECLARE by SQL, Describe and Execute by the protocol: masked as SELECT is', async () => {
    const client = await house.client('ann')
    const plain = rowsOf(await hear(client, [Q('select id, email from customers order by id limit 1')]))
    expect(plain).toEqual(MASKED_ROW)
    await hear(client, [Q('begin'), Q('declare c cursor for select id, email from customers order by id')], 2)
    const heard = await hear(client, [DP('c'), E('c', 1), S])
    expect(describeMessages(heard)).toBe('T D s Z:T')
    expect(rowsOf(heard)).toEqual(plain)
    const undescribed = await hear(client, [E('c', 2), S])
    expect(describeMessages(undescribed)).toBe('D D s Z:T')
    const fetched = await hear(client, [Q('fetch 1 from c')])
    expect(rowsOf(fetched)).toHaveLength(1)
    await client.close()
  })

  test('W36 a portal of the protocol fetched by SQL', async () => {
    const client = await house.client('ann')
    await hear(client, [Q('begin')])
    await hear(client, [P('', 'select id, email from customers order by id'), B({ portal: 'p' }), S])
    expect(rowsOf(await hear(client, [Q('fetch 1 from p')]))).toEqual(MASKED_ROW)
    await client.close()
  })

  test('W36 a refcursor that a function opened is refused, or masked', async () => {
    const client = await house.client('ann')
    await hear(client, [Q('begin')])
    const opened = await hear(client, [Q('select open_customers()')])
    const next = describeMessages(opened).includes('E:') ? [Q('rollback')] : [Q('fetch all in "opened"')]
    const heard = await hear(client, next)
    expect(describeMessages(heard)).toMatch(/^(E:42501 Z:E|C:ROLLBACK Z:I|T D)/)
    await client.close()
  })

  test('W36 a BINARY cursor through Query, and a FETCH that Bind makes binary', async () => {
    const client = await house.client('ann')
    await hear(
      client,
      [Q('begin'), Q('declare b binary cursor for select id, email from customers order by id')],
      2,
    )
    const binary = await hear(client, [Q('fetch 1 from b')])
    expect(describeMessages(binary)).toBe('T D C:FETCH_1 Z:T')
    expect(rowsOf(binary)[0]?.[0]).toBe('\0\0\0\u0001')
    for (const formats of [[0], [1], [1, 0], [0, 1]]) {
      const bound = await hear(client, [P('', 'fetch 1 from b'), B({ formats }), DP(), E(), S])
      expect(describeMessages(bound)).toBe('1 2 T D C:FETCH_1 Z:T')
      const unseen = await hear(
        client,
        [Q('move backward 1 in b'), P('', 'fetch 1 from b'), B({ formats }), E(), S],
        2,
      )
      expect(describeMessages(unseen)).toBe('C:MOVE_1 Z:T 1 2 D C:FETCH_1 Z:T')
      await hear(client, [Q('move backward 1 in b')])
    }
    await client.close()
  })

  test('W36 WITH HOLD outlives COMMIT and stays masked', async () => {
    const client = await house.client('ann')
    await hear(client, [Q('declare h cursor with hold for select id, email from customers order by id')])
    expect(rowsOf(await hear(client, [Q('fetch 1 from h')]))).toEqual(MASKED_ROW)
    await hear(client, [Q('close h')])
    expect(describeMessages(await hear(client, [Q('fetch 1 from h')]))).toMatch(/^E:(34000|42501) Z:I$/)
    await client.close()
  })

  test('W36 a name that meant something else before', async () => {
    const client = await house.client('ann')
    await hear(client, [Q('begin'), Q('declare c cursor for select id, city from customers')], 2)
    await hear(client, [Q('close c; declare c cursor for select id, email from customers order by id')])
    const heard = await hear(client, [Q('fetch 1 from c')])
    if (!describeMessages(heard).startsWith('E')) expect(rowsOf(heard)).toEqual(MASKED_ROW)
    await client.close()
  })
})

describe('prepared statements of both kinds', () => {
  test('W37 PREPARE by SQL, Bind by the protocol', async () => {
    const client = await house.client('ann')
    await hear(client, [Q('prepare s(int) as select id, email from customers where id = $1')])
    const heard = await hear(client, [B({ statement: 's', values: ['1'] }), E(), S])
    expect(describeMessages(heard)).toBe('2 D C:SELECT_1 Z:I')
    expect(rowsOf(heard)).toEqual(MASKED_ROW)
    await client.close()
  })

  test('W37 Parse by the protocol, EXECUTE by SQL', async () => {
    const client = await house.client('ann')
    const heard = await hear(
      client,
      [P('s', 'select id, email from customers where id = $1', [23]), S, Q('execute s(1)')],
      2,
    )
    expect(describeMessages(heard)).toBe('1 Z:I T D C:SELECT_1 Z:I')
    expect(rowsOf(heard)).toEqual(MASKED_ROW)
    await client.close()
  })

  test('W37 DEALLOCATE, DISCARD and Close forget; a second meaning is the one that counts', async () => {
    const client = await house.client('ann')
    const forget = [Q('deallocate s'), Q('deallocate all'), Q('discard plans; deallocate all'), CS('s')]
    for (const message of forget) {
      await hear(client, [Q('prepare s as select id, city from customers')])
      await hear(client, [message, ...(message === forget[3] ? [S] : [])])
      await hear(client, [Q('prepare s as select id, email from customers order by id limit 1')])
      expect(rowsOf(await hear(client, [Q('execute s')]))).toEqual(MASKED_ROW)
      await hear(client, [Q('deallocate s')])
    }
    await client.close()
  })

  test('W37 a redefinition that fails in flight: the old meaning is what runs', async () => {
    const client = await house.client('ann')
    await hear(client, [P('s', 'select id, email from customers order by id limit 1'), S])
    const heard = await hear(
      client,
      [P('s', 'select id, city from customers limit 1'), S, B({ statement: 's' }), E(), S],
      2,
    )
    expect(describeMessages(heard)).toBe('E:42P05 Z:I 2 D C:SELECT_1 Z:I')
    expect(rowsOf(heard)).toEqual(MASKED_ROW)
    await client.close()
  })

  const CHANGED: readonly (readonly [string, readonly string[], string, readonly string[]])[] = [
    [
      'EXECUTE',
      ['prepare p as select city from customers'],
      'execute p',
      ['deallocate p', 'prepare p as select email from customers'],
    ],
    [
      'FETCH',
      ['begin', 'declare k cursor for select city from customers'],
      'fetch 2 from k',
      ['close k', 'declare k cursor for select email from customers'],
    ],
  ]
  for (const [what, before, bound, between] of CHANGED) {
    for (const split of [false, true]) {
      test(`W37 a bound ${what} whose name means something else by the time it runs${split ? ', synced' : ''}`, async () => {
        const client = await house.client('ann')
        await hear(client, [Q('begin')])
        for (const text of before) await hear(client, [PBE(text), S])
        const binding = [P('', bound), B({ portal: 'a' }), DP('a')]
        const running = [...between.map((text) => PBE(text)), E('a'), S]
        if (split) {
          await hear(client, [...binding, S])
          await hear(client, running)
        } else await hear(client, [...binding, ...running])
        await client.close()
      })
    }
  }

  test('W37 an EXECUTE behind a redefinition that is still in flight and fails: the old meaning is masked', async () => {
    const client = await house.client('ann')
    await hear(client, [P('p', 'select upper(email) from customers'), S])
    const heard = await hear(client, [P('p', 'select upper(city) from customers'), S, Q('execute p')], 2)
    expect(describeMessages(heard)).toMatch(/^E:42P05 Z:I (T D D D D D C:SELECT_5|E:42501) Z:I$/)
    await hear(client, [P('p', 'select upper(city) from customers'), S, PBE('execute p'), S], 2)
    await client.close()
  })

  test('W37 a PREPARE that a failing text rolls back', async () => {
    const client = await house.client('ann')
    const heard = await hear(
      client,
      [Q('prepare t as select id, city from customers; select 1/0'), Q('execute t')],
      2,
    )
    expect(describeMessages(heard)).toMatch(/E:22012 Z:I (T D|E:26000|E:42501)/)
    await client.close()
  })
})

const WAYS: readonly string[] = [
  'select id, email from customers union all select 0, null',
  'select id, email from customers union select 0, null',
  "select case when id > 0 then email else 'x' end from customers",
  'select email::varchar(100), cast(email as name) from customers',
  'select row(id, email) from customers',
  'select customers from customers',
  'select c.*::text from customers c',
  'select row_to_json(c) from customers c',
  'select json_agg(email), array_agg(email), string_agg(email, $$,$$) from customers',
  'select jsonb_build_object($$a$$, email) from customers',
  "update customers set city = 'Berlin' where id = 1 returning email",
  "insert into customers select 100 + id, email, 'x' from customers where id = 1 returning *",
  'delete from customers where id > 100 returning email',
  'merge into customers c using (select 1 as id) s on c.id = s.id when matched then update set city = $$Berlin$$ returning c.email',
  'select contact from contacts',
  'with e as (select email from customers) select * from e',
  'with recursive e as (select id, email from customers union all select id + 1, email from e where id < 0) select * from e',
  'select x.email from items i, lateral (select email from customers c where c.id = i.id) x',
  'select first_value(email) over (order by id), lag(email) over (order by id) from customers',
  'select max(email), min(email) from customers',
  'select (select email from customers limit 1)',
  'select array(select email from customers)',
  'values ((select email from customers limit 1))',
  'table customers',
  'select emails()',
  'select * from emails()',
  'select coalesce(email, city), email || city, upper(email), substr(email, 1, 5) from customers',
  'select encode(convert_to(email, $$UTF8$$), $$hex$$) from customers',
  'select reverse(email), translate(email, $$u$$, $$U$$), md5(email) from customers',
  'select unnest(array[email]) from customers',
  'select distinct on (email) email from customers',
  'select email from customers group by email',
  'select query_to_xml($$select email from customers$$, true, false, $$$$)',
  'select table_to_xml($$customers$$, true, false, $$$$)',
  'select most_common_vals::text, histogram_bounds::text from pg_stats where tablename = $$customers$$',
  'explain (analyze, verbose) select email from customers where email = $$x$$',
]

const FORMS: readonly (readonly [string, (text: string) => readonly Uint8Array[]])[] = [
  ['simple', (text) => [Q(text)]],
  ['extended text', (text) => [P('', text), DS(), B(), DP(), E(), S]],
  ['extended binary, never described', (text) => [P('', text), B({ formats: [1] }), E(), S]],
  ['extended, row by row', (text) => [P('', text), B(), E('', 1), H, E('', 1), E(), S]],
]

describe('a masked column by every way', () => {
  for (const text of WAYS) {
    test(`W52 ${text}`, async () => {
      const client = await house.client('ann')
      for (const [, form] of FORMS) await hear(client, form(text))
      await hear(
        client,
        [Q('begin'), Q(`declare w cursor for ${text}`), Q('fetch 2 from w'), Q('rollback')],
        4,
      )
      await hear(
        client,
        [Q('begin'), PBE(`prepare w as ${text}`), S, Q('execute w'), Q('rollback'), Q('deallocate all')],
        5,
      )
      await client.close()
    })
  }

  for (const copy of [
    'copy customers to stdout',
    'copy customers (email) to stdout with (format csv, header)',
    'copy customers to stdout with (format binary)',
    'copy (select email, id from customers) to stdout with (delimiter $$|$$, null $$-$$)',
    'copy (select c from customers c) to stdout',
    'copy (update customers set city = $$Berlin$$ returning email) to stdout',
    'copy contacts to stdout',
  ]) {
    test(`W52 ${copy}`, async () => {
      const client = await house.client('ann')
      await hear(client, [Q(copy.replaceAll('$$', "'"))])
      await hear(client, [PBE(copy.replaceAll('$$', "'")), S])
      await client.close()
    })
  }

  test('W52 the same ways show the values to whom no mask binds: the test sees them', async () => {
    const client = await house.client('adam')
    client.send(Q('select id, email from customers union all select 0, null'))
    expect((await client.until('Z')).map(({ body }) => body.toString('latin1')).join()).toMatch(SECRET)
  })

  test('W52 every decision has its outcome', async () => {
    await house.settled()
    expect(openDecisions(house.stage)).toEqual([])
    expect(house.stage.faults).toEqual([])
  })
})
