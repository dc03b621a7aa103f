/** node-postgres, tried. */
import { Readable } from 'node:stream'
import { text as textOf } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import type { Contact } from '../contact.js'
import { ERRORS, SQL, STATES } from '../features.js'
import { cancelling, faultOf, faultsOf, type Probe, using } from '../probe.js'
import { copyFrom, copyTo, versionOf } from '../untyped.js'

const settings = ({ host, port, user, password, database }: Contact): pg.ClientConfig => ({
  host,
  port,
  user,
  password,
  database,
})

async function connect(config: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(config)
  client.on('error', () => {})
  await client.connect()
  return client
}

const plain = using(
  (contact) => connect(settings(contact)),
  (client) => client.end(),
)
const secure = using(
  (contact) => connect({ ...settings(contact), host: 'localhost', ssl: { ca: contact.ca } }),
  (client) => client.end(),
)
const rowsOf = async (client: pg.Client, text: string, values?: unknown[]) =>
  (await client.query(text, values)).rows

export const nodePostgres: Probe = {
  name: 'node-postgres',
  version: versionOf('pg'),
  trials: {
    connect: plain((client) => rowsOf(client, SQL.connect)),
    tls: secure((client) => rowsOf(client, SQL.list)),
    simple: plain((client) => rowsOf(client, SQL.simple)),
    prepared: plain(async (client) => {
      const query = { name: 'total', text: SQL.prepared }
      const answers = []
      for (const id of [1, 2, 1]) answers.push((await client.query({ ...query, values: [id] })).rows)
      return answers
    }),
    binary: plain(async (client) => {
      const query = { text: SQL.list, values: [], binary: true }
      return (await client.query(query)).rows
    }),
    'copy-out': plain((client) => textOf(client.query(copyTo(SQL.copyOut)))),
    'copy-in': plain(async (client) => {
      await client.query('begin')
      const lines = Array.from({ length: 500 }, (_, at) => `tried\tline ${at}\n`)
      await pipeline(Readable.from(lines), client.query(copyFrom(SQL.copyIn)))
      const rows = await rowsOf(client, SQL.notes)
      await client.query('rollback')
      return rows
    }),
    listen: plain(async (client) => {
      const heard: unknown[] = []
      client.on('notification', ({ channel, payload }) => heard.push([channel, payload]))
      await client.query('listen news')
      await client.query("notify news, 'hello'")
      await client.query('select 1')
      return heard
    }),
    cancel: plain(async (client, contact) => {
      const asleep = client.query(SQL.sleep)
      const { activeQuery } = client as unknown as { activeQuery: unknown }
      const code = await cancelling(asleep, () => {
        const canceller = new pg.Client(settings(contact))
        ;(canceller as unknown as { cancel(target: pg.Client, query: unknown): void }).cancel(
          client,
          activeQuery,
        )
      })
      return [code, await alive(client)]
    }),
    errors: plain(async (client) => [
      ...(await faultsOf(STATES, (text) => client.query(text))).map(({ code }) => code),
      await alive(client),
    ]),
    texts: plain((client) => faultsOf(ERRORS, (text) => client.query(text))),
    transactions: plain(async (client) => {
      const seen: unknown[] = []
      const note = async (text: string) =>
        seen.push(await rowsOf(client, text).catch((each) => faultOf(each).code))
      for (const text of ['begin', SQL.note, 'savepoint s', SQL.note, SQL.notes]) await note(text)
      for (const text of ['select 1 / 0', SQL.notes, 'rollback to s', SQL.notes, 'rollback', SQL.notes])
        await note(text)
      for (const text of ['begin', 'select 1 / 0', 'commit', 'select 1 as after']) await note(text)
      for (const text of ['begin', SQL.note, 'commit', SQL.notes]) await note(text)
      await note("delete from notes where subject = 'tried'")
      return seen
    }),
    large: plain(async (client) => {
      const rows = await rowsOf(client, SQL.many)
      const [{ wide }] = await rowsOf(client, SQL.wide)
      const echo = await rowsOf(client, 'select length($1) as l', ['y'.repeat(3_000_000)])
      return [rows.reduce((sum, { x }) => sum + x.length, 0), wide.length, echo]
    }),
    pipeline: plain((client) =>
      Promise.all(
        [1, 0, 2, 3].flatMap((by) => [
          client.query('select 6 / $1::int as q', [by]).then(
            ({ rows }) => rows,
            (each) => faultOf(each).code,
          ),
          client.query(SQL.prepared, [by]).then(({ rows }) => rows),
        ]),
      ),
    ),
    personal: plain(async (client) => [
      await rowsOf(client, SQL.personal),
      await rowsOf(client, 'select * from customers where id < $1', [9]),
      (await client.query({ text: SQL.personal, values: [], binary: true } as pg.QueryConfig)).rows,
      await textOf(client.query(copyTo('copy customers to stdout'))),
    ]),
  },
}

const alive = async (client: pg.Client) => rowsOf(client, 'select 1 as alive')
