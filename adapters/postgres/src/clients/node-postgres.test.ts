/** node-postgres through the gateway: as directly where nobody is masked, masked where somebody is. */
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { text as textOf } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findTraces } from '../bypass/traces.js'
import { createTown, type Town, type Way } from './town.js'
import { Cursor, copyFrom, copyTo } from './untyped.js'

let town: Town
const opened: pg.Client[] = []

beforeAll(async () => {
  town = await createTown()
})

afterAll(async () => {
  for (const client of opened) await client.end()
  await town.close()
  expect(town.stages.flatMap(({ faults }) => faults)).toEqual([])
})

async function connect(way: Way): Promise<pg.Client> {
  const client = new pg.Client({ ...town.address(way), application_name: 'test' })
  client.on('error', () => {})
  await client.connect()
  opened.push(client)
  return client
}

type Act = (client: pg.Client) => Promise<unknown>

/** What a caller notices of a result. */
const shown = ({ command, rowCount, rows, fields }: pg.QueryResult) => ({
  command,
  rowCount,
  rows,
  fields: fields.map(({ name, dataTypeID, format }) => ({ name, dataTypeID, format })),
})
const failure = (fault: pg.DatabaseError) => ({
  code: fault.code,
  message: fault.message,
  position: fault.position,
  severity: fault.severity,
})

const ACTS: Readonly<Record<string, Act>> = {
  'a simple query': async (client) => shown(await client.query('select * from customers order by id')),
  'several statements in one query': async (client) => {
    const results = (await client.query('select 1 as a; select city from customers; select')) as unknown
    return (results as pg.QueryResult[]).map(shown)
  },
  'an empty query': async (client) => shown(await client.query('')),
  'parameters of many types': async (client) =>
    shown(
      await client.query(
        'select $1::int as i, $2::text as t, $3::jsonb as j, $4::int[] as l, $5::timestamptz as d, $6::bytea as b, $7::bool as f, $8::numeric as n',
        [7, 'x', { a: [1] }, [1, 2], new Date(0), Buffer.from('ff00', 'hex'), true, '1.50'],
      ),
    ),
  'a parameter in a condition': async (client) =>
    shown(await client.query('select id, city from customers where id = $1 or city = $2', [1, 'Lyon'])),
  'a named statement, twice': async (client) => {
    const query = { name: 'by-id', text: 'select total from orders where id = $1' }
    const first = await client.query({ ...query, values: [1] })
    const second = await client.query({ ...query, values: [2] })
    return [shown(first), shown(second)]
  },
  'rows as arrays': async (client) =>
    (await client.query({ text: 'select id, city from customers order by id', rowMode: 'array' })).rows,
  'binary results': async (client) => {
    const query = {
      text: 'select id, total, placed from orders order by id limit 3',
      values: [],
      binary: true,
    }
    return shown(await client.query(query))
  },
  'an error, and life after it': async (client) => {
    const errors = []
    for (const text of [
      'select nosuch',
      'selec',
      "select 'x'::int",
      'select 1 / 0',
      'insert into customers (id) values (1)',
    ])
      errors.push(await client.query(text).catch(failure))
    errors.push(await client.query('select $1::int', ['x']).catch(failure))
    return [errors, shown(await client.query('select 1 as alive'))]
  },
  'a transaction that fails and one that holds': async (client) => {
    await client.query('begin')
    await client.query("insert into notes (subject) values ('gone')")
    const refused = await client.query('select 1 / 0').catch(failure)
    const ignored = await client.query('select 1').catch(failure)
    await client.query('rollback')
    await client.query('begin isolation level serializable')
    await client.query("insert into notes (subject, body) values ('kept', $1)", ['x'])
    const held = await client.query("select subject, body from notes where subject in ('gone', 'kept')")
    await client.query('savepoint s')
    await client.query('delete from notes')
    await client.query('rollback to s')
    const after = await client.query('select count(*) from notes')
    await client.query('rollback')
    return [refused, ignored, shown(held), after.rows]
  },
  'queries sent without waiting': async (client) => {
    const queries = Array.from({ length: 50 }, (_, index) =>
      client.query('select $1::int * 2 as twice', [index]).then(({ rows }) => rows[0]),
    )
    return Promise.all(queries)
  },
  'a cursor': async (client) => {
    const cursor = client.query(new Cursor('select id, total from orders order by id'))
    const parts = []
    for (;;) {
      const rows = await cursor.read(7)
      parts.push(rows)
      if (rows.length === 0) break
    }
    await cursor.close()
    return parts
  },
  'a cursor closed early': async (client) => {
    const cursor = client.query(new Cursor('select generate_series(1, $1) as n', [1000]))
    const rows = await cursor.read(3)
    await cursor.close()
    return [rows, shown(await client.query('select 1 as alive'))]
  },
  'COPY out': async (client) => textOf(client.query(copyTo('copy orders to stdout csv header'))),
  'COPY in': async (client) => {
    await client.query('create temp table loaded (a int, b text)')
    await pipeline(
      Readable.from(Array.from({ length: 500 }, (_, index) => `${index}\tline ${index}\n`)),
      client.query(copyFrom('copy loaded from stdin')),
    )
    const { rows } = await client.query('select count(*), sum(a), max(b) from loaded')
    await client.query('drop table loaded')
    return rows
  },
  'COPY in of what is no row': async (client) => {
    const bad = client.query(copyFrom('copy notes (id) from stdin'))
    const refused = await pipeline(Readable.from(['x\n']), bad).catch(failure)
    return [refused, shown(await client.query('select 1 as alive'))]
  },
  'LISTEN and NOTIFY': async (client) => {
    await client.query('listen news')
    const heard = once(client, 'notification') as Promise<[pg.Notification]>
    await client.query("notify news, 'hello'")
    const [{ channel, payload, processId }] = await heard
    await client.query('unlisten *')
    return { channel, payload, own: processId === (client as unknown as { processID: number }).processID }
  },
  notices: async (client) => {
    const heard = once(client, 'notice') as Promise<[{ message: string }]>
    await client.query("do $$ begin raise notice 'careful'; end $$")
    return (await heard)[0].message
  },
  settings: async (client) => {
    await client.query("set datestyle = 'German'; set timezone = 'Asia/Tokyo'")
    const { rows } = await client.query(
      "select date '2024-02-03'::text as d, current_setting('timezone') as z",
    )
    await client.query('reset all')
    return rows
  },
  'a long result': async (client) => {
    const { rows } = await client.query(
      "select g, repeat('x', g % 100) as x from generate_series(1, 20000) g",
    )
    return rows.reduce((sum: number, { x }: { x: string }) => sum + x.length, 0)
  },
  'a large parameter': async (client) =>
    (await client.query('select length($1) as l', ['y'.repeat(3_000_000)])).rows,
}

