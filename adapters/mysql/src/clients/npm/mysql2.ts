/** mysql2, tried: its promises, its callbacks and its pool. */
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createConnection as createCallbacks } from 'mysql2'
import { type Connection, type ConnectionOptions, createConnection, createPool } from 'mysql2/promise'
import type { Contact } from '../contact.js'
import { ERRORS, SQL, STATES } from '../features.js'
import { cancelling, codesOf, faultOf, faultsOf, type Probe, using, versionOf } from '../probe.js'

const settings = ({ host, port, user, password, database }: Contact): ConnectionOptions => ({
  host,
  port,
  user,
  password,
  database,
})
const connecting = (more: ConnectionOptions = {}) =>
  using(
    (contact) => createConnection({ ...settings(contact), ...more }),
    (client: Connection) => client.end(),
  )
const plain = connecting()
const several = connecting({ multipleStatements: true, rowsAsArray: true })
const named = connecting({ namedPlaceholders: true })
const secure = using(
  (contact) =>
    createConnection({
      ...settings(contact),
      host: 'localhost',
      ...(contact.ca === undefined ? {} : { ssl: { ca: contact.ca } }),
    }),
  (client: Connection) => client.end(),
)
const rowsOf = async (client: Connection, text: string): Promise<unknown> => (await client.query(text))[0]
const execute = async (client: Connection, text: string, values: (string | number | Date | null)[] = []) =>
  (await client.execute(text, values))[0]

/** What callbacks and events hear of one statement. */
function streamed(contact: Contact, text: string): Promise<unknown> {
  const client = createCallbacks(settings(contact))
  const seen: unknown[] = []
  return new Promise((resolve, reject) => {
    client
      .query(text)
      .on('error', reject)
      .on('fields', (fields) => seen.push([fields].flat().map(({ name }) => name)))
      .on('result', (row) => seen.push(row))
      .on('end', () => resolve(seen))
  }).finally(() => client.end())
}

export const mysql2: Probe = {
  name: 'mysql2',
  version: versionOf('mysql2'),
  trials: {
    connect: plain(async (client) => [await rowsOf(client, SQL.connect), await client.ping()]),
    tls: secure((client) => rowsOf(client, SQL.list)),
    simple: plain(async (client) => {
      const [rows, fields] = await client.query(SQL.simple)
      return [rows, fields.map(({ name, orgTable, columnType }) => [name, orgTable, columnType])]
    }),
    prepared: named(async (client) => {
      const found = []
      for (const id of [1, 2, 1]) found.push(await execute(client, SQL.prepared, [id]))
      const statement = await client.prepare('select id, total from orders where id between ? and ?')
      for (const low of [1, 5]) found.push((await statement.execute([low, low + 2]))[0])
      await statement.close()
      client.unprepare(SQL.prepared)
      found.push((await client.execute('select :a + 1 as b, :a as a', { a: 4 }))[0])
      return found
    }),
    types: plain(async (client) => {
      const given = [7, 'x', null, new Date(Date.UTC(2024, 1, 3, 4, 5, 6))]
      return [
        await rowsOf(client, SQL.types),
        await execute(client, SQL.types),
        await execute(client, 'select ? as i, ? as t, ? as n, ? as d', given),
      ]
    }),
    several: several(async (client) => {
      const [rows] = await client.query("select 1; select id from orders where id < 3; do 0; set @own = 'x'")
      const failing = await client.query('select 1; select nosuch; select 2').then(String, faultOf)
      return [rows, typeof failing === 'string' ? failing : failing.code]
    }),
    call: plain(async (client) => [
      await rowsOf(client, 'call noted(2)').catch(faultOf),
      await execute(client, 'call noted(?)', [2]).catch(faultOf),
    ]),
    stream: async (contact) => {
      const found = [await streamed(contact, SQL.list), await streamed(contact, SQL.simple)]
      const client = createCallbacks(settings(contact))
      let count = 0
      const counting = new Writable({
        objectMode: true,
        write: (_row, _encoding, done) => {
          count += 1
          done()
        },
      })
      await pipeline(client.query(SQL.many).stream({ highWaterMark: 5 }), counting)
      await new Promise((resolve) => client.end(resolve))
      return [found, count]
    },
    batch: plain(async (client) => {
      await client.beginTransaction()
      const values = Array.from({ length: 300 }, (_, at) => ['tried', `row ${at}`])
      const [made] = await client.query('insert into notes (subject, body) values ?', [values])
      const rows = await rowsOf(client, SQL.notes)
      await client.rollback()
      return [(made as { affectedRows: number }).affectedRows, rows, await rowsOf(client, SQL.notes)]
    }),
    cancel: plain(async (client, contact) => {
      const code = await cancelling(client.query(SQL.sleep), async () => {
        const other = await createConnection(settings(contact))
        await other.query(`kill query ${client.threadId}`).catch(() => undefined)
        await other.end()
      })
      return [code, await rowsOf(client, 'select 1 as alive')]
    }),
    errors: plain(async (client) => [
      await codesOf(STATES, (text) => client.query(text)),
      await codesOf(STATES, (text) => client.execute(text)),
      await rowsOf(client, 'select 1 as alive'),
    ]),
    texts: plain((client) => faultsOf(ERRORS, (text) => client.query(text))),
    transactions: plain(async (client) => {
      const seen: unknown[] = []
      const note = async (text: string) =>
        seen.push(await rowsOf(client, text).catch((each) => faultOf(each).code))
      for (const text of ['begin', SQL.note, 'savepoint s', SQL.note, SQL.notes]) await note(text)
      for (const text of ['select nosuch', SQL.notes, 'rollback to s', SQL.notes, 'rollback', SQL.notes])
        await note(text)
      await client.query('set autocommit = 0')
      for (const text of [SQL.note, SQL.notes, 'rollback', SQL.notes]) await note(text)
      return seen.map((each) => (Array.isArray(each) ? each : typeof each === 'string' ? each : 'done'))
    }),
    large: plain(async (client) => {
      const rows = (await rowsOf(client, SQL.many)) as { x: string }[]
      const [{ wide } = { wide: '' }] = (await rowsOf(client, SQL.wide)) as { wide: string }[]
      const echo = await execute(client, 'select length(?) as l', ['y'.repeat(3_000_000)])
      return [rows.reduce((sum, { x }) => sum + x.length, 0), wide.length, echo]
    }),
    pipeline: plain((client) =>
      Promise.all(
        [1, 0, 2, 3].flatMap((by) => [
          client.query(`select 6 / ${by} as q`).then(([rows]) => rows),
          client.execute(SQL.prepared, [by]).then(([rows]) => rows),
          client.query('select nosuch').catch((each) => faultOf(each).code),
        ]),
      ),
    ),
    again: async (contact) => {
      const pool = createPool({ ...settings(contact), connectionLimit: 2 })
      const found: unknown[] = await Promise.all(
        [1, 2, 3, 4, 5].map((id) => pool.query(`select ${id} as id`)),
      )
      const client = await pool.getConnection()
      await client.query('set @own = 5')
      await client.changeUser({ user: contact.user, password: contact.password, database: contact.database })
      found.push(await rowsOf(client, 'select @own as own, database() as db'))
      const { user, database } = contact
      const wrong = await client
        .changeUser({ user, password: 'wrong', database })
        .catch((each) => faultOf(each).code)
      client.destroy()
      await pool.end()
      return [found.map((each) => (each as [unknown])[0]), wrong]
    },
    personal: plain(async (client) => [
      await rowsOf(client, SQL.personal),
      await execute(client, SQL.personal),
      await execute(client, SQL.personalBelow, [9]),
    ]),
  },
}
