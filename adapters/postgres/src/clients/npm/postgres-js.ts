/** postgres.js, tried: it pipelines and prepares by itself. */
import { Readable } from 'node:stream'
import { text as textOf } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import postgresJs from 'postgres'
import type { Contact } from '../contact.js'
import { ERRORS, SQL, STATES } from '../features.js'
import { faultOf, faultsOf, type Probe, using } from '../probe.js'
import { versionOf } from '../untyped.js'

type Sql = postgresJs.Sql

const open = ({ ca: _, caFile: __, ...address }: Contact, more = {}): Sql =>
  postgresJs({ ...address, max: 1, onnotice: () => {}, ...more })
const plain = using(
  (contact) => open(contact),
  (sql) => sql.end({ timeout: 1 }),
)
const secure = using(
  (contact) => open(contact, { host: 'localhost', ssl: { ca: contact.ca } }),
  (sql) => sql.end({ timeout: 1 }),
)
const rows = async (asked: Promise<Iterable<unknown>>) => [...(await asked)]

/** Throws what it saw, so that all of it is rolled back. */
async function undone(sql: Sql, act: (own: postgresJs.TransactionSql) => Promise<unknown>): Promise<unknown> {
  const back = new Error('back')
  let seen: unknown
  const left = await sql
    .begin(async (own) => {
      seen = await act(own)
      throw back
    })
    .catch((thrown: unknown) => thrown)
  if (left !== back) throw left
  return seen
}

export const postgresJsProbe: Probe = {
  name: 'postgres.js',
  version: versionOf('postgres'),
  trials: {
    connect: plain((sql) => rows(sql.unsafe(SQL.connect))),
    tls: secure((sql) => rows(sql.unsafe(SQL.list))),
    simple: plain((sql) => rows(sql.unsafe(SQL.simple).simple())),
    prepared: plain(async (sql) => {
      const answers = []
      for (const id of [1, 2, 1]) answers.push(await rows(sql`select total from orders where id = ${id}`))
      return answers
    }),
    'copy-out': plain(async (sql) => textOf(await sql.unsafe(SQL.copyOut).readable())),
    'copy-in': plain((sql) =>
      undone(sql, async (own) => {
        const lines = Array.from({ length: 500 }, (_, at) => `tried\tline ${at}\n`)
        await pipeline(Readable.from(lines), await own.unsafe(SQL.copyIn).writable())
        return rows(own.unsafe(SQL.notes))
      }),
    ),
    listen: plain(async (sql) => {
      const heard: string[] = []
      await sql.listen('news', (payload) => void heard.push(payload))
      // For a viewer with masks the gateway refuses what it cannot read: the channel is a parameter here.
      await sql.notify('news', 'hello').catch(faultOf)
      // Its listener has a connection of its own, and is told after the notifier.
      for (let wait = 0; wait < 50 && heard.length === 0; wait += 1)
        await new Promise((resolve) => setTimeout(resolve, 20))
      return heard
    }),
    cancel: plain(async (sql) => {
      // A query of this library asks for its end once; a request that comes before the statement runs is lost, as it is directly.
      for (let attempt = 0; attempt < 20; attempt += 1) {
        const asleep = sql.unsafe('select pg_sleep(5)')
        const ended = asleep.then(
          () => 'none',
          (thrown: unknown) => faultOf(thrown).code,
        )
        await new Promise((resolve) => setTimeout(resolve, 300))
        asleep.cancel()
        const code = await ended
        if (code !== 'none') return [code, await rows(sql`select 1 as alive`)]
      }
      return 'never'
    }),
    errors: plain(async (sql) => [
      ...(await faultsOf(STATES, (text) => sql.unsafe(text))).map(({ code }) => code),
      await rows(sql`select 1 as alive`),
    ]),
    texts: plain((sql) => faultsOf(ERRORS, (text) => sql.unsafe(text))),
    transactions: plain(async (sql) => [
      await undone(sql, async (own) => {
        await own.unsafe(SQL.note)
        const inner = own.savepoint(async (deeper) => {
          await deeper.unsafe(SQL.note)
          await deeper`select 1 / 0`
        })
        return [await inner.catch((thrown) => faultOf(thrown).code), await rows(own.unsafe(SQL.notes))]
      }),
      await sql.begin((own) => rows(own.unsafe(SQL.notes))),
      await sql.begin((own) => own.unsafe(`${SQL.note}`)).then(({ count }) => count),
      (await sql`delete from notes where subject = 'tried'`).count,
    ]),
    large: plain(async (sql) => {
      const many = await sql.unsafe(SQL.many)
      const [row] = await sql.unsafe(SQL.wide)
      const echo = await rows(sql`select length(${'y'.repeat(3_000_000)}) as l`)
      return [many.reduce((sum, { x }) => sum + x.length, 0), row?.wide.length, echo]
    }),
    pipeline: plain((sql) =>
      Promise.all(
        [1, 0, 2, 3].map((by) =>
          sql`select 6 / ${by}::int as q`.then(
            (all) => [...all],
            (each) => faultOf(each).code,
          ),
        ),
      ),
    ),
    own: plain(async (sql) => {
      const sizes: number[] = []
      await sql`select id from orders order by id`.cursor(7, (part) => void sizes.push(part.length))
      const wanted = sql`id in ${sql([1, 2])}`
      return [
        sizes,
        await rows(sql`select ${sql(['id', 'city'])} from ${sql('customers')} where ${wanted} order by id`),
        await rows(sql`select ${sql.json({ a: [1] })} as j, ${sql.array([1, 2], 1007)}::int[] as l`),
      ]
    }),
    personal: plain(async (sql) => [
      await rows(sql.unsafe(SQL.personal)),
      await rows(sql`select * from customers where id < ${9} order by id`),
      await textOf(await sql`copy customers to stdout`.readable()),
    ]),
  },
}