describe('unmasked, everything is as it is directly', () => {
  test.each(Object.keys(ACTS))('%s', async (name) => {
    const act = ACTS[name] as Act
    const expected = await act(await connect('direct'))
    expect(await act(await connect('observed'))).toEqual(expected)
  })

  test('a statement that is cancelled ends with 57014, and the session goes on', async () => {
    for (const way of ['direct', 'observed'] as const) {
      const client = await connect(way)
      const asleep = client.query('select pg_sleep(60)').catch(failure)
      const other = await connect('direct')
      const sleeping =
        "select count(*)::int as n from pg_stat_activity where query like '%pg_sleep(60)' and state = 'active'"
      while ((await other.query(sleeping)).rows[0].n === 0)
        await new Promise((resolve) => setTimeout(resolve, 20))
      const canceller = new pg.Client(town.address(way)) as unknown as {
        cancel(target: pg.Client, query: unknown): void
      }
      canceller.cancel(client, (client as unknown as { activeQuery: unknown }).activeQuery)
      expect(await asleep).toMatchObject({ code: '57014' })
      expect((await client.query('select 1 as alive')).rows).toEqual([{ alive: 1 }])
    }
  })

  test('a pool serves many at once', async () => {
    const pool = new pg.Pool({ ...town.address('observed'), max: 5 })
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => pool.query('select $1::int as n', [index])),
    )
    expect(answers.map(({ rows }) => rows[0].n)).toEqual(Array.from({ length: 40 }, (_, index) => index))
    await pool.end()
  })
})

describe('masked, what is clear is as it is directly', () => {
  /** These read personal cells, raise, notify, run code or make a table of their own: otherwise for a masked viewer. */
  const otherwise = [
    'a simple query',
    'LISTEN and NOTIFY',
    'notices',
    'an error, and life after it',
    'COPY in of what is no row',
    'COPY in',
  ]

  test.each(Object.keys(ACTS).filter((name) => !otherwise.includes(name)))('%s', async (name) => {
    const act = ACTS[name] as Act
    const expected = await act(await connect('direct'))
    expect(await act(await connect('masked'))).toEqual(expected)
  })

  test('personal cells are masked in text, binary, cursors and COPY alike', async () => {
    const client = await connect('masked')
    const plain = await client.query('select * from customers order by id')
    expect(plain.rows[0]).toMatchObject({ id: 1, city: 'Berlin', email: '***@walnut.example', ssn: '***' })
    const binary = await client.query({
      text: 'select * from customers',
      values: [],
      binary: true,
    } as pg.QueryConfig)
    const cursor = client.query(new Cursor('select ssn, email from customers'))
    const fetched = await cursor.read(10)
    await cursor.close()
    const copied = await textOf(client.query(copyTo('copy customers to stdout')))
    expect([plain.rows.length, binary.rows.length, fetched.length]).toEqual([3, 3, 3])
    const seen = JSON.stringify([plain.rows, binary.rows, fetched, copied])
    expect(findTraces(Buffer.from(seen), [])).toEqual([])
  })

  test('R20 notices and notifications reach a masked viewer without their words', async () => {
    const client = await connect('masked')
    const notices: string[] = []
    const notifications: unknown[] = []
    client.on('notice', ({ message }) => notices.push(message ?? ''))
    client.on('notification', (each) => notifications.push(each))
    await client.query('listen changes')
    await client.query("update customers set city = 'Berlin' where id = 1")
    await client.query('select 1')
    expect(notices.length).toBeGreaterThan(0)
    expect(notifications).toEqual([])
    expect(findTraces(Buffer.from(notices.join()), [])).toEqual([])
  })
})
