/** postgres.js, which pipelines and prepares by itself, through the gateway. */
import { Readable } from 'node:stream'
import { text as textOf } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import postgresJs from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findTraces } from '../bypass/traces.js'
import { createTown, type Town, type Way } from './town.js'

type Sql = postgresJs.Sql

let town: Town
const opened: Sql[] = []

beforeAll(async () => {
  town = await createTown()
})

afterAll(async () => {
  for (const sql of opened) await sql.end({ timeout: 1 })
  await town.close()
  expect(town.stages.flatMap(({ faults }) => faults)).toEqual([])
})

function connect(way: Way, max = 1): Sql {
  const { host, port, user, password, database } = town.address(way)
  const sql = postgresJs({ host, port, user, password, database, max, onnotice: () => {} })
  opened.push(sql)
  return sql
}

const failure = ({ code, message }: postgresJs.PostgresError) => ({ code, message })

const ACTS: Readonly<Record<string, (sql: Sql) => Promise<unknown>>> = {
  parameters: async (sql) => [
    ...(await sql`select ${7}::int as i, ${'x'} as t, ${sql.json({ a: [1] })} as j, ${sql.array([1, 2], 1007)}::int[] as l, ${new Date(0)}::timestamptz as d, ${true} as f`),
  ],
  'types that are read before they are used': async (sql) => [
    ...(await sql`select array['gold']::tier[] as levels, level from customers order by id`),
  ],
  'lists and fragments': async (sql) => {
    const wanted = sql`id in ${sql([1, 2])}`
    return [
      ...(await sql`select ${sql(['id', 'city'])} from ${sql('customers')} where ${wanted} order by id`),
    ]
  },
  'inserted rows': async (sql) => {
    const rows = [
      { subject: 'a', body: 'b' },
      { subject: 'c', body: null },
    ]
    return sql
      .begin(async (own) => {
        const made = await own`insert into notes ${own(rows)} returning subject, body`
        throw Object.assign(new Error('back'), { made: [...made] })
      })
      .catch((fault: { made: unknown }) => fault.made)
  },
  'the same statement many times': async (sql) => {
    const answers = []
    for (let id = 1; id <= 20; id += 1)
      answers.push((await sql`select total from orders where id = ${id}`)[0])
    return answers
  },
  'a pipeline': async (sql) =>
    Promise.all(
      Array.from({ length: 60 }, async (_, index) => (await sql`select ${index}::int * 3 as thrice`)[0]),
    ),
  'a pipeline in which one fails': async (sql) =>
    Promise.all(
      [1, 0, 2, 3].map((divisor) =>
        sql`select ${6}::int / ${divisor}::int as q`.then((rows) => rows[0], failure),
      ),
    ),
  'a cursor': async (sql) => {
    const sizes: number[] = []
    await sql`select id from orders order by id`.cursor(7, (rows) => {
      sizes.push(rows.length)
    })
    return sizes
  },
  'a cursor left early': async (sql) => {
    const seen: unknown[] = []
    for await (const [row] of sql`select g from generate_series(1, 100000) g`.cursor(10)) {
      seen.push(row)
      if (seen.length === 2) break
    }
    return [seen, [...(await sql`select 1 as alive`)]]
  },
  'rows one by one': async (sql) => {
    const seen: unknown[] = []
    await sql`select id, total from orders order by id`.forEach((row) => {
      seen.push(row)
    })
    return seen
  },
  'transactions and savepoints': async (sql) =>
    sql
      .begin('isolation level repeatable read', async (own) => {
        await own`insert into notes (subject) values ('kept')`
        const inner = await own
          .savepoint(async (deeper) => {
            await deeper`delete from notes`
            await deeper`select 1 / 0`
          })
          .catch(failure)
        const [count] = await own`select count(*)::int as n from notes`
        throw Object.assign(new Error('back'), { seen: [inner, count] })
      })
      .catch((fault: { seen: unknown }) => fault.seen),
  'the simple protocol': async (sql) => {
    const both = await sql`select 1 as a; select 2 as b`.simple()
    return (both as unknown as unknown[][]).map((rows) => [...rows])
  },
  describe: async (sql) => {
    const { columns, types } = await sql`select id, city from customers where id = ${1}`.describe()
    return [columns.map(({ name, type }) => [name, type]), types]
  },
  'unsafe text with parameters': async (sql) => [
    ...(await sql.unsafe('select city from customers where id = $1', [2])),
    ...(await sql.unsafe('select city from customers where id = $1', [3], { prepare: true })),
  ],
  'COPY out': async (sql) => textOf(await sql`copy orders to stdout`.readable()),
  'COPY in': async (sql) =>
    sql
      .begin(async (own) => {
        const lines = Readable.from(['a\tb\n', 'c\td\n'])
        await pipeline(lines, await own`copy notes (subject, body) from stdin`.writable())
        const [count] = await own`select count(*)::int as n from notes`
        throw Object.assign(new Error('back'), { count })
      })
      .catch((fault: { count: unknown }) => fault.count),
  errors: async (sql) => [
    await sql`select nosuch`.catch(failure),
    await sql`select * from customers where id = ${'x'}::text::int`.catch(({ code }) => code),
    [...(await sql`select 1 as alive`)],
  ],
  'a reserved connection': async (sql) => {
    const own = await sql.reserve()
    await own`create temp table mine as select 1 as a`
    const rows = [...(await own`select * from mine`)]
    await own`drop table mine`
    own.release()
    return rows
  },
}

describe.each(['observed', 'masked'] as const)('%s, what is clear is as it is directly', (way) => {
  test.each(Object.keys(ACTS))('%s', async (name) => {
    // What raises, and a table of one's own, are otherwise for a masked viewer.
    if (way === 'masked' && /^(errors|a reserved connection)$/.test(name)) return
    const act = ACTS[name] as (sql: Sql) => Promise<unknown>
    expect(await act(connect(way))).toEqual(await act(connect('direct')))
  })
})

test('notifications come to their listener', async () => {
  const sql = connect('observed')
  const heard = new Promise(
    (resolve) => void sql.listen('news', resolve, () => void sql.notify('news', 'hello')),
  )
  expect(await heard).toBe('hello')
})

test('a cancelled statement ends, and its connection goes on', async () => {
  const sql = connect('observed')
  const asleep = sql`select pg_sleep(60)`
  const ended = asleep.catch(failure)
  const other = connect('direct')
  for (;;) {
    const [row] =
      await other`select count(*)::int as n from pg_stat_activity where query like '%pg_sleep(60)%' and state = 'active' and pid <> pg_backend_pid()`
    if (row?.n > 0) break
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  asleep.cancel()
  expect(await ended).toMatchObject({ code: '57014' })
  expect([...(await sql`select 1 as alive`)]).toEqual([{ alive: 1 }])
})

test('a masked viewer sees masks in rows, cursors, pipelines and COPY', async () => {
  const sql = connect('masked', 3)
  const rows = await Promise.all([1, 2, 3].map((id) => sql`select * from customers where id = ${id}`))
  const fetched: unknown[] = []
  await sql`select ssn, email as e, to_jsonb(c) as j from customers c`.cursor(2, (part) => {
    fetched.push(...part)
  })
  const copied = await textOf(await sql`copy (select * from customers) to stdout`.readable())
  expect(rows.flat().length + fetched.length).toBe(6)
  expect(rows[0]?.[0]).toMatchObject({ id: 1, city: 'Berlin', email: '***@walnut.example' })
  expect(findTraces(Buffer.from(JSON.stringify([rows, fetched, copied])), [])).toEqual([])
})
